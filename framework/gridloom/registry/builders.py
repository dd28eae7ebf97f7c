"""Builders as people have them: with a parameter for the task, or without one."""

from __future__ import annotations

import inspect
from collections.abc import Callable
from functools import wraps
from typing import Any

TASK = "task"


def takes_task(build: Callable[..., Any]) -> bool:
    """Whether the first parameter of a builder is for the task: it is called so, or has no default."""
    first = next(iter(inspect.signature(build).parameters.values()), None)
    return first is not None and (first.name == TASK or first.default is first.empty)


def taking_task(build: Callable[..., Any]) -> Callable[..., Any]:
    """The same builder with a parameter for the task before its own, which it does not get to see."""

    @wraps(build)
    def with_task(task: Any, **options: Any) -> Any:  # noqa: ARG001
        return build(**options)

    parameter = inspect.Parameter(TASK, inspect.Parameter.POSITIONAL_OR_KEYWORD)
    own = inspect.signature(build)
    with_task.__signature__ = own.replace(parameters=[parameter, *own.parameters.values()])  # type: ignore[attr-defined]
    return with_task
