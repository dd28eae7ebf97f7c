"""Several targets: numbers side by side, or labels each of which a row has or has not."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from gridloom.errors import DataError

if TYPE_CHECKING:
    from numpy.typing import NDArray

FEWEST = 2
"""Of fewer targets there are not several."""


def checked_targets(
    y: NDArray[Any], names: Sequence[str], *, multilabel: bool, classes: Sequence[str]
) -> tuple[NDArray[Any], tuple[str, ...]]:
    """Several targets of shape (rows, targets) and their names: labels as int64, numbers as they are.

    Raises DataError where they are fewer than two, have not as many names, or classes, and for labels that are neither 0 nor
    1 or alike in all rows.
    """
    count = y.shape[1]
    if classes:
        raise DataError(
            f"the data have {len(classes)} classes, but {count} targets; several targets are numbers, or labels of 0 and 1 "
            "with multilabel=True"
        )
    if count < FEWEST:
        raise DataError(f"the targets have the shape {y.shape}; give a single target the shape ({len(y)},)")
    found = tuple(map(str, names)) or tuple(f"target {number}" for number in range(count))
    if len(found) != count:
        raise DataError(f"there are {count} targets, but {len(found)} target_names")
    if doubles := [name for name, times in Counter(found).items() if times > 1]:
        raise DataError(f"two targets have the same name: {doubles[0]}")
    return (_labels(y, found) if multilabel else y), found


def refuse_for_one(*, names: Sequence[str], multilabel: bool) -> None:
    """Raise DataError where a single target has what only several of them have."""
    if multilabel:
        raise DataError("multilabel targets need the shape (rows, labels), but these have the shape (rows,)")
    if names:
        raise DataError(
            "target_names are for several targets, shape (rows, targets); name a single one with target_name"
        )


def _labels(y: NDArray[Any], names: Sequence[str]) -> NDArray[Any]:
    """Labels of 0 and 1 as int64; DataError for others, and for a label that all rows have alike."""
    import numpy as np

    wrong = (y != 0) & (y != 1)
    if wrong.any():
        row, place = np.argwhere(wrong)[0]
        raise DataError(f"the label '{names[place]}' should be 0 or 1, not {y[row, place]} (row {row}, counted from 0)")
    if (alike := constant(y)) is not None:
        every = "every" if y[0, alike] else "no"
        raise DataError(f"{every} row has the label '{names[alike]}', so there is nothing to learn; exclude it")
    return y.astype(np.int64)


def constant(y: NDArray[Any]) -> int | None:
    """The place of the first label that these rows have alike; None where each is 0 in some and 1 in others."""
    alike = (y == y[:1]).all(axis=0).nonzero()[0]
    return int(alike[0]) if len(alike) else None


def labels_of(estimator: Any, X: Any, labels: NDArray[Any]) -> tuple[NDArray[Any] | None, NDArray[Any] | None]:
    """Probabilities and decision values of labels by a fitted scikit-learn classifier, each of shape (rows, labels) or None.

    `labels` are those that it predicts. Where it gives the probabilities of each label as an array of its own, the second
    column is taken; the only one is that of a label that all training rows had alike, and is predicted.
    """
    import numpy as np

    found = estimator.predict_proba(X) if hasattr(estimator, "predict_proba") else None
    if isinstance(found, list):
        columns = [
            part[:, 1] if part.shape[1] > 1 else labels[:, place].astype(float) for place, part in enumerate(found)
        ]
        found = np.column_stack(columns)
    return found, estimator.decision_function(X) if hasattr(estimator, "decision_function") else None
