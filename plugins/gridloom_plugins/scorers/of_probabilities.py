"""Scorers of probabilities of classes, or of what ranks rows as they do."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import TYPE_CHECKING, Annotated, Any, Literal

from annotated_types import Ge, Gt, Le

from gridloom import Scorer
from gridloom_plugins.scorers.metrics import compute, documented

if TYPE_CHECKING:
    from numpy.typing import NDArray

TWO = 2


Average = Literal["macro", "micro", "samples", "weighted"]
"""Over what: all classes or labels, alike, all rows and labels together, or by their rows; or row by row."""


def roc_auc(
    truth: NDArray[Any],
    predicted: NDArray[Any],
    max_fpr: Annotated[float, Gt(0), Le(1)] | None = None,
    average: Average = "macro",
) -> float:
    """Score two classes, or several labels, by the area under the receiver operating characteristic.

    `max_fpr` is the highest false positive rate that counts (null: all of them). `average` says how labels are averaged.
    """
    if truth.ndim == 1 and average != "macro":
        raise ValueError(f"the average '{average}' is for several labels; remove it")
    if truth.ndim > 1 and max_fpr is not None:
        raise ValueError("'max_fpr' is for two classes, not for several labels; remove it")
    return compute("roc_auc_score", truth, predicted, max_fpr=max_fpr, average=average)


def average_precision(truth: NDArray[Any], predicted: NDArray[Any], average: Average = "macro") -> float:
    """Score by the area under the curve of precision over recall; `average` says how several classes or labels count."""
    if truth.ndim == 1 and average in ("micro", "samples"):
        raise ValueError(f"the average '{average}' is for several labels; use 'macro' or 'weighted'")
    return compute("average_precision_score", truth, predicted, average=average)


def top_k_accuracy(truth: NDArray[Any], predicted: NDArray[Any], k: Annotated[int, Ge(1)] = 2) -> float:
    """Score by the share of rows whose class is among the `k` most likely ones."""
    return compute("top_k_accuracy_score", truth, predicted, k=k, labels=_labels(predicted))


def _labels(predicted: NDArray[Any]) -> list[int] | None:
    """All class numbers, since a fold may lack some; None where two classes have one column."""
    return list(range(predicted.shape[1])) if predicted.ndim > 1 else None


def _of_probabilities(metric: str, **options: Any) -> Callable[..., float]:
    """The function of `sklearn.metrics` with this name, given all classes."""

    def score(truth: NDArray[Any], predicted: NDArray[Any]) -> float:
        column = predicted[:, 1] if predicted.shape[1] == TWO else predicted
        return compute(metric, truth, column, labels=list(range(predicted.shape[1])), **options)

    return documented(score, metric)


def _one_by_one(multi_class: str, average: str = "macro") -> Callable[..., float]:
    return _of_probabilities("roc_auc_score", multi_class=multi_class, average=average)


def _likely(name: str, summary: str, score: Callable[..., float], high: float = 1.0, low: float = 0.0) -> Scorer:
    return Scorer(name, summary, score, needs="probabilities", bounds=(low, high))


def _error(name: str, summary: str, metric: str) -> Scorer:
    return Scorer(
        name,
        summary,
        _of_probabilities(metric),
        needs="probabilities",
        bounds=(0.0, math.inf),
        greater_is_better=False,
    )


SCORERS = (
    Scorer(
        "roc_auc",
        "The area under the receiver operating characteristic, for two classes or several labels.",
        roc_auc,
        needs="values",
        tasks=("binary", "multilabel"),
        bounds=(0.0, 1.0),
    ),
    _likely("roc_auc_ovo", "The mean area of all pairs of classes.", _one_by_one("ovo")),
    _likely("roc_auc_ovo_weighted", "The mean area of all pairs of classes, by rows.", _one_by_one("ovo", "weighted")),
    _likely("roc_auc_ovr", "The mean area of each class against the others.", _one_by_one("ovr")),
    _likely(
        "roc_auc_ovr_weighted",
        "The mean area of each class against the others, by rows.",
        _one_by_one("ovr", "weighted"),
    ),
    Scorer(
        "average_precision",
        "The area under the curve of precision over recall.",
        average_precision,
        needs="values",
        tasks=("binary", "multiclass", "multilabel"),
        bounds=(0.0, 1.0),
    ),
    Scorer(
        "top_k_accuracy",
        "The share of rows whose class is among the most likely ones.",
        top_k_accuracy,
        needs="values",
        tasks=("binary", "multiclass"),
        bounds=(0.0, 1.0),
    ),
    _error("neg_log_loss", "The cross-entropy, negated.", "log_loss"),
    _error("neg_brier_score", "The mean square error of probabilities, negated.", "brier_score_loss"),
    _likely(
        "d2_log_loss_score",
        "How much of the log loss of the classes' shares is explained.",
        _of_probabilities("d2_log_loss_score"),
        low=-math.inf,
    ),
    _likely(
        "d2_brier_score",
        "How much of the Brier score of the classes' shares is explained.",
        _of_probabilities("d2_brier_score"),
        low=-math.inf,
    ),
)
