"""What kind of model a function makes, which has to be known before workers call it: only some engines can train it."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from concurrent.futures import BrokenExecutor
from typing import Any

from gridloom.core.data import Task
from gridloom.errors import InvalidInput, Location, named
from gridloom.registry.hooks_in_memory import builders_in
from gridloom.registry.records import NETWORK
from gridloom.registry.registry import Registry
from gridloom.training.executing import open_processes

BUILD = Location("build")
ESTIMATOR = "estimator"

_KERAS = {"keras", "tensorflow", "tf_keras"}
_ESTIMATORS = {"sklearn", "xgboost", "lightgbm", "catboost"}
_BOTH = {"scikeras"}
"""Its estimators hold networks."""


def kind_by_modules(modules: Collection[str]) -> str | None:
    """The kind of model by the packages that a function touches; None where they leave it open."""
    touched = {*modules}
    is_keras, is_estimator = bool(touched & _KERAS), bool(touched & _ESTIMATORS)
    if touched & _BOTH or is_keras == is_estimator:
        return None
    return NETWORK if is_keras else ESTIMATOR


def kind_by_call(content: bytes, task: Task, options: Mapping[str, Any], registry: Registry) -> str:
    """The kind of model that packed hooks make, called once in a process like those of workers.

    `options` has a value for each parameter without a default. InvalidInput where it is neither kind.
    """
    engine = next(iter(registry.engines_for(NETWORK)), None)
    environment = engine.record.environment({}) if engine else {}
    try:
        with open_processes(1, environment) as session:
            kind, problem = session.submit(_called, content, task, dict(options)).result()
    except BrokenExecutor:
        raise InvalidInput.at(BUILD, "the process that called the function has died") from None
    if problem:
        raise InvalidInput.at(BUILD, problem)
    return kind


def _called(content: bytes, task: Task, options: Mapping[str, Any]) -> tuple[str, str]:
    """The kind of the model that the packed builder makes, and what is wrong with it; either is empty."""
    (builder,) = builders_in(content)
    try:
        model = builder.model_for(task, **options)
    except Exception as error:
        return "", f"the function '{builder.name}' raises {named(error)}"
    return kind_of_model(model, builder.name)


def kind_of_model(model: Any, function: str) -> tuple[str, str]:
    """The kind of a model that the function of this name has made, and what is wrong with it; either is empty."""
    names = [f"{base.__module__}.{base.__name__}" for base in type(model).__mro__]
    if any(name.partition(".")[0] in ("keras", "tf_keras") and name.endswith(".Model") for name in names):
        return NETWORK, ""
    if hasattr(model, "fit") and hasattr(model, "get_params"):
        return ESTIMATOR, ""
    hint = "; does it end in 'return model'?" if model is None else ""
    kinds = "neither a Keras model nor a scikit-learn estimator"
    return "", f"the function '{function}' returns {type(model).__name__}, {kinds}{hint}"
