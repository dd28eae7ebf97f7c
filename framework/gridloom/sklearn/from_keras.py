"""Keras's own `SKLearnClassifier` and `SKLearnRegressor`."""

from __future__ import annotations

import inspect
from functools import partial
from typing import Any

from sklearn.base import ClassifierMixin

from gridloom.sklearn.plans import Plan, refuse_unless, whole
from gridloom.sklearn.reasons import NotFused

NAMES = ("SKLearnClassifier", "SKLearnRegressor")

LOSSES = ("categorical_crossentropy",)
"""Losses of classifiers that are followed: the wrapper makes one-hot codes of classes, whatever the loss is."""

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
    if not inspect.isfunction(estimator.model) and not isinstance(estimator.model, partial):
        raise NotFused("'model' is not a function that makes a network")
    targets = estimator._process_target(y, reset=True)
    arguments = {"X": X[:0], "y": targets[:0], **(estimator.model_kwargs or {})}
    epochs, size = settings.get("epochs"), settings.get("batch_size")
    losses = LOSSES if isinstance(estimator, ClassifierMixin) else ()
    return Plan(estimator.model, arguments, whole("epochs", epochs, 1), whole("batch_size", size, 32), losses=losses)
