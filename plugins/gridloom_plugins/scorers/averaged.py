"""Scorers of one class against the others: of the second of two classes, or averaged over all."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, Annotated, Any, Literal

from annotated_types import Gt

from gridloom import Scorer
from gridloom_plugins.scorers.metrics import compute, documented

if TYPE_CHECKING:
    from numpy.typing import NDArray

Average = Literal["binary", "macro", "micro", "samples", "weighted"]
"""Over what: the second of two classes alone; all classes or labels, alike, all rows and labels together, or by their rows;
or, of several labels, row by row.
"""

LABELS: tuple[Any, ...] = ("binary", "multiclass", "multilabel")


def f1(truth: NDArray[Any], predicted: NDArray[Any], average: Average = "binary") -> float:
    """Score by the harmonic mean of precision and recall, averaged over classes as `average` says."""
    return _averaged("f1_score", truth, predicted, average)


def fbeta(
    truth: NDArray[Any], predicted: NDArray[Any], beta: Annotated[float, Gt(0)], average: Average = "binary"
) -> float:
    """Score by a weighted harmonic mean of precision and recall, in which recall counts `beta` times as much.

    `average` says over which classes it is averaged.
    """
    return _averaged("fbeta_score", truth, predicted, average, beta=beta)


def jaccard(truth: NDArray[Any], predicted: NDArray[Any], average: Average = "binary") -> float:
    """Score by the Jaccard index of rows of a class and rows predicted to be, averaged as `average` says."""
    return _averaged("jaccard_score", truth, predicted, average)


def precision(truth: NDArray[Any], predicted: NDArray[Any], average: Average = "binary") -> float:
    """Score by the share of rows predicted to be of a class that are, averaged as `average` says."""
    return _averaged("precision_score", truth, predicted, average)


def recall(truth: NDArray[Any], predicted: NDArray[Any], average: Average = "binary") -> float:
    """Score by the share of rows of a class that are predicted to be, averaged as `average` says."""
    return _averaged("recall_score", truth, predicted, average)


def _averaged(metric: str, truth: NDArray[Any], predicted: NDArray[Any], average: Average, **options: Any) -> float:
    """A score of `sklearn.metrics` with this average; ValueError where there is none for these targets."""
    if truth.ndim > 1 and average == "binary":
        name = metric.removesuffix("_score").removesuffix("_beta")
        raise ValueError(
            f"its average is for one of two classes; for several labels use 'macro', 'micro', 'samples' or 'weighted', "
            f"as in {{name: {name}, average: macro}}"
        )
    if truth.ndim == 1 and average == "samples":
        raise ValueError("the average 'samples' is for rows with several labels; use 'macro', 'micro' or 'weighted'")
    return compute(metric, truth, predicted, average=average, **options)


SUMMARIES: dict[Callable[..., float], str] = {
    f1: "The harmonic mean of precision and recall",
    jaccard: "The Jaccard index",
    precision: "The share of rows predicted as a class that belong to it",
    recall: "The share of rows of a class that are predicted as such",
}
WAYS = {
    "macro": "the mean over the classes",
    "micro": "over all rows together",
    "samples": "the mean over rows of several labels",
    "weighted": "the mean over the classes, by their rows",
}


def _with_average(score: Callable[..., float], average: str) -> Callable[..., float]:
    """The same score with this average, without options."""

    def averaged(truth: NDArray[Any], predicted: NDArray[Any]) -> float:
        return score(truth, predicted, average=average)

    return documented(averaged, f"{score.__name__}_score")


def _scorers() -> Iterator[Scorer]:
    told: dict[str, Any] = {"needs": "labels", "bounds": (0.0, 1.0)}
    yield Scorer("fbeta", "A harmonic mean of precision and recall.", fbeta, tasks=LABELS, **told)
    for score, summary in SUMMARIES.items():
        yield Scorer(score.__name__, f"{summary}.", score, tasks=LABELS, **told)
        for way, words in WAYS.items():
            name, averaged = f"{score.__name__}_{way}", _with_average(score, way)
            tasks = ("multilabel",) if way == "samples" else LABELS
            yield Scorer(name, f"{summary}, {words}.", averaged, tasks=tasks, **told)


SCORERS = tuple(_scorers())
