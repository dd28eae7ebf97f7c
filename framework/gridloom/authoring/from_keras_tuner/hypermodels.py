"""What a hypermodel is: a function of `hp`, or an object whose class has a method `build(hp)`."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from functools import partial
from types import MethodType
from typing import Any, NoReturn

from gridloom.authoring.from_keras_tuner.hyperparameters import HyperParameters
from gridloom.authoring.from_python.builders import name_of_function
from gridloom.authoring.from_python.whose_module import is_installed
from gridloom.errors import InvalidInput, Location

BUILD = Location("build")

OWN_FIT = (
    "its method fit() is its own, which Gridloom does not call: engines train models, fold by fold. Search 'epochs' and "
    "'batch_size' under 'training' in place of hp.Int('epochs', ...), write callbacks under 'training: callbacks:', and a "
    "training step of your own as train_step() of the model; then remove fit() from the class"
)

_MADE = ("build", "_build")
"""Attributes that KerasTuner's HyperModel gives each object, which lead back to the object."""


@dataclass(frozen=True)
class Hypermodel:
    """A hypermodel: its name, the module that defines it, and a function that makes its model.

    `builder(names)` is that function: it takes values by parameter, each with the hyperparameter that it is in `names`.
    """

    name: str
    module: str
    builder: Callable[[Mapping[str, str]], Callable[..., Any]]
    build: Callable[[HyperParameters], Any]


def hypermodel_of(given: Any) -> Hypermodel:
    """What was given, as a hypermodel; InvalidInput for something else."""
    if isinstance(given, type):
        _refuse(f"this is a class; give an object of it: {given.__name__}()")
    if callable(getattr(type(given), "build", None)):
        return _of_object(given)
    if not callable(given):
        _refuse(
            f"must be a function build(hp) that returns a model, or a HyperModel, not an object of type "
            f"{type(given).__name__}"
        )
    try:
        inspect.signature(given).bind(None)
    except TypeError:
        _refuse("the function must take one argument, hp; give other parameters a value with functools.partial")
    return Hypermodel(name_of_function(given), _module(given), partial(_of_function, given), given)


def _of_object(given: Any) -> Hypermodel:
    kind = type(given)
    origin = next((base for base in kind.__mro__ if base.__module__.partition(".")[0] == "keras_tuner"), None)
    fits = getattr(kind, "fit", None)
    base = next((base for base in kind.__mro__ if base.__name__ == "HyperModel" and origin), None)
    if fits is not None and fits is not getattr(base, "fit", None):
        _refuse(f"{kind.__name__}: {OWN_FIT}")
    if getattr(given, "tunable", True) is False:
        _refuse(f"{kind.__name__}: with tunable=False it has no hyperparameters to search")
    state = {name: value for name, value in vars(given).items() if name not in _MADE}
    return Hypermodel(
        getattr(given, "name", None) or kind.__name__,
        _module(kind),
        partial(_of_kind, kind, state),
        partial(built, kind, state),
    )


def built(kind: type, state: Mapping[str, Any], hp: HyperParameters) -> Any:
    """The model of a hypermodel of this class with these attributes."""
    hypermodel: Any = object.__new__(kind)
    hypermodel.__dict__.update(state)
    if declare := getattr(hypermodel, "declare_hyperparameters", None):
        declare(hp)
    return hypermodel.build(hp)


def replayed(names: Mapping[str, str], values: Mapping[str, Any]) -> HyperParameters:
    """The `hp` with these values by parameter, and no others."""
    return HyperParameters({names[parameter]: value for parameter, value in values.items()}, set(names.values()))


# What a run compares is the code of these functions and what they refer to by name: the user's function, or class and attributes.


def _of_function(function: Callable[..., Any], names: Mapping[str, str]) -> Callable[..., Any]:
    def build(**values: Any) -> Any:
        return function(replayed(names, values))

    return build


def _of_kind(kind: type, state: Mapping[str, Any], names: Mapping[str, str]) -> Callable[..., Any]:
    def build(**values: Any) -> Any:
        return built(kind, state, replayed(names, values))

    return build


def _module(defined: Any) -> str:
    """The module that counts as that of the builder: its code is compared, which it would not be in an installed package."""
    while isinstance(defined, partial | MethodType):
        defined = defined.func if isinstance(defined, partial) else defined.__func__
    name: str = getattr(defined, "__module__", None) or "__main__"
    return "__main__" if is_installed(defined) else name


def _refuse(message: str) -> NoReturn:
    raise InvalidInput.at(BUILD, message)


def known_parameters(names: Collection[str]) -> dict[str, str]:
    """The hyperparameters by the parameters that they become; InvalidInput where two would be the same."""
    from keyword import iskeyword

    found: dict[str, str] = {}
    for name in names:
        plain = "".join(letter if letter.isalnum() or letter == "_" else "_" for letter in name)
        plain = plain if plain.isidentifier() else f"_{plain}"
        if iskeyword(plain) or plain in ("name", "task"):
            plain += "_"
        if plain in found:
            raise InvalidInput.at(
                BUILD, f"the hyperparameters {found[plain]!r} and {name!r} would both be called '{plain}'; rename one"
            )
        found[plain] = name
    return found
