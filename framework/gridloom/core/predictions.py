"""What a trained model predicts for the rows that test it, as scorers take it and as the journal keeps it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal

from gridloom.core.targets import labels_of

if TYPE_CHECKING:
    from numpy.typing import NDArray

Needs = Literal["labels", "probabilities", "values"]
"""What a scorer is given of the predictions, see `Predictions.given`."""

HALF = 0.5

TWO = 2
"""Of two classes, the probability of the second says everything."""


@dataclass(frozen=True, eq=False)
class Predictions:
    """What a model predicts, with one entry per row; None for what it does not predict.

    - `labels`: class numbers, of shape (rows,).
    - `probabilities`: of the classes, of shape (rows, classes).
    - `values`: for regression the predicted numbers, of shape (rows,); for classes the decision values, of shape
      (rows,) for two of them and (rows, classes) for more.

    For several labels all three have shape (rows, labels): `labels` are 0 or 1 and required, `probabilities` are those
    of 1. Several numbers are `values` of shape (rows, targets).
    """

    labels: NDArray[Any] | None = None
    probabilities: NDArray[Any] | None = None
    values: NDArray[Any] | None = None

    @classmethod
    def of(cls, estimator: Any, X: NDArray[Any], *, classes: bool) -> Predictions:
        """What a fitted scikit-learn estimator predicts for the rows of `X`.

        `classes` says whether it tells classes, or labels.
        """
        found = estimator.predict(X)
        if not classes:
            return cls(values=found)
        if getattr(found, "ndim", 1) > 1:
            return cls(found, *labels_of(estimator, X, found))
        return cls(
            found,
            estimator.predict_proba(X) if hasattr(estimator, "predict_proba") else None,
            estimator.decision_function(X) if hasattr(estimator, "decision_function") else None,
        )

    def check_labels(self, rows: int, classes: int) -> None:
        """ValueError unless the labels, if there are any, are class numbers for so many rows and classes."""
        import numpy as np

        if self.labels is None:
            return
        labels = np.asarray(self.labels)
        if labels.shape != (rows,) or not np.isin(labels, np.arange(classes)).all():
            found = ", ".join(map(str, np.unique(labels.astype(str))[:4]))
            raise ValueError(
                f"the model should predict {rows} class numbers from 0 to {classes - 1}, not {found} (shape {labels.shape})"
            )

    def check_several(self, rows: int, targets: int, *, multilabel: bool) -> None:
        """ValueError unless this is what a model predicts for so many rows and targets: labels of 0 and 1, or values."""
        import numpy as np

        parts = {"probabilities": self.probabilities, "values": self.values}
        if multilabel:
            parts = {"labels": self.labels} | parts
        needed = "labels" if multilabel else "values"
        if parts[needed] is None:
            raise ValueError(f"for {targets} targets the model should predict {needed} of shape ({rows}, {targets})")
        for name, part in parts.items():
            if part is not None and np.shape(part) != (rows, targets):
                raise ValueError(f"the model should predict {name} of shape ({rows}, {targets}), not {np.shape(part)}")
        if multilabel and not np.isin(np.asarray(self.labels), (0, 1)).all():
            found = ", ".join(map(str, np.unique(np.asarray(self.labels))[:4]))
            raise ValueError(f"the model should predict labels of 0 and 1, not {found}")

    def given(self, needs: Needs) -> NDArray[Any]:
        """What a scorer needs; ValueError when the model does not predict it.

        "labels" are class numbers of shape (rows,), "probabilities" have the shape (rows, classes). "values" are the
        numbers of a regression, of shape (rows,); for classes they are decision values, or else probabilities: of the
        second class where there are two, of shape (rows,), and of all where there are more. Of two classes a scorer is
        given the positive one as the second, class number 1, however the data number them. Of several labels or numbers
        all have the shape (rows, targets).
        """
        found: NDArray[Any] | None = getattr(self, needs)
        if found is None and needs == "values":
            found = self._short
        if found is None:
            raise ValueError(f"this scorer needs {needs}, which the model does not predict")
        return found

    @property
    def swapped(self) -> Predictions:
        """The predictions for two classes numbered the other way round."""
        return Predictions(
            None if self.labels is None else 1 - self.labels,
            None if self.probabilities is None else self.probabilities[:, ::-1],
            None if self.values is None else -self.values,
        )

    @property
    def kept(self) -> NDArray[Any] | None:
        """What the journal keeps, as float32: probabilities (of two classes the second's), else values, else labels."""
        import numpy as np

        for found in (self._short, self.values, self.labels):
            if found is not None:
                return np.asarray(found, dtype="float32")
        return None

    def labels_beside_kept(self, classes: int) -> NDArray[Any] | None:
        """The labels if they do not follow from `kept`; None if they do, or if there are no classes.

        A model may predict a class of which its probability is below one half, or have no probabilities at all.
        """
        import numpy as np

        if not classes or self.labels is None or self.kept is None:
            return None
        labels = np.asarray(self.labels, dtype="int64")
        return None if np.array_equal(labels, labels_of_kept(self.kept, classes)) else labels

    @property
    def _short(self) -> NDArray[Any] | None:
        """Probabilities of shape (rows,) for two classes and (rows, classes) for more; of labels, of (rows, labels)."""
        import numpy as np

        found, of_labels = self.probabilities, np.ndim(self.labels) > 1  # type: ignore[arg-type]
        return found[:, 1] if found is not None and found.shape[1] == TWO and not of_labels else found


def labels_of_kept(kept: NDArray[Any], classes: int) -> NDArray[Any]:
    """The class numbers that `Predictions.kept` stands for: the second of two above one half, the largest of more."""
    import numpy as np

    if np.ndim(kept) > 1:
        return np.asarray(np.argmax(kept, axis=1), dtype="int64")
    return np.asarray(kept > HALF if classes == TWO else np.rint(kept), dtype="int64")


def read_only(array: NDArray[Any]) -> NDArray[Any]:
    """The same numbers as an array that cannot be written to, so that no scorer falsifies what another one is given."""
    import numpy as np

    view = np.asarray(array).view()
    view.flags.writeable = False
    return view
