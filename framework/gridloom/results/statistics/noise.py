"""Whether scores are too noisy to judge: whether a tie says something of the candidates, or only of how few scores there are."""

from __future__ import annotations

from gridloom.results.statistics.answers import Answer
from gridloom.results.statistics.bounds import Ends
from gridloom.results.statistics.distributions import t_above
from gridloom.results.statistics.questions import Numbers, Question

FEW = 10
"""With fewer scores a candidate, all of them tied, they are too noisy to judge where no baseline shows what matters."""


def critical_difference(scores: Numbers, question: Question, best: int, level: float) -> float | None:
    """From which difference on a candidate is significantly worse than the best (row); None for a single candidate.

    It is the critical value of the tie set (one-sided, for as many comparisons as the best has) times the standard error
    of the difference, of the candidate whose error is the median one.
    """
    found = question.differences(scores, best)
    others = [row for row in range(len(scores)) if row != best]
    if not others:
        return None
    middle = sorted(others, key=lambda row: found.error[row])[len(others) // 2]
    return float(t_above((1 - level) / len(others), found.df[middle]) * found.error[middle])


def noise(answer: Answer, scores: int, baseline: float | None, bounds: Ends) -> str:
    """How far the means of candidates lie apart, and how far they would have to, in words; empty where that is near enough.

    It is too far where all candidates are tied, and so would be one that is no better than the baseline; without a
    baseline, where all are tied with fewer than FEW scores each.
    """
    needed = answer.critical_difference
    if needed is None or len(answer.tied) < len(answer.intervals):
        return ""
    best = answer.interval_of[answer.tied[0]].mean
    if not (scores < FEW if baseline is None else needed > abs(best - baseline)):
        return ""
    means = [interval.mean for interval in answer.intervals]
    least = (
        f"Only differences above about {needed:.2g} would be significant"
        if needed < bounds[1] - bounds[0]
        else "No difference could be significant"
    )
    return f"with means from {min(means):.3g} to {max(means):.3g}. {least}"
