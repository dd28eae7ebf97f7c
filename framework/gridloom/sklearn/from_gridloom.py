"""Gridloom's own `KerasModel`: what it trains, as a plan."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from gridloom.sklearn.keras_model import KerasModel
from gridloom.sklearn.own_plans import plan_for
from gridloom.sklearn.plans import Plan
from gridloom.sklearn.reasons import NotFused

FUSED = "fused"


def matches(estimator: Any) -> bool:
    """Whether it is a `KerasModel`."""
    return isinstance(estimator, KerasModel)


def plan_of(estimator: KerasModel, X: Any, y: Any) -> Plan:  # noqa: ARG001  (the task follows from the data of the run)
    """What the estimator would train; NotFused where it names another engine, or has methods of its own."""
    if type(estimator) is not KerasModel:
        raise NotFused(f"{type(estimator).__name__} is a subclass of KerasModel")
    name = estimator.engine.get("name") if isinstance(estimator.engine, Mapping) else estimator.engine
    if name not in (None, "auto", FUSED):
        raise NotFused(f"engine={estimator.engine!r} is another engine")
    return plan_for(estimator.get_params(deep=False), _classes(y) if estimator.task == "classification" else ())


def _classes(y: Any) -> Any:
    import numpy as np

    return np.unique(np.asarray(y))
