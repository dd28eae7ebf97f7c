"""The parameters of `KerasModel`: those of its function have the prefix `model__`, and every other name is answered with the right one."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import Any

from gridloom.authoring.from_python.builders import name_of_function
from gridloom.errors import near, nearest
from gridloom.registry.records import ModelBuilder

PREFIX = "model__"
"""What the names of the function's parameters begin with."""

ELSEWHERE = {
    "model": "build",
    "build_fn": "build",
    "lr": "learning_rate",
    "optimizer__learning_rate": "learning_rate",
    "optimizer__lr": "learning_rate",
    "validation_split": "validation",
    "fit__validation_split": "validation",
    "fit__epochs": "epochs",
    "fit__batch_size": "batch_size",
    "fit__callbacks": "callbacks",
    "fit__class_weight": "class_weight",
    "seed": "random_state",
}
"""Names that other wrappers have, and what they are called here."""

COMPILED = {
    "loss": "compile the network with its loss in the function",
    "metrics": "compile the network with its metrics in the function",
    "warm_start": "every fit trains a new network",
    "verbose": "training prints nothing; history_ has the losses of all epochs",
    "shuffle": "rows are shuffled before every epoch",
}
"""Names of other wrappers that there is no parameter for, and why."""


def builder_for(build: Callable[..., Any]) -> ModelBuilder:
    """The function as a model builder; TypeError where it is none."""
    if not callable(build):
        raise TypeError(
            f"build must be a function that returns a Keras model, not an object of type {type(build).__name__}"
        )
    try:
        return ModelBuilder(name_of_function(build), "A function given to KerasModel.", build)
    except ValueError as error:
        raise TypeError(str(error)) from error


def of_function(build: Any) -> dict[str, Any]:
    """The parameters of the function that can be searched, with their defaults, by their names with the prefix."""
    try:
        options = builder_for(build).options.known
    except TypeError:  # fit() says what is wrong with it
        return {}
    return {PREFIX + name: None if option.is_required else option.default for name, option in options.items()}


def unknown(names: Iterable[str], own: Iterable[str], build: Any) -> str:
    """What is to be said of the first of these names that is neither one of its own nor a parameter of the function."""
    own, known = [*own], [*of_function(build)]
    name = next((name for name in names if name not in known and name not in own), None)
    if name is not None and not known:
        try:
            builder_for(build)
        except TypeError as error:
            return str(error)
    return "" if name is None else f"KerasModel has no parameter '{name}'; {_advice(name, own, known)}"


def _advice(name: str, own: list[str], known: list[str]) -> str:
    if PREFIX + name in known:
        return f"for the parameter of the function write {PREFIX}{name}"
    if name in ELSEWHERE:
        return f"write {ELSEWHERE[name]}"
    if name in COMPILED:
        return COMPILED[name]
    if name.startswith("optimizer__"):
        setting = name.removeprefix("optimizer__")
        return f"write optimizer={{'name': 'sgd', {setting!r}: ...}}"
    if name.startswith(PREFIX):
        return nearest(name, known) if near(name, known) else f"the function has {_listed(known)}"
    return nearest(name, own) if near(name, own) else f"it has {_listed([*own, *known])}"


def _listed(names: list[str]) -> str:
    return ", ".join(names) if names else "no parameters to search"


def arguments_of(params: Mapping[str, Any]) -> dict[str, Any]:
    """The arguments of the function among the parameters, by the function's own names."""
    return {name.removeprefix(PREFIX): value for name, value in params.items() if name.startswith(PREFIX)}
