"""What a `KerasModel` trains with its parameters."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from gridloom.sklearn.own_parameters import arguments_of, builder_for
from gridloom.sklearn.plans import Plan

SHARED = ("validation", "callbacks")
"""Parameters that an experiment says of all candidates of a run."""


def plan_for(params: Mapping[str, Any], classes: Sequence[Any]) -> Plan:
    """The plan of these parameters; `classes` are those of y in the order of their numbers, empty for numbers."""
    builder = builder_for(params["build"])
    shared = {name: params[name] for name in SHARED if not _is_none(params[name])}
    settings = {}
    if params["learning_rate"] is not None:
        settings["learning_rate"] = params["learning_rate"]
    if isinstance(params["optimizer"], str):
        settings["optimizer"] = params["optimizer"]
    elif params["optimizer"] is not None:
        shared["optimizer"] = dict(params["optimizer"])
    if params["class_weight"] is not None:
        shared["class_weight"] = _by_number(params["class_weight"], classes)
    return Plan(
        builder.build,
        arguments_of(params),
        params["epochs"],
        params["batch_size"],
        takes_task=bool(builder.filled),
        settings=settings,
        shared=shared,
    )


def _is_none(value: Any) -> bool:
    """Whether it says that there are no validation rows, or no callbacks: None, 0 or an empty list."""
    return value is None or (isinstance(value, int | float | list | tuple) and not value)


def _by_number(given: Any, classes: Sequence[Any]) -> Any:
    """Weights by the numbers of the classes; ValueError for one of a class that y does not have."""
    if not isinstance(given, Mapping):
        return given
    numbers = {value: str(number) for number, value in enumerate(classes)}
    if unknown := [name for name in given if name not in numbers]:
        known = ", ".join(repr(getattr(value, "item", lambda value=value: value)()) for value in numbers)
        raise ValueError(f"class_weight has {unknown[0]!r}, which is no class of y; the classes are {known}")
    return {numbers[name]: weight for name, weight in given.items()}
