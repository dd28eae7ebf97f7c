"""What the records of all kinds have in common."""

from __future__ import annotations

import inspect
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cached_property
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, ClassVar, Literal

if TYPE_CHECKING:
    from gridloom.registry.options import Options

NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,63}")
"""What names of things, experiments and runs look like."""

UNNAMED = (inspect.Parameter.VAR_POSITIONAL, inspect.Parameter.VAR_KEYWORD, inspect.Parameter.POSITIONAL_ONLY)
"""Kinds of parameters that YAML cannot set by name."""


def gets_task(function: Callable[..., Any]) -> bool:
    """Whether a function's first parameter is for the task: it is named `task`, or annotated with `gridloom.Task`."""
    parameters = list(inspect.signature(function).parameters.values())
    return bool(parameters) and is_for_task(parameters[0])


def is_for_task(parameter: inspect.Parameter) -> bool:
    """Whether a parameter is for the task."""
    annotation = parameter.annotation
    named = annotation if isinstance(annotation, str) else getattr(annotation, "__name__", "")
    is_first = parameter.kind is not parameter.KEYWORD_ONLY
    return is_first and (parameter.name.strip("_") == "task" or named.strip("'\"").rpartition(".")[2] == "Task")


Form = Literal["one", "list", "one or list", "keys"]
"""How an experiment names things of a kind: one, a list of them, either, or as the keys of a mapping."""


@dataclass(frozen=True)
class Record:
    """What all records have: a name for YAML, and a summary of one line.

    What the classes say of their kind is all that binding, the JSON Schema, completion, templates and the reference
    know of it: `kind` is what messages call it, `word` the same in one word, `hook` the hook that yields it, `place` the
    keys of an experiment that lead to it, `form` how it is named there, and `beside` names that mean something there
    besides those of plugins, each with what it means.
    """

    name: str
    summary: str

    kind: ClassVar[str]
    word: ClassVar[str]
    hook: ClassVar[str]
    place: ClassVar[tuple[str, ...]]
    form: ClassVar[Form] = "one"
    beside: ClassVar[Mapping[str, str]] = MappingProxyType({})
    fixed: ClassVar[int] = 1
    """How many leading parameters of the callable the framework passes; the others are options."""

    def __post_init__(self) -> None:
        if not isinstance(self.name, str) or not NAME.fullmatch(self.name):
            raise ValueError(f"{self.kind} name {self.name!r} must match {NAME.pattern}")
        if not isinstance(self.summary, str) or not self.summary.strip() or "\n" in self.summary:
            raise ValueError(f"{self.kind} '{self.name}' needs a summary of one line")
        if not callable(self.function):
            raise TypeError(f"{self.kind} '{self.name}' needs a function, not {self.function!r}")
        parameters = list(inspect.signature(self.function).parameters.values())
        if any(item.kind in UNNAMED for item in parameters):
            raise TypeError(
                f"the function of {self.kind} '{self.name}' must name each of its parameters, since they are the "
                f"options that an experiment can set: no *args, **kwargs or positional-only parameters"
            )
        by_place = [item for item in parameters if item.kind is not item.KEYWORD_ONLY]
        if len(by_place) < self.filled:
            raise TypeError(f"the function of {self.kind} '{self.name}' must take at least {self.filled} argument")

    @property
    def function(self) -> Callable[..., Any]:
        """The callable whose named parameters are the options."""
        raise TypeError(f"{type(self).__name__} has no function")

    @cached_property
    def options(self) -> Options:
        """What YAML may set."""
        from gridloom.registry.options import Options

        return Options(self.function, self.filled)

    @property
    def filled(self) -> int:
        """How many leading parameters of this record's function the framework fills."""
        return self.fixed

    @property
    def documentation(self) -> str:
        """The docstring of the callable, or the summary."""
        return self.options.documentation or self.summary
