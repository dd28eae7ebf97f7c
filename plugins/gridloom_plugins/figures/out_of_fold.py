"""What the best candidate predicted for rows that it was not trained on, beside the truth: of one class a row, or a number."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from gridloom import Result, Trial, Truth
from gridloom_plugins.figures.curves import spread_out

if TYPE_CHECKING:
    from numpy.typing import NDArray

TWO = 2

CORNERS = 500
"""The most points of a ROC curve."""


@dataclass(frozen=True, eq=False)
class OutOfFold:
    """All predictions of all fits of the best candidate, pooled: true targets, predictions and row numbers, one each.

    `predicted` are class numbers, or the numbers of a regression. `scores` rank the rows from the first of two classes to the
    second; None where the model predicts classes alone, or there are not two of them.
    """

    trial: Trial
    truth: Truth
    rows: NDArray[Any]
    true: NDArray[Any]
    predicted: NDArray[Any]
    scores: NDArray[Any] | None

    @property
    def is_of_classes(self) -> bool:
        """Whether a row has a class; a number otherwise."""
        return bool(self.truth.classes)

    @property
    def sentence(self) -> str:
        """How many predictions there are, and for how many rows."""
        times = sorted(set(Counter(self.rows.tolist()).values()))
        rows, predictions = len(set(self.rows.tolist())), len(self.rows)
        if times == [1]:
            return f"{predictions:,} predictions, one for each row that was tested, by a model not trained on it."
        often = f"{times[0]}" if len(times) == 1 else f"{times[0]} to {times[-1]}"
        return (
            f"{predictions:,} predictions for {rows:,} rows, by models not trained on them: {often} for each row, one for "
            "each repeat and seed."
        )


def out_of_fold(result: Result) -> OutOfFold | None:
    """The predictions of the best candidate; None where not all of them are kept, and for several targets."""
    import numpy as np

    trial, truth = result.best, result.truth
    if trial is None or truth is None or truth.y.ndim > 1:
        return None
    parts = []
    for fit, found in zip(trial.fits, trial.results, strict=True):
        rows = truth.tests.get((fit.repeat, fit.fold))
        if found is None or found.predicted is None or rows is None or len(found.predicted) != len(rows):
            return None
        kept = np.asarray(found.predicted, dtype=float)
        classes = found.predicted_classes(len(truth.classes)) if truth.classes else kept
        parts.append((rows, classes, _scores(kept, truth)))
    rows = np.concatenate([part for part, _, _ in parts])
    scores = [part for _, _, part in parts if part is not None]
    return OutOfFold(
        trial=trial,
        truth=truth,
        rows=rows,
        true=truth.y[rows],
        predicted=np.concatenate([part for _, part, _ in parts]),
        scores=np.concatenate(scores) if len(scores) == len(parts) else None,
    )


def why_none(result: Result) -> str:
    """Why there are no predictions to show, and what would change that; empty where that is not known."""
    kept = result.manifest.get("predictions", "")
    if result.best is None:
        return ""
    if result.truth is not None and result.truth.y.ndim > 1:
        return "Predictions of several targets or labels a row are not shown."
    if kept.startswith("predictions are not kept"):
        return f"{kept[0].upper()}{kept[1:]}. A run of fewer candidates, repeats or seeds keeps them."
    return ""


def confusion(found: OutOfFold) -> list[list[int]]:
    """How many predictions there are of each class (columns) for rows of each true class (rows)."""
    import numpy as np

    size = len(found.truth.classes)
    cells = found.true.astype(int) * size + found.predicted.astype(int)
    counts: list[list[int]] = np.bincount(cells, minlength=size * size).reshape(size, size).tolist()
    return counts


@dataclass(frozen=True)
class Roc:
    """A ROC curve: false and true positive rates from (0, 0) to (1, 1), the area under it, and the positive class."""

    points: list[tuple[float, float]]
    area: float
    positive: str


def roc(found: OutOfFold) -> Roc:
    """The curve of all predictions together, which have scores: that of the second class, unless the first is positive."""
    from sklearn.metrics import roc_auc_score, roc_curve

    assert found.scores is not None
    positive = found.truth.positive or found.truth.classes[1]
    number = found.truth.classes.index(positive)
    scores = found.scores if number else -found.scores
    false, true, _ = roc_curve(found.true == number, scores)
    places = spread_out(len(false), CORNERS)
    points = [(float(false[place]), float(true[place])) for place in places]
    return Roc(points, float(roc_auc_score(found.true == number, scores)), positive)


def _scores(kept: NDArray[Any], truth: Truth) -> NDArray[Any] | None:
    """What is kept of two classes, unless it is classes."""
    is_score = len(truth.classes) == TWO and kept.ndim == 1 and not set(kept.tolist()) <= {0.0, 1.0}
    return kept if is_score else None
