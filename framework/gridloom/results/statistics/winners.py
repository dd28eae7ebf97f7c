"""The winners of two runs on the same splits, whatever models, preprocessing and candidates the runs have."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from gridloom.core.trials import Trial
from gridloom.results.statistics.questions import Question
from gridloom.results.statistics.summary import (
    has_whole_seeds,
    is_deaf_to_seeds,
    is_usable,
    questions_of,
    scores_of,
)


@dataclass(frozen=True)
class Finding:
    """What one question finds of the difference of two winners: an interval and a p-value."""

    question: Question
    low: float
    high: float
    p: float


@dataclass(frozen=True)
class Winners:
    """The best trials of two runs, the second mean less the first, and what is found of that; nothing with too few scores."""

    first: Trial
    second: Trial
    difference: float
    findings: tuple[Finding, ...]
    level: float

    @property
    def are_alike(self) -> bool:
        """Whether both are the same candidate, with the same budget."""
        return self.first.candidate == self.second.candidate and (
            self.first.proposal.budget == self.second.proposal.budget
        )


def winners(first: Trial, second: Trial, validation: Mapping[str, Any], level: float = 0.95) -> Winners:
    """Compare the best trials of two runs that `obstacles` finds comparable, by each question that both can answer.

    Across seeds: Welch's test, for any two numbers of seeds. On new data: the corrected resampled t-test, paired by split,
    if both were trained on equal shares of the rows. Each was picked by the same scores as the best of its run, which is
    not taken into account: its mean is too high, and more so among more candidates.
    """
    difference = second.mean - first.mean
    if not (is_usable((first, second)) and has_whole_seeds((first, second))):
        return Winners(first, second, difference, (), level)
    one, other = scores_of([first]), scores_of([second])
    found = []
    if one.shape[:3] == other.shape[:3]:
        for question in questions_of(validation, first):
            is_answered = question.is_answered_by(one) and question.is_answered_by(other)
            if not is_answered or (is_deaf_to_seeds(question, one) and is_deaf_to_seeds(question, other)):
                continue
            if question.name != "seeds" and first.proposal.budget.share != second.proposal.budget.share:
                continue
            between = question.between_runs(one, other)
            low, high = between.bounds(level)
            found.append(Finding(question, float(low[0]), float(high[0]), float(between.p[0])))
    return Winners(first, second, difference, tuple(found), level)
