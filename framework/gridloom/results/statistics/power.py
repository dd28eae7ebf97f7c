"""How many more seeds or splits it would take to tell two candidates apart."""

from __future__ import annotations

import numpy as np
from scipy import stats

from gridloom.results.statistics.answers import Power
from gridloom.results.statistics.questions import MANY, Estimates, Numbers, Question, checked

CAP = 10_000
"""The most seeds or splits that are thought of."""

SURE = 40.0
"""A difference of so many standard errors is always seen; beyond, the noncentral t only loses precision."""


def power(
    scores: Numbers, question: Question, pair: tuple[int, int], level: float = 0.95, chance: float = 0.8
) -> Power:
    """What it takes to tell a pair of candidates (rows) apart: by a two-sided test at `level`, with `chance` to do so.

    The power of Student's t by the noncentral t distribution (Cohen, Statistical Power Analysis, 1988, chapter 2). More
    seeds see any difference in the end. More splits of the same data do not: their corrected variance never falls
    below n_test/n_train s^2, so that `total` may be None for want of data.
    """
    scores = checked(scores)
    first, second = pair
    now = question.units(scores).shape[1]
    found = question.differences(scores[[second, first]], 1)
    seen = Estimates(found.value[:1], found.error[:1], found.df[:1])
    if seen.value[0] == 0:
        return Power(question.unit, None, None, "their means are equal")

    def suffices(count: int) -> bool:
        return _power(question.with_units(seen, now, count), level) >= chance

    if not suffices(CAP):
        return Power(question.unit, None, None, _reason(question, seen, now, level, chance))
    low, high = MANY - 1, CAP
    while high - low > 1:
        middle = (low + high) // 2
        low, high = (low, middle) if suffices(middle) else (middle, high)
    return Power(question.unit, high, max(0, high - now))


def _power(seen: Estimates, level: float) -> float:
    """The chance that a two-sided t-test at this level sees a true value with this error and these df, by its sign."""
    critical = stats.t.isf((1 - level) / 2, seen.df)
    shift = np.minimum(np.abs(seen.t), SURE)
    return float(stats.nct.sf(critical, seen.df, shift)[0])


def _reason(question: Question, seen: Estimates, now: int, level: float, chance: float) -> str:
    """Why CAP units are too few: more would do, or none."""
    if _power(question.with_units(seen, now, 1000 * CAP), level) >= chance or question.unit == "seeds":
        return f"it takes more than {CAP:,} {question.unit} to tell them apart"
    return f"no number of {question.unit} of the same data would tell them apart"
