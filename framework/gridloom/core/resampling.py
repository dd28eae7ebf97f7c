"""How far a score of rows that nothing has seen may be trusted: percentile intervals by the bootstrap."""

from __future__ import annotations

import math
import warnings
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from gridloom.core.predictions import Predictions

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

LEVEL = 0.95
"""The share of resamples whose scores lie inside an interval."""

DRAWS = 1000
"""How many resamples are drawn; Efron and Tibshirani, An Introduction to the Bootstrap (1993), section 13.3, ask for as many."""

SEED = 0

FEWEST_UNITS = 10
"""Of fewer rows, groups or blocks no interval is made: so few draws cannot show what others would be like."""

MOST_UNDEFINED = 0.05
"""The largest share of resamples that may have no score, such as those of a single class."""

Draw = Callable[["np.random.Generator"], "NDArray[np.intp]"]


def rows_of(predictions: Predictions, rows: NDArray[np.intp]) -> Predictions:
    """What is predicted for some of the rows, in this order; a row may be there several times."""
    parts = (predictions.labels, predictions.probabilities, predictions.values)
    return Predictions(*(None if part is None else part[rows] for part in parts))


def interval(
    score: Callable[[NDArray[Any], Predictions], float], truth: NDArray[Any], predictions: Predictions, draw: Draw
) -> tuple[float, float] | None:
    """The percentile interval of a score at LEVEL, from DRAWS resamples; None where they show none.

    So it is where one in twenty of the resamples has no score, or all have the same.
    """
    import numpy as np

    rng = np.random.default_rng(SEED)
    found = []
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        for _ in range(DRAWS):
            rows = draw(rng)
            try:
                found.append(score(truth[rows], rows_of(predictions, rows)))
            except Exception:  # a plugin's, of rows that lack a class, say
                found.append(math.nan)
    scores = np.array(found, dtype=float)
    scores = scores[np.isfinite(scores)]
    if len(scores) < (1 - MOST_UNDEFINED) * DRAWS or not np.ptp(scores):
        return None
    low, high = np.quantile(scores, [(1 - LEVEL) / 2, (1 + LEVEL) / 2])
    return float(low), float(high)


def draw_of(rows: int, groups: NDArray[Any] | None = None, order: NDArray[Any] | None = None) -> Draw | None:
    """What draws a resample of so many rows; None where there are too few units to draw.

    The units are rows that are independent of each other: whole groups where there are groups (Field and Welsh,
    "Bootstrapping clustered data", JRSS B 69, 2007); in a series blocks of rows that follow one another, as long as the
    cube root of their number, the first row behind the last one (Politis and Romano, "A circular block-resampling procedure
    for stationary data", 1992); else single rows (Efron and Tibshirani 1993).
    """
    import numpy as np

    if groups is not None:
        members = [np.flatnonzero(groups == group) for group in np.unique(groups)]
        count = len(members)
        return (
            None
            if count < FEWEST_UNITS
            else lambda rng: np.concatenate([members[number] for number in rng.integers(count, size=count)])
        )
    if order is not None:
        in_time, length = np.argsort(order, kind="stable"), math.ceil(round(rows ** (1 / 3), 9))
        count = math.ceil(rows / length)
        steps = np.arange(length)
        return (
            None
            if count < FEWEST_UNITS
            else lambda rng: in_time[((rng.integers(rows, size=count)[:, None] + steps) % rows).ravel()[:rows]]
        )
    return None if rows < FEWEST_UNITS else lambda rng: rng.integers(rows, size=rows)
