"""Every candidate against the best: the difference, its interval, and p-values corrected for their number."""

from __future__ import annotations

import numpy as np

from gridloom.results.statistics.answers import Comparison
from gridloom.results.statistics.questions import Numbers, Question, checked


def holm(p: Numbers) -> Numbers:
    """P-values adjusted for their number (Holm, Scandinavian Journal of Statistics 6, 1979); shape (n,) as given.

    To reject what is at most 0.05 keeps the chance of any false rejection at 0.05, however the tests depend.
    """
    p = np.asarray(p, dtype=float)
    order = np.argsort(p, kind="stable")
    stepped = np.minimum(1.0, np.maximum.accumulate((len(p) - np.arange(len(p))) * p[order]))
    adjusted = np.empty_like(p)
    adjusted[order] = stepped
    return adjusted


def compare(scores: Numbers, question: Question, best: int, level: float = 0.95) -> tuple[Comparison, ...]:
    """All candidates but the best (a row of the scores) against it, in the order of the rows.

    Seeds: Welch's test. New data: the corrected resampled t-test (Nadeau and Bengio 2003). The best was picked on the
    same scores, so a p-value is smaller than it would be for a candidate named beforehand; `best_set` allows for that.
    Raises ValueError for scores of another shape, or that cannot answer the question.
    """
    scores = checked(scores)
    if not question.is_answered_by(scores):
        raise ValueError(f"one of the {question.unit} does not show how they scatter; it takes two at least")
    found = question.differences(scores, best)
    others = np.delete(np.arange(len(scores)), best)
    low, high = found.bounds(level)
    columns = [found.value[others], low[others], high[others], found.p[others], holm(found.p[others])]
    rows = np.column_stack(columns).tolist()
    return tuple(Comparison(int(candidate), *row) for candidate, row in zip(others, rows, strict=True))
