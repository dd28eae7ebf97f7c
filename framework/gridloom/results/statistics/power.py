"""How many more seeds or splits it would take to tell two candidates apart."""

from __future__ import annotations

import numpy as np

from gridloom.results.statistics.answers import Power
from gridloom.results.statistics.distributions import shifted_t_tail, t_above
from gridloom.results.statistics.questions import MANY, Estimates, Numbers, Question, checked

MOST_TIMES = 10
"""How many times the seeds or splits that there are a number of them is told; beyond, it says nothing but that it is large."""

SURE = 40.0
"""A difference of so many standard errors is always seen; beyond, the noncentral t only loses precision."""


def power(
    scores: Numbers, question: Question, pair: tuple[int, int], level: float = 0.95, chance: float = 0.8
) -> Power:
    """What it takes to tell a pair of candidates (rows) apart: by a two-sided test at `level`, with `chance` to do so.

    The test is adjusted for as many comparisons as the best has (Bonferroni), as the tie set is. The power of Student's t
    is that of the noncentral t distribution (Cohen, Statistical Power Analysis, 1988, chapter 2). The difference that was
    seen is taken for the true one; where it is so small beside its error that it would take more than MOST_TIMES what
    there is, `total` is None: equal candidates would be promised any number. More seeds see any difference in the end.
    More repeats of the same splits need not, since their corrected variance never falls below n_test/n_train s^2.
    """
    level = 1 - (1 - level) / (len(scores) - 1)
    scores = checked(scores)
    first, second = pair
    now = question.units(scores).shape[1]
    found = question.differences(scores[[second, first]], 1)
    seen = Estimates(found.value[:1], found.error[:1], found.df[:1])
    if seen.value[0] == 0:
        return Power(question.unit, None, None, "their means are equal")

    def suffices(count: int) -> bool:
        return _power(question.with_units(seen, now, count), level) >= chance

    if not suffices(MOST_TIMES * now):
        return Power(question.unit, None, None, _reason(question))
    low, high = MANY - 1, MOST_TIMES * now
    while high - low > 1:
        middle = (low + high) // 2
        low, high = (low, middle) if suffices(middle) else (middle, high)
    return Power(question.unit, high, max(0, high - now))


def _power(seen: Estimates, level: float) -> float:
    """The chance that a two-sided t-test at this level sees a true value with this error and these df, by its sign."""
    critical = t_above((1 - level) / 2, seen.df)
    shift = np.minimum(np.abs(seen.t), SURE)
    return float(shifted_t_tail(critical, seen.df, shift)[0])


def _reason(question: Question) -> str:
    """Why no number is told, and what would help."""
    if question.unit == "seeds":
        return f"their difference is too small, beside its error, to say how many {question.unit} would tell them apart"
    return "more rows, or folds that train on more of them, would help more than further repeats"
