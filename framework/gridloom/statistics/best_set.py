"""The set of candidates that cannot be told from the best: it holds the true best with a stated coverage.

These are Hsu's multiple comparisons with the best (Hsu, Multiple Comparisons, 1996, chapter 4): a candidate leaves the
set when a one-sided comparison of all others with it shows that one of them is better. Only the comparisons with the true
best must hold for the set to hold it, whichever candidate happened to come first.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from scipy import stats

from gridloom.statistics.questions import Estimates, NewData, Numbers, Question, Seeds, checked

DRAWS = 4000
"""How often the errors are drawn: a chance of 0.05 is then known to 0.0035."""

MOST_SIMULATED = 300
"""The most candidates whose critical values are drawn, since the time grows with their square."""


def best_set(scores: Numbers, question: Question, level: float = 0.95) -> NDArray[np.bool_]:
    """Which candidates cannot be told from the best: shape (candidates,), at least one is True.

    Over repetitions of the experiment (other seeds, or other data) the set holds the candidate with the highest true
    mean in `level` of them or more. Raises ValueError for scores of another shape, or that cannot answer the question.
    """
    scores = checked(scores)
    if len(scores) == 1:
        return np.ones(1, dtype=bool)
    if not question.is_answered_by(scores):
        raise ValueError(f"one of the {question.unit} does not show how they scatter; it takes two at least")
    if isinstance(question, NewData):
        return _by_bonferroni(scores, question, level)
    return _by_simulation(question.means(scores), question, level)


def _by_bonferroni(scores: Numbers, question: NewData, level: float) -> NDArray[np.bool_]:
    """Corrected t-tests, with Bonferroni's critical value: the few splits do not tell how the tests depend."""
    count = len(scores)
    critical = stats.t.isf((1 - level) / (count - 1), question.differences(scores, 0).df[0])
    return np.array([(-question.differences(scores, i).t).max() <= critical for i in range(count)])


def _by_simulation(means: Estimates, question: Seeds, level: float) -> NDArray[np.bool_]:
    """Welch's statistics, each candidate with a critical value of its own for the largest of them.

    The largest of the dependent statistics is drawn from normal means and chi-square variances that scatter as the
    candidates' own do: the parametric bootstrap (Krishnamoorthy, Lu and Mathew, Computational Statistics & Data Analysis
    51, 2007). So one that scatters widely neither hides behind the others nor makes them wide.
    """
    count = len(means.value)
    largest = np.array([(-question.between(means, i).t).max() for i in range(count)])
    inside = largest <= stats.norm.isf(1 - level)  # no critical value is lower than that of a single normal test
    fewest = means.df[means.error > 0].min(initial=np.inf)
    beyond = stats.t.isf((1 - level) / (count - 1), fewest)  # and beyond Bonferroni's with the fewest df all is clear
    doubtful = np.flatnonzero(~inside & (largest <= beyond))
    if count > MOST_SIMULATED:
        inside[doubtful] = [_is_near(question.between(means, int(i)), (1 - level) / (count - 1)) for i in doubtful]
    elif doubtful.size:
        rng = np.random.default_rng(0)
        errors = rng.standard_normal((DRAWS, count)) * means.error
        variances = means.error**2 * rng.chisquare(means.df, (DRAWS, count)) / means.df
        for i in doubtful:
            inside[i] = np.mean(_largest(errors, variances, int(i)) >= largest[i]) > 1 - level
    found: NDArray[np.bool_] = inside
    return found


def _is_near(differences: Estimates, chance: float) -> bool:
    """Whether none is better than the reference by Bonferroni: the one that stands out most has a larger p-value."""
    place = int(np.argmax(-differences.t))
    return bool(stats.t.sf(-differences.t[place], differences.df[place]) > chance)


def _largest(errors: Numbers, variances: Numbers, reference: int) -> Numbers:
    """The largest of the statistics against the reference in every draw: shape (draws,)."""
    with np.errstate(all="ignore"):
        t = (errors - errors[:, [reference]]) / np.sqrt(variances + variances[:, [reference]])
    t[:, reference] = -np.inf
    found: Numbers = np.fmax.reduce(t, axis=1)  # candidates without any spread give 0/0, and never exceed
    return found
