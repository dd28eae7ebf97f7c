"""Scorers of predicted numbers."""

from __future__ import annotations

import math
from typing import Any

from gridloom import Scorer
from gridloom_plugins.scorers.metrics import plain

EXPLAINED = (-math.inf, 1.0)

ONE: tuple[Any, ...] = ("regression",)
SEVERAL: tuple[Any, ...] = ("regression", "multioutput")
"""Tasks with one number a row; and also those with several, whose scores are averaged alike."""


def _explained(name: str, summary: str, metric: str, *, default: bool = False) -> Scorer:
    return Scorer(name, summary, plain(metric), needs="values", tasks=SEVERAL, bounds=EXPLAINED, default=default)


def _error(metric: str, summary: str, tasks: tuple[Any, ...] = SEVERAL) -> Scorer:
    return Scorer(
        f"neg_{metric}",
        summary,
        plain(metric),
        needs="values",
        tasks=tasks,
        bounds=(0.0, math.inf),
        greater_is_better=False,
    )


SCORERS = (
    _explained("r2", "The coefficient of determination, R².", "r2_score", default=True),
    _explained("explained_variance", "The share of the variance that is explained.", "explained_variance_score"),
    _explained(
        "d2_absolute_error_score",
        "How much of the absolute error of the median is explained.",
        "d2_absolute_error_score",
    ),
    _error("max_error", "The largest error, negated.", ONE),
    _error("mean_absolute_error", "The mean absolute error, negated."),
    _error("mean_absolute_percentage_error", "The mean absolute error as a share of the number, negated."),
    _error("mean_gamma_deviance", "The mean gamma deviance, negated.", ONE),
    _error("mean_poisson_deviance", "The mean Poisson deviance, negated.", ONE),
    _error("mean_squared_error", "The mean square error, negated."),
    _error("mean_squared_log_error", "The mean square error of logarithms, negated."),
    _error("median_absolute_error", "The median absolute error, negated."),
    _error("root_mean_squared_error", "The root mean square error, negated."),
    _error("root_mean_squared_log_error", "The root mean square error of logarithms, negated."),
)
