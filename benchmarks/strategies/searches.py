"""The searches that are compared: ours by what the YAML of an experiment would say, and others' by their names."""

from __future__ import annotations

import inspect
from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache, partial
from typing import Any

import ours
import rivals
from task import Meter, Task


@dataclass(frozen=True)
class Search:
    """A search by its name in tables; `keeps` says whether it goes on from kept states."""

    name: str
    run: Callable[[Meter], None]
    keeps: bool = True


RIVALS = {
    one.name: one
    for one in (
        Search("random search", rivals.random),
        Search("Optuna TPE", rivals.optuna_tpe),
        Search("Optuna TPE + Hyperband", rivals.optuna_hyperband),
        Search("KerasTuner Bayesian", rivals.keras_tuner_bayesian),
        Search("KerasTuner Hyperband", rivals.keras_tuner_hyperband),
        Search("HalvingRandomSearchCV", rivals.sklearn_halving, keeps=False),
    )
}


def ours_on(task: Task, fulls: int) -> dict[str, Any]:
    """What an experiment's `search: strategy:` would say, by the name in tables."""
    epochs = task.unit == "epoch"
    rungs = {"epochs": [2, task.units]} if epochs else {"cells": [1, task.units]}
    many = {"candidates": fulls}
    return {
        "random": {"name": "random", **many},
        "sobol": {"name": "sobol", **many},
        "latin_hypercube": {"name": "latin_hypercube", **many},
        "zoom": {"name": "zoom"},
        "halving": {"name": "halving", **rungs},
        "hyperband": {"name": "hyperband", **rungs},
        "optuna": {"name": "optuna", **many},
        "bayesian": {"name": "bayesian", **many},
    }


@lru_cache
def registry() -> Any:
    """The installed plugins, loaded once a process."""
    from gridloom.registry.registry import load_registry

    return load_registry()


def run(name: str, meter: Meter, fulls: int) -> None:
    """Let the search of this name spend what the meter allows."""
    if name in RIVALS:
        meter.keeps = RIVALS[name].keeps
        RIVALS[name].run(meter)
        return
    ours.search(bound(ours_on(meter.task, fulls)[name]), meter)


def bound(selection: dict[str, Any]) -> Callable[..., Any]:
    """The strategy's function with its options; LookupError where no plugin has it."""
    from gridloom import Strategy

    options = dict(selection)
    strategy = registry().find(Strategy, options.pop("name")).record
    return partial(strategy.propose, **options)


ALL = [*ours_on(Task("", "", "epoch", 2, {}, lambda *_: None), 1), *RIVALS]  # type: ignore[arg-type,return-value]
"""The names of all searches, ours first."""
SLOW = {"KerasTuner Bayesian"}
"""Searches that take minutes each, and get fewer seeds."""


def refusal(name: str, task: Task, fulls: int) -> str | None:
    """Why a search cannot be done on tasks like this one; None where it can."""
    from gridloom import Strategy
    from gridloom.errors import UnknownName

    if name in RIVALS:
        return None
    options = dict(ours_on(task, fulls)[name])
    try:
        strategy = registry().find(Strategy, options.pop("name")).record
    except UnknownName:
        return "no plugin has it"
    unknown = [option for option in options if option not in inspect.signature(strategy.propose).parameters]
    return f"it has no option {unknown[0]!r}" if unknown else None
