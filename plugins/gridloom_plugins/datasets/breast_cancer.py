"""The data set `breast_cancer`, from scikit-learn."""

from __future__ import annotations

from gridloom import Data, Dataset
from gridloom_plugins.datasets import from_sklearn


def load() -> Data:
    """Malignant or benign, 569 rows of 30 measurements (Wisconsin, UCI)."""
    return from_sklearn.load("load_breast_cancer")


DATASET = Dataset(
    name="breast_cancer", summary="Malignant or benign, 569 rows of 30 measurements (Wisconsin, UCI).", load=load
)
