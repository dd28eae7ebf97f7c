"""Scorers of class numbers, or of labels, that treat all alike, those of clusterings among them."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

from gridloom import Scorer
from gridloom_plugins.scorers.metrics import plain

if TYPE_CHECKING:
    from numpy.typing import NDArray

SHARE = (0.0, 1.0)


def likelihood_ratio(truth: NDArray[Any], predicted: NDArray[Any]) -> float:
    """Score two classes by sensitivity over 1 - specificity."""
    return _likelihood_ratios(truth, predicted)[0]


def negative_likelihood_ratio(truth: NDArray[Any], predicted: NDArray[Any]) -> float:
    """Score two classes by 1 - sensitivity over specificity, of which less is better."""
    return _likelihood_ratios(truth, predicted)[1]


def _likelihood_ratios(truth: NDArray[Any], predicted: NDArray[Any]) -> tuple[float, float]:
    from sklearn.metrics import class_likelihood_ratios

    positive, negative = class_likelihood_ratios(truth, predicted, replace_undefined_by=1.0)
    return float(positive), float(negative)


def _scorer(name: str, summary: str, metric: str = "", bounds: tuple[float, float] = SHARE) -> Scorer:
    return Scorer(name, summary, plain(metric or name), needs="labels", bounds=bounds)


SCORERS = (
    Scorer(
        "accuracy",
        "The share of rows whose class is predicted correctly; with several labels, all of them.",
        plain("accuracy_score"),
        needs="labels",
        tasks=("binary", "multiclass", "multilabel"),
        bounds=SHARE,
        default=True,
    ),
    Scorer(
        "neg_hamming_loss",
        "The share of wrongly predicted labels, for several labels per row, negated.",
        plain("hamming_loss"),
        needs="labels",
        tasks=("multilabel",),
        bounds=SHARE,
        greater_is_better=False,
    ),
    _scorer("balanced_accuracy", "The mean of the classes' recalls.", "balanced_accuracy_score"),
    _scorer("matthews_corrcoef", "Matthews' correlation coefficient of the classes.", bounds=(-1.0, 1.0)),
    Scorer(
        "positive_likelihood_ratio",
        "Sensitivity over 1 - specificity, for two classes.",
        likelihood_ratio,
        needs="labels",
        tasks=("binary",),
        bounds=(0.0, math.inf),
    ),
    Scorer(
        "neg_negative_likelihood_ratio",
        "1 - sensitivity over specificity, for two classes, negated.",
        negative_likelihood_ratio,
        needs="labels",
        tasks=("binary",),
        bounds=(0.0, math.inf),
        greater_is_better=False,
    ),
    _scorer("adjusted_mutual_info_score", "Mutual information, corrected for chance.", bounds=(-math.inf, 1.0)),
    _scorer("adjusted_rand_score", "The Rand index, corrected for chance.", bounds=(-math.inf, 1.0)),
    _scorer("completeness_score", "Whether rows of a class are predicted alike."),
    _scorer("fowlkes_mallows_score", "The Fowlkes-Mallows index."),
    _scorer("homogeneity_score", "Whether rows that are predicted alike are of one class."),
    _scorer("mutual_info_score", "Mutual information.", bounds=(0.0, math.inf)),
    _scorer("normalized_mutual_info_score", "Mutual information on a scale from 0 to 1."),
    _scorer("rand_score", "The Rand index."),
    _scorer("v_measure_score", "The harmonic mean of homogeneity and completeness."),
)
