"""Calls scikit-learn's metrics, which are imported when the first score is computed."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from numpy.typing import NDArray

Metric = Callable[["NDArray[Any]", "NDArray[Any]"], float]


def plain(metric: str) -> Metric:
    """A score function without options: the function of `sklearn.metrics` with this name."""

    def score(truth: NDArray[Any], predicted: NDArray[Any]) -> float:
        return compute(metric, truth, predicted)

    return documented(score, metric)


def documented(score: Metric, metric: str) -> Metric:
    """The same function with a docstring that names what it calls."""
    score.__doc__ = f"Score by `sklearn.metrics.{metric}`."
    return score


def compute(metric: str, truth: NDArray[Any], predicted: NDArray[Any], **options: Any) -> float:
    """What a function of `sklearn.metrics` returns; ValueError where it cannot score these."""
    from sklearn import metrics

    return float(getattr(metrics, metric)(truth, predicted, **options))
