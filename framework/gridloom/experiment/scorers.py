"""Names of scikit-learn's scorers: checked without importing scikit-learn wherever the name is an old one."""

from __future__ import annotations

import math

from gridloom.errors import nearest

_KNOWN = frozenset(
    [
        "accuracy",
        "adjusted_mutual_info_score",
        "adjusted_rand_score",
        "average_precision",
        "balanced_accuracy",
        "completeness_score",
        "explained_variance",
        "f1",
        "f1_macro",
        "f1_micro",
        "f1_samples",
        "f1_weighted",
        "fowlkes_mallows_score",
        "homogeneity_score",
        "jaccard",
        "jaccard_macro",
        "jaccard_micro",
        "jaccard_samples",
        "jaccard_weighted",
        "matthews_corrcoef",
        "mutual_info_score",
        "neg_brier_score",
        "neg_log_loss",
        "neg_max_error",
        "neg_mean_absolute_error",
        "neg_mean_absolute_percentage_error",
        "neg_mean_gamma_deviance",
        "neg_mean_poisson_deviance",
        "neg_mean_squared_error",
        "neg_mean_squared_log_error",
        "neg_median_absolute_error",
        "neg_negative_likelihood_ratio",
        "neg_root_mean_squared_error",
        "neg_root_mean_squared_log_error",
        "normalized_mutual_info_score",
        "positive_likelihood_ratio",
        "precision",
        "precision_macro",
        "precision_micro",
        "precision_samples",
        "precision_weighted",
        "r2",
        "rand_score",
        "recall",
        "recall_macro",
        "recall_micro",
        "recall_samples",
        "recall_weighted",
        "roc_auc",
        "roc_auc_ovo",
        "roc_auc_ovo_weighted",
        "roc_auc_ovr",
        "roc_auc_ovr_weighted",
        "top_k_accuracy",
        "v_measure_score",
    ]
)

_OF_NUMBERS = ("explained_variance", "r2", "neg_max_error", "neg_mean_", "neg_median_", "neg_root_mean_")
"""How the names of scorers begin that score numbers, and not classes."""

_OF_TWO_CLASSES = ("f1", "jaccard", "precision", "recall", "roc_auc")

_UNBOUNDED = ("mutual_info_score", "positive_likelihood_ratio")


def highest_score(scoring: str | None) -> float:
    """The best score there can be, infinite where nothing bounds it; without a scorer it is accuracy or R2."""
    if scoring is None:
        return 1.0
    if scoring in _UNBOUNDED or scoring not in _KNOWN:
        return math.inf
    return 0.0 if scoring.startswith("neg_") else 1.0


def scorer_names() -> list[str]:
    """All scorers of the scikit-learn that is installed."""
    from sklearn.metrics import get_scorer_names

    return list(get_scorer_names())


def problem_with(scoring: str) -> str | None:
    """What is wrong with a scorer's name, or None; imports scikit-learn only for a name it does not know."""
    if scoring in _KNOWN:
        return None
    names = scorer_names()
    return None if scoring in names else f"scikit-learn has no scorer '{scoring}'; {nearest(scoring, names)}"


def unsuitable(scoring: str, classes: int) -> str | None:
    """Why one of the scorers above cannot score data with so many classes (0: numbers), or None."""
    if not classes and scoring in _KNOWN and not scoring.startswith(_OF_NUMBERS):
        return f"'{scoring}' scores classes, but the target is a number; leave 'scoring' out, or write r2"
    if scoring in _OF_TWO_CLASSES and classes not in (0, 1, 2):
        averages = [name for name in sorted(_KNOWN) if name.startswith(f"{scoring}_") and not name.endswith("_samples")]
        return f"'{scoring}' scores two classes, but the data have {classes}; write {' or '.join(averages)}"
    return None
