"""Whether a published score is what one more run could have scored."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy import stats

from gridloom.statistics.questions import MANY, Numbers


@dataclass(frozen=True)
class Published:
    """A published score, the interval of one more run, and whether the score lies inside."""

    score: float
    low: float
    high: float
    inside: bool


def prediction_interval(runs: Numbers, level: float = 0.95) -> tuple[float, float]:
    """Both ends of the interval that holds the score of one more run with the chance `level`.

    `runs` has shape (seeds,): each seed's mean over the splits; ValueError when there are fewer than two. Student's
    prediction interval, mean -+ t s sqrt(1 + 1/n) (Hahn and Meeker, Statistical Intervals, 1991, section 4.8); it takes
    runs as normal.
    """
    runs = np.asarray(runs, dtype=float)
    if runs.ndim != 1 or len(runs) < MANY:
        raise ValueError("a prediction interval takes two runs at least, one number each")
    half = stats.t.ppf((1 + level) / 2, len(runs) - 1) * runs.std(ddof=1) * np.sqrt(1 + 1 / len(runs))
    return float(runs.mean() - half), float(runs.mean() + half)


def check_published(score: float, runs: Numbers, level: float = 0.95, decimals: int = 6) -> Published:
    """A published score, rounded to so many decimals, beside our runs of the same candidate: shape (seeds,).

    The interval is `prediction_interval`; the score counts as inside when what it was rounded from can be.
    """
    low, high = prediction_interval(runs, level)
    rounding = 0.5 * 10.0**-decimals * (1 + 1e-9)  # and a hair for the binary rounding of decimals
    return Published(score, low, high, inside=bool(low - rounding <= score <= high + rounding))
