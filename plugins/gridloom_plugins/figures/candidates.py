"""How reports name candidates: by the values that tell them apart, or by all of them."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from typing import Any

from gridloom import Result, Trial
from gridloom_plugins.figures.numbers import short_text
from gridloom_plugins.figures.texts import NOTHING, value_text

BETWEEN = " · "
"""Stands between values, and between the names above them."""


def parameters_of(trials: Iterable[Trial]) -> list[str]:
    """The names of all parameters that any of these trials has."""
    return list(dict.fromkeys(name for trial in trials for name in trial.params))


def are_numbers(values: Iterable[Any]) -> bool:
    """Whether all values are numbers; truth values are none."""
    return all(isinstance(value, int | float) and not isinstance(value, bool) for value in values)


def varied(trials: Sequence[Trial]) -> list[str]:
    """The parameters that not all of these trials have alike; all of them where there are no such."""
    names = parameters_of(trials)
    told = [{name: value_text(value) for name, value in trial.params.items()} for trial in trials]
    return [name for name in names if len({values.get(name) for values in told}) > 1] or names


def failed_candidates(result: Result) -> int:
    """How many candidates failed, on whatever budgets."""
    return len({trial.candidate.key for trial in result.failed})


def seconds_of(trial: Trial) -> float:
    """How long all fits of a trial took, one after the other."""
    return math.fsum(found.fit_seconds + found.score_seconds for found in trial.results if found)


def epochs_text(result: Result, trial: Trial) -> str:
    """How many epochs a trial was trained, with at most one decimal; empty where that is not known.

    It is the mean over the fits.
    """
    found = result.epochs.get(trial.number)
    return "" if found is None else f"{found:.1f}".removesuffix(".0")


def epochs_title(names: Sequence[str]) -> str:
    """What a column of epochs is called beside columns of these parameters."""
    return "epochs trained" if "epochs" in names else "epochs"


def budget_text(trial: Trial) -> str:
    """The budget of a trial that was not trained in full."""
    return trial.proposal.budget.text


def values_of(trial: Trial, names: Sequence[str]) -> str:
    """The values of these parameters, and the budget where it is not a full training, for narrow places."""
    values = [short_text(trial.params[name]) if name in trial.params else NOTHING for name in names]
    return BETWEEN.join(filter(None, [*values, budget_text(trial)]))


def named(trial: Trial, names: Sequence[str] | None = None) -> str:
    """The same with the parameters' names, as far as the trial has them; all of its parameters where none are given."""
    known = list(trial.params) if names is None else [name for name in names if name in trial.params]
    parts = [f"{name}={short_text(trial.params[name])}" for name in known]
    return ", ".join(filter(None, [*parts, budget_text(trial)]))
