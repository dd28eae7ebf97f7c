"""Which candidate of a search is trained on all rows: the best, or the simplest that is nearly as good."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

from gridloom.core.trials import Trial
from gridloom.experiment.keys import Refit
from gridloom.results.statistics.answers import Summary

BEST = "the best"
SIMPLEST = "simplest"


@dataclass(frozen=True)
class Pick:
    """The trial that is picked, what it was picked as, and why it is not what was wished for, where it is not."""

    trial: Trial
    chosen: str = BEST
    caveat: str = ""


class Ranked(Protocol):
    """A result, as far as it takes to pick one of its trials."""

    @property
    def best(self) -> Trial | None:
        """The trial with the highest mean score, or None."""

    @property
    def trials(self) -> Sequence[Trial]:
        """All trials."""

    @property
    def summary(self) -> Summary:
        """What their scores say."""


def pick(result: Ranked, wish: Refit) -> Pick | None:
    """The best trial, or with "simplest" the simplest tied one within one standard error of it; None where no trial is complete."""
    if (best := result.best) is None:
        return None
    if wish != SIMPLEST:
        return Pick(best)
    answer = result.summary.answer
    if answer is None:
        return Pick(best, BEST, "the scores do not show which candidates are tied")
    if answer.simplest is None:
        return Pick(best, BEST, "no searched family declares which values are simpler")
    trial = next(trial for trial in result.trials if trial.number == answer.simplest)
    return Pick(trial, "the simplest candidate within one standard error of the best")
