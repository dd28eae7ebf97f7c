"""A search as data: how its best score grew with what it spent, and which candidates survived its rungs."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from gridloom import Budget, FitResult, Result, Status, Trial
from gridloom_plugins.figures.waves import budgets_text


@dataclass(frozen=True)
class Spent:
    """What was spent until a trial was finished: fits, the epochs in their histories, seconds of all workers together."""

    fits: int
    epochs: int
    seconds: float


@dataclass(frozen=True)
class Step:
    """A trial that ranks, and what was spent until it was finished."""

    trial: Trial
    spent: Spent


@dataclass(frozen=True)
class Growth:
    """How the best score grew: all trials that rank, those better than all before them, and what the whole search spent."""

    steps: Sequence[Step]
    gains: Sequence[Step]
    total: Spent


def growth(result: Result) -> Growth:
    """How the best mean grew among the trials that rank, in the order in which they were proposed.

    Trials of smaller budgets are no rivals, but what they took is spent. A fit that several trials share is spent once, and
    one that went on from a smaller budget of epochs counts from its first epoch.
    """
    spent, seen = Spent(0, 0, 0.0), set[str]()
    steps, gains = list[Step](), list[Step]()
    for trial in sorted(result.trials, key=lambda trial: (trial.wave, trial.number)):
        new = list(_new(trial, seen))
        spent = Spent(
            spent.fits + len(new),
            spent.epochs + sum(found.epochs for found in new),
            math.fsum([spent.seconds, *(found.fit_seconds + found.score_seconds for found in new)]),
        )
        if result.rank(trial) is None:
            continue
        steps.append(Step(trial, spent))
        if not gains or trial.mean > gains[-1].trial.mean:
            gains.append(steps[-1])
    return Growth(steps, gains, spent)


def _new(trial: Trial, seen: set[str]) -> Iterator[FitResult]:
    """The results of fits that are not among those seen, which they are from now on."""
    for fit, found in zip(trial.fits, trial.results, strict=True):
        if found and fit.key not in seen:
            seen.add(fit.key)
            yield found


@dataclass(frozen=True)
class Climb:
    """A candidate that was tried on several budgets: its complete trials, the smallest budget first."""

    trials: Sequence[Trial]
    survived: bool
    """Whether the last of them ranks."""


@dataclass(frozen=True)
class Rungs:
    """The budgets of a search, smallest first, with a name for each; and the candidates, those that survived last."""

    budgets: Sequence[Budget]
    names: Sequence[str]
    climbs: Sequence[Climb]


def rungs(result: Result) -> Rungs | None:
    """How candidates climbed from budget to budget; None where all of them have one and the same."""
    complete = [trial for trial in result.trials if trial.status is Status.COMPLETE]
    budgets = sorted({trial.proposal.budget for trial in complete}, key=lambda budget: budget.size)
    if len(budgets) < 2:  # noqa: PLR2004
        return None
    by_candidate: dict[str, list[Trial]] = {}
    for trial in sorted(complete, key=lambda trial: trial.proposal.budget.size):
        by_candidate.setdefault(trial.candidate.key, []).append(trial)
    climbs = [Climb(trials, result.rank(trials[-1]) is not None) for trials in by_candidate.values()]
    names = [budgets_text([budget]) for budget in budgets]
    return Rungs(budgets, names, sorted(climbs, key=_height))


def _height(climb: Climb) -> tuple[bool, tuple[float, ...], float]:
    """How far a candidate came, and with which mean."""
    last = climb.trials[-1]
    return climb.survived, last.proposal.budget.size, last.mean
