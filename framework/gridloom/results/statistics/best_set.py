"""The tie set, the candidates that are statistically tied with the best: it holds the true best with a stated coverage.

These are Hsu's multiple comparisons with the best (Hsu, Multiple Comparisons, 1996, chapter 4): a candidate leaves the
set when a one-sided comparison of all others with it shows that one of them is better. Only the comparisons with the true
best must hold for the set to hold it, whichever candidate happened to come first. Where fits got stuck, a candidate
without any may only have been lucky, and the errors allow for that (see stuck.py).
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from gridloom.results.statistics.bonferroni import independent, paired
from gridloom.results.statistics.distributions import normal_above, t_above
from gridloom.results.statistics.questions import Estimates, NewData, Numbers, Question, Seeds, checked
from gridloom.results.statistics.stuck import stuck

DRAWS = 4000
"""How often the errors are drawn: a chance of 0.05 is then known to 0.0035."""

MOST_SIMULATED = 300
"""The most candidates whose critical values are drawn, since the time grows with their square."""


def best_set(scores: Numbers, question: Question, level: float = 0.95) -> NDArray[np.bool_]:
    """Which candidates are statistically tied with the best: shape (candidates,), at least one is True.

    Over repetitions of the experiment (other seeds, or other data) the set holds the candidate with the highest true
    mean in `level` of them or more. Raises ValueError for scores of another shape, or that cannot answer the question.
    """
    scores = checked(scores)
    if len(scores) == 1:
        return np.ones(1, dtype=bool)
    if not question.is_answered_by(scores):
        raise ValueError(f"one of the {question.unit} does not show how they scatter; it takes two at least")
    if isinstance(question, NewData):
        return _paired(scores, question, level)
    means = _means(scores, question)
    if len(scores) > MOST_SIMULATED:
        return independent(means, question, level)
    return _by_simulation(means, question, level)


def _by_simulation(means: Estimates, question: Seeds, level: float) -> NDArray[np.bool_]:
    """Welch's statistics, each candidate with a critical value of its own for the largest of them.

    Errors are drawn in the order of means, errors and degrees of freedom, and what is said of one of several equal
    candidates holds for all of them, so that the order of the candidates makes no difference.

    The largest of the dependent statistics is drawn from normal means and chi-square variances that scatter as the
    candidates' own do: the parametric bootstrap (Krishnamoorthy, Lu and Mathew, Computational Statistics & Data Analysis
    51, 2007). So one that scatters widely neither hides behind the others nor makes them wide.
    """
    order = np.lexsort([means.df, means.error, means.value])
    found = _in_order(Estimates(means.value[order], means.error[order], means.df[order]), question, level)
    inside = np.empty(len(order), dtype=bool)
    inside[order] = found
    return inside


def _in_order(means: Estimates, question: Seeds, level: float) -> NDArray[np.bool_]:
    """The same for candidates in the order that they are drawn in."""
    count = len(means.value)
    alike = [np.append(False, np.diff(part) == 0) for part in (means.value, means.error, means.df)]
    is_double = np.logical_and.reduce(alike)
    largest = np.array([(-question.between(means, i).t).max() for i in range(count)])
    lowest = normal_above(1 - level)  # the critical value of one normal test
    fewest = means.df[means.error > 0].min(initial=np.inf)
    highest = t_above((1 - level) / (count - 1), fewest)  # Bonferroni's with the fewest df
    inside: NDArray[np.bool_] = largest <= lowest
    doubtful = np.flatnonzero(~inside & (largest <= highest))
    if doubtful.size:
        rng = np.random.default_rng(0)
        errors = rng.standard_normal((DRAWS, count)) * means.error
        variances = means.error**2 * rng.chisquare(means.df, (DRAWS, count)) / means.df
        for i in doubtful:
            inside[i] = (
                inside[i - 1]
                if is_double[i]
                else np.mean(_largest(errors, variances, int(i)) >= largest[i]) > 1 - level
            )
    return inside


def _paired(scores: Numbers, question: NewData, level: float) -> NDArray[np.bool_]:
    """Bonferroni's set of the differences in pairs, with errors that allow for fits that get stuck."""
    splits, found = scores.mean(axis=3, keepdims=True), stuck(scores)
    factor = float(np.sqrt(1 / (scores.shape[1] * scores.shape[2]) + question.ratio))
    if found is None:
        nothing = np.zeros(len(scores))
        return paired([question.units(splits)], factor, nothing, question.differences_from(splits), level)
    mended = found.mended.mean(axis=3, keepdims=True)
    shown, without = question.differences_from(splits), question.differences_from(mended)

    def widened(row: int, others: NDArray[np.intp]) -> Estimates:
        hidden = np.hypot(found.error[others], found.error[row])
        return _widened(shown(row, others), without(row, others), hidden)

    return paired([question.units(splits), question.units(mended)], factor, found.error, widened, level)


def _means(scores: Numbers, question: Seeds) -> Estimates:
    """The candidates' means, with errors that allow for fits that get stuck."""
    means, found = question.means(scores), stuck(scores)
    return means if found is None else _widened(means, question.means(found.mended), found.error)


def _widened(shown: Estimates, mended: Estimates, hidden: Numbers) -> Estimates:
    """The estimates, with errors no smaller than those without stuck fits and those of stuck fits make together."""
    return Estimates(shown.value, np.maximum(shown.error, np.hypot(mended.error, hidden)), shown.df)


def _largest(errors: Numbers, variances: Numbers, reference: int) -> Numbers:
    """The largest of the statistics against the reference in every draw: shape (draws,)."""
    with np.errstate(all="ignore"):
        t = (errors - errors[:, [reference]]) / np.sqrt(variances + variances[:, [reference]])
    t[:, reference] = -np.inf
    found: Numbers = np.fmax.reduce(t, axis=1)  # candidates without any spread give 0/0, and never exceed
    return found
