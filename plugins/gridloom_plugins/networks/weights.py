"""How much each row counts in training: the data's own weights times those of the classes."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from gridloom import Fit, StopRun, Work, nearest

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray


def row_weights(work: Work, fit: Fit, rows: NDArray[np.intp]) -> NDArray[Any] | None:
    """One float32 weight for each of these rows, or None when all count alike.

    "balanced" weighs a class by rows / (classes x rows of that class), as scikit-learn's `compute_class_weight` does
    (King and Zeng, "Logistic regression in rare events data", 2001). StopRun for a class that the data lack, ValueError
    where all weights are zero.
    """
    import numpy as np

    of_rows, of_classes = work.data.weights, work.training(fit).class_weight
    if of_rows is None and of_classes is None:
        return None
    weights = np.ones(len(rows)) if of_rows is None else of_rows[rows].astype("float64")
    if of_classes is not None:
        if not work.data.classes:
            raise StopRun(f"training: class_weight is for classification, but {work.data.task.in_words}")
        weights = weights * _class_weights(of_classes, work.data.classes, work.data.y[rows])
    if not weights.any():
        raise ValueError("every training row of this fit has the weight 0, so there is nothing to learn from")
    return weights.astype("float32")


def validation_weights(work: Work, rows: NDArray[np.intp]) -> NDArray[Any] | None:
    """One float32 weight for each of these rows, by which the loss of validation rows is averaged; None when all count alike.

    They are the data's own: how much classes count in training says nothing about how good a model is. ValueError where all
    weights are zero.
    """
    if work.data.weights is None:
        return None
    weights = work.data.weights[rows].astype("float32")
    if not weights.any():
        raise ValueError("every validation row has the weight 0, so there is nothing to monitor training with")
    return weights


def _class_weights(given: Any, classes: tuple[str, ...], y: NDArray[Any]) -> NDArray[Any]:
    import numpy as np

    if given == "balanced":
        members = np.bincount(y, minlength=len(classes))
        by_class = len(y) / (np.count_nonzero(members) * np.maximum(members, 1))
        return np.asarray(by_class[y])
    unknown = sorted(set(given) - set(classes))
    if unknown and unknown[0].isdecimal() and int(unknown[0]) < len(classes):
        name = classes[int(unknown[0])]
        raise StopRun(f"training: class_weight uses the names of classes; for '{unknown[0]}' write '{name}'")
    if unknown:
        advice = f"classes have names, not numbers; known: {', '.join(classes)}"
        advice = advice if unknown[0].isdecimal() else nearest(unknown[0], classes)
        raise StopRun(f"training: class_weight names an unknown class '{unknown[0]}'; {advice}")
    by_name: NDArray[Any] = np.asarray([given.get(name, 1.0) for name in classes])[y]
    return by_name
