"""Keras's own `SKLearnClassifier` and `SKLearnRegressor`."""

from __future__ import annotations

from typing import Any

from gridloom.sklearn.plans import Plan, refuse_unless, whole
from gridloom.sklearn.reasons import NotFused

NAMES = ("SKLearnClassifier", "SKLearnRegressor")

FOLLOWED = {"epochs", "batch_size", "verbose", "shuffle"}
"""What `fit_kwargs` may have."""


def matches(estimator: Any) -> bool:
    """Whether it is one of Keras's estimators."""
    return type(estimator).__module__.partition(".")[0] == "keras" and type(estimator).__name__ in NAMES


def plan_of(estimator: Any, X: Any, y: Any) -> Plan:
    """What the estimator would train on rows like these; NotFused where that is for Keras's own `fit` alone."""
    refuse_unless(estimator.get_params(deep=False), {"warm_start": (False,)})
    settings = dict(estimator.fit_kwargs or {})
    refuse_unless(settings, {"shuffle": (True,)})
    if other := sorted(set(settings) - FOLLOWED):
        raise NotFused(f"'{other[0]}' of fit_kwargs is left to Keras's own fit")
    if not callable(estimator.model) or hasattr(estimator.model, "get_weights"):
        raise NotFused("'model' is not a function that makes a network")
    targets = estimator._process_target(y, reset=True)
    arguments = {"X": X[:0], "y": targets[:0], **(estimator.model_kwargs or {})}
    epochs, size = settings.get("epochs"), settings.get("batch_size")
    return Plan(estimator.model, arguments, whole("epochs", epochs, 1), whole("batch_size", size, 32))
