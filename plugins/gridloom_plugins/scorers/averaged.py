"""Scorers of one class against the others: of the second of two classes, or averaged over all."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, Annotated, Any, Literal

from annotated_types import Gt

from gridloom import Scorer
from gridloom_plugins.scorers.metrics import compute, documented

if TYPE_CHECKING:
    from numpy.typing import NDArray

Average = Literal["binary", "macro", "micro", "weighted"]
"""Over which classes: the second of two alone, or all, alike, row by row, or by how many rows they have."""


def f1(truth: NDArray[Any], predicted: NDArray[Any], average: Average = "binary") -> float:
    """Score by the harmonic mean of precision and recall, averaged over classes as `average` says."""
    return compute("f1_score", truth, predicted, average=average)


def fbeta(
    truth: NDArray[Any], predicted: NDArray[Any], beta: Annotated[float, Gt(0)], average: Average = "binary"
) -> float:
    """Score by a harmonic mean of precision and recall in which recall counts `beta` times as much as precision.

    `average` says over which classes it is averaged.
    """
    return compute("fbeta_score", truth, predicted, beta=beta, average=average)


def jaccard(truth: NDArray[Any], predicted: NDArray[Any], average: Average = "binary") -> float:
    """Score by the Jaccard index of rows of a class and rows predicted to be, averaged as `average` says."""
    return compute("jaccard_score", truth, predicted, average=average)


def precision(truth: NDArray[Any], predicted: NDArray[Any], average: Average = "binary") -> float:
    """Score by the share of rows predicted to be of a class that are, averaged as `average` says."""
    return compute("precision_score", truth, predicted, average=average)


def recall(truth: NDArray[Any], predicted: NDArray[Any], average: Average = "binary") -> float:
    """Score by the share of rows of a class that are predicted to be, averaged as `average` says."""
    return compute("recall_score", truth, predicted, average=average)


SUMMARIES: dict[Callable[..., float], str] = {
    f1: "The harmonic mean of precision and recall",
    jaccard: "The Jaccard index",
    precision: "The share of rows predicted to be of a class that are",
    recall: "The share of rows of a class that are predicted to be",
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
    yield Scorer("fbeta", "A harmonic mean of precision and recall.", fbeta, needs="labels", bounds=(0.0, 1.0))
    for score, summary in SUMMARIES.items():
        yield Scorer(score.__name__, f"{summary}.", score, needs="labels", bounds=(0.0, 1.0))
        for way, words in WAYS.items():
            name, averaged = f"{score.__name__}_{way}", _with_average(score, way)
            yield Scorer(name, f"{summary}, {words}.", averaged, needs="labels", bounds=(0.0, 1.0))


SCORERS = tuple(_scorers())
