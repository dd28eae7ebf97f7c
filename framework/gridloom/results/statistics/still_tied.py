"""Which candidates are still tied with the best while a search goes on, when each has only a few seeds."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from gridloom.results.statistics.best_set import best_set
from gridloom.results.statistics.questions import ROUNDING, Numbers, Seeds, checked

BETWEEN = 1 / 4
"""The variance of a score that is one of two neighbouring whole numbers with even chances, the largest there is for such scores."""


def still_tied(scores: Numbers, level: float) -> NDArray[np.bool_]:
    """Which candidates are tied with the best across seeds: shape (candidates,), at least one is True.

    `scores` has the shape (candidates, repeats, folds, seeds). It is `best_set`, but where scores come in steps, a few
    equal ones are not taken for certainty: a fit may as well have scored one step more. Two candidates on one split would
    else be separated as soon as each has scored the same three times. Raises ValueError for scores that `best_set`
    refuses.
    """
    scores = checked(scores)
    return best_set(scores, Seeds(least_variances(scores)), level)


def least_variances(scores: Numbers) -> tuple[float, ...]:
    """The variance that fits are taken to have at least, one a split: that of a score between two steps.

    The step is the smallest difference between scores of the split: a fraction of a row for accuracies, and next to
    nothing for scores that may be any number.
    """
    splits = scores.reshape(len(scores), -1, scores.shape[3])
    rounding = ROUNDING * np.abs(scores).max()
    found = []
    for split in range(splits.shape[1]):
        steps = np.diff(np.unique(splits[:, split]))
        step = steps[steps > rounding].min(initial=np.inf)
        found.append(float(BETWEEN * step**2) if np.isfinite(step) else 0.0)
    return tuple(found)
