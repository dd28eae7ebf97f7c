"""How many more seeds or splits it would take to separate two candidates."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from gridloom.results.statistics.answers import Power
from gridloom.results.statistics.distributions import shifted_t_tail, t_above
from gridloom.results.statistics.questions import MANY, Estimates, Numbers, Question, checked

MOST_TIMES = 10
"""Up to how many times the seeds or splits that there are a number of them is given; beyond, it says only that it is large."""

ENDLESS = 10**9
"""So many splits leave of the variance only what further splits of the same rows cannot reduce."""

SURE = 40.0
"""A difference of so many standard errors is always seen; beyond, the noncentral t only loses precision."""


def power(
    scores: Numbers, question: Question, pair: tuple[int, int], level: float = 0.95, chance: float = 0.8
) -> Power:
    """What it takes to separate a pair of candidates (rows): by a two-sided test at `level`, with `chance` to do so.

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
        why = f"the top two have equal means, so no number of {question.unit} can be estimated to separate them"
        return Power(question.unit, None, None, why)

    def suffices(count: int) -> bool:
        return _power(question.with_units(seen, now, count), level) >= chance

    if not suffices(MOST_TIMES * now):
        return Power(question.unit, None, None, _why_no_number(question, suffices))
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


def _why_no_number(question: Question, suffices: Callable[[int], bool]) -> str:
    """What would help where MOST_TIMES what there is does not."""
    if question.unit == "splits" and not suffices(ENDLESS):
        return "more splits or repeats of the same rows will not separate the top two; that takes more data"
    return f"separating the top two would take more than {MOST_TIMES} times as many {question.unit}"
