"""The searches that are compared: ours by what the YAML of an experiment would say, and others' by their names."""

from __future__ import annotations

import inspect
import math
from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache, partial
from typing import Any

import ours
import rivals
from task import Meter, Task

from gridloom import Strategy
from gridloom.errors import UnknownName
from gridloom.registry.registry import load_registry


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


def ours_on(task: Task, fulls: int) -> dict[str, list[dict[str, Any]]]:
    """What an experiment's `search: strategy: {then: ...}` would say, by the name in tables."""
    epochs = task.unit == "epoch"
    grow = {"epochs": [1, task.units]} if epochs else {"cells": [1, task.units]}
    many = {"candidates": fulls}
    halving = {"name": "halving", **grow, "candidates": 81 if epochs else 27}
    hyperband, bayesian = {"name": "hyperband", **grow}, {"name": "bayesian", **many}
    found: dict[str, list[dict[str, Any]]] = {
        "random": [{"name": "random", **many}],
        "sobol": [{"name": "sobol", **many}],
        "latin_hypercube": [{"name": "latin_hypercube", **many}],
        "zoom": [{"name": "zoom", "values": 2}],
        "halving": [halving],
        "hyperband": [hyperband],
        "optuna": [{"name": "optuna", **many}],
        "bayesian": [bayesian],
        "halving, then bayesian": [halving, bayesian],
        "hyperband, then bayesian": [hyperband, bayesian],
    }
    if epochs:
        rungs = sorted({math.ceil(task.units / 3**rung) for rung in range(4)})
        found["optuna with pruner"] = [{"name": "optuna", **many, "pruner": {"name": "hyperband", "epochs": rungs}}]
    else:
        found["race"] = [{"name": "race", **many}]
    return found


@lru_cache
def registry() -> Any:
    """The installed plugins, loaded once a process."""
    return load_registry()


def run(name: str, meter: Meter, fulls: int) -> None:
    """Let the search of this name spend what the meter allows."""
    if name in RIVALS:
        meter.keeps = RIVALS[name].keeps
        RIVALS[name].run(meter)
        return
    ours.search([bound(one) for one in ours_on(meter.task, fulls)[name]], meter)


def bound(selection: dict[str, Any]) -> ours.Propose:
    """The strategy's function with its options; UnknownName where no plugin has it."""
    options = {key: value for key, value in selection.items() if key != "name"}
    return partial(registry().find(Strategy, selection["name"]).record.propose, **options)


_FITS, _EPOCHS = (Task("", "", unit, 1, {}, lambda *_: None) for unit in ("fit", "epoch"))  # type: ignore[arg-type,return-value]
ALL = [*dict.fromkeys([*ours_on(_EPOCHS, 1), *ours_on(_FITS, 1), *RIVALS])]
"""The names of all searches, ours first."""
SLOW = {"KerasTuner Bayesian"}
"""Searches that take minutes each, and get fewer seeds."""


def refusal(name: str, task: Task, fulls: int) -> str | None:
    """Why a search cannot be done on tasks like this one; None where it can."""
    if name in RIVALS:
        return None
    if name not in ours_on(task, fulls):
        return f"a training has {task.unit}s alone"
    for selection in ours_on(task, fulls)[name]:
        try:
            strategy = registry().find(Strategy, selection["name"]).record
        except UnknownName as error:
            return str(error).splitlines()[0]
        known = inspect.signature(strategy.propose).parameters
        for option in selection:
            if option not in {"name", *known}:
                return f"'{strategy.name}' has no option {option!r}"
    return None
