"""Nested cross-validation: the whole search once more for every outer fold, its winner scored on rows it has not seen.

The best score of a search is too high (selection bias). The mean score of the outer folds is not: it is what the
procedure "search, then train the winner" comes to on new rows. Varma and Simon, "Bias in error estimation when using
cross-validation for model selection", BMC Bioinformatics 7 (2006); Cawley and Talbot, "On over-fitting in model
selection and subsequent selection bias in performance evaluation", JMLR 11 (2010).
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cached_property

from gridloom.core.budgets import Proposal
from gridloom.core.split import ALL_ROWS
from gridloom.core.trials import Fit, Status, Trial, ranked
from gridloom.experiment.experiment import Experiment
from gridloom.searching.loop import Evaluate, search


@dataclass(frozen=True)
class OuterFold:
    """The winner of the search on an outer fold's training rows, and the same trained on all of them.

    `winner` has the scores it won by, `tested` those on the outer test rows, one a seed; both are None where every
    candidate failed.
    """

    winner: Trial | None = None
    tested: Trial | None = None

    @property
    def status(self) -> Status:
        """COMPLETE when the winner has its outer score."""
        return self.tested.status if self.tested else Status.FAILED

    def ranked_by(self, score: str) -> OuterFold:
        """The same fold by the scores of this name."""
        return OuterFold(self.winner and self.winner.ranked_by(score), self.tested and self.tested.ranked_by(score))


@dataclass(frozen=True)
class Nested:
    """The result so far of nested cross-validation in `planned` outer folds."""

    planned: int
    folds: Sequence[OuterFold]

    def ranked_by(self, score: str) -> Nested:
        """The same folds by the scores of this name; their winners are those of the score that ranked the search."""
        return replace(self, folds=[fold.ranked_by(score) for fold in self.folds])

    @cached_property
    def pairs(self) -> list[tuple[Trial, Trial]]:
        """The winner of each complete fold with the scores it won by, and with its outer scores."""
        complete = [fold for fold in self.folds if fold.status is Status.COMPLETE]
        return [(fold.winner, fold.tested) for fold in complete if fold.winner and fold.tested]

    @property
    def is_complete(self) -> bool:
        """Whether no outer fold is missing."""
        return len(self.folds) == self.planned and all(fold.status is not Status.INCOMPLETE for fold in self.folds)

    @property
    def mean(self) -> float:
        """The mean score of the winners on rows that their search had not seen; NaN where there is none."""
        return _mean([tested.mean for _, tested in self.pairs])

    @property
    def std(self) -> float:
        """The population standard deviation of the outer folds' scores; NaN where there is none."""
        mean = self.mean
        return math.sqrt(_mean([(tested.mean - mean) ** 2 for _, tested in self.pairs]))

    @property
    def excess(self) -> float:
        """By how much the scores that the winners won by are higher than their outer scores, on average."""
        return _mean([winner.mean - tested.mean for winner, tested in self.pairs])

    @property
    def sentence(self) -> str:
        """All of it in one sentence."""
        done = len(self.pairs)
        if not self.is_complete:
            return f"Nested cross-validation is not finished: {done} of {self.planned} outer folds are scored."
        if not done:
            return "Nested cross-validation has no score: every outer fold failed."
        winners = len({winner.candidate.key for winner, _ in self.pairs})
        won = f"{winners} different candidates won" if winners > 1 else "the same candidate won each time"
        folds = f"{done} outer folds, where {won}" if done > 1 else "1 outer fold"
        failed = f"; {self.planned - done} more failed" if done < self.planned else ""
        difference = f"{abs(self.excess):f} {'less' if self.excess >= 0 else 'more'}"
        return (
            f"On rows not seen by the search, its winner scores {self.mean:f} ({self.std:f}), {difference} than in the "
            f"search: nested cross-validation in {folds}{failed}."
        )


def nested_search(experiment: Experiment, evaluate: Evaluate) -> Nested | None:
    """The search in every outer fold of the experiment, or None when it names none.

    It ends early when `evaluate` leaves a trial incomplete. A winner is trained in full, whatever budget it won with.
    """
    if (outer := experiment.validation.outer) is None:
        return None
    folds: list[OuterFold] = []
    for number in range(len(outer.places)):
        found = search(experiment, evaluate, number)
        if not found.is_complete:
            break
        winner = next(iter(ranked(found.trials)), None)
        folds.append(OuterFold(winner, _tested(experiment, evaluate, winner, number)) if winner else OuterFold())
    return Nested(len(outer.places), folds)


def _tested(experiment: Experiment, evaluate: Evaluate, winner: Trial, outer: int) -> Trial:
    """The winner trained on all training rows of its outer fold."""
    seeds = range(experiment.validation.seeds)
    fits = tuple(Fit(winner.candidate, 0, ALL_ROWS, replica, outer=outer) for replica in seeds)
    (tested,) = evaluate([Trial(winner.number, Proposal(winner.candidate), fits, (None,) * len(fits))])
    return tested


def _mean(numbers: Sequence[float]) -> float:
    return math.fsum(numbers) / len(numbers) if numbers else math.nan
