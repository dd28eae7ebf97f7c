"""Predictions in the dress of a scikit-learn estimator, for scorers."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray
from sklearn.base import BaseEstimator, ClassifierMixin, RegressorMixin

from gridloom import Work
from gridloom_plugins.networks.finite import NotFinite

HALF = 0.5


class _Predicted(BaseEstimator):  # type: ignore[misc]
    """Has been fitted, and predicted the rows that it will be asked for."""

    def __init__(self, outputs: NDArray[Any]) -> None:
        self.outputs = outputs

    def __sklearn_is_fitted__(self) -> bool:
        return True


class PredictedClasses(ClassifierMixin, _Predicted):  # type: ignore[misc]
    """Outputs of shape (rows, classes), or (rows, 1) for the second of two classes."""

    def __init__(self, outputs: NDArray[Any], n_classes: int = 2) -> None:
        super().__init__(outputs)
        self.n_classes = n_classes

    @property
    def classes_(self) -> NDArray[np.intp]:
        """The class numbers."""
        return np.arange(self.n_classes)

    def predict(self, X: Any) -> NDArray[np.intp]:  # noqa: ARG002
        """Class numbers of shape (rows,)."""
        return np.asarray(self.predict_proba(None).argmax(axis=1))

    def predict_proba(self, X: Any) -> NDArray[Any]:  # noqa: ARG002
        """Probabilities of shape (rows, classes)."""
        if self.outputs.shape[1] > 1:
            return self.outputs
        return np.hstack([1 - self.outputs, self.outputs])


class PredictedNumbers(RegressorMixin, _Predicted):  # type: ignore[misc]
    """Outputs of shape (rows, 1)."""

    def predict(self, X: Any) -> NDArray[Any]:  # noqa: ARG002
        """Numbers of shape (rows,)."""
        return self.outputs[:, 0]


def score(work: Work, outputs: NDArray[Any], rows: NDArray[np.intp]) -> float:
    """The score of a network's outputs for these rows, by the experiment's scorer.

    Raises NotFinite when an output is not finite.
    """
    from sklearn.metrics import get_scorer

    if not np.isfinite(outputs).all():
        raise NotFinite("the network predicts values that are not finite")
    outputs = outputs.reshape(len(rows), -1)
    classes = len(work.data.classes)
    estimator = PredictedClasses(outputs, classes) if classes else PredictedNumbers(outputs)
    return float(get_scorer(work.scoring)(estimator, work.data.X[rows], work.data.y[rows]))
