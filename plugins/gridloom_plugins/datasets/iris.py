"""The data set `iris`, from scikit-learn."""

from __future__ import annotations

from gridloom import Data, Dataset
from gridloom_plugins.datasets import from_sklearn


def load() -> Data:
    """Three species of iris, 150 rows of 4 measurements (Fisher 1936)."""
    return from_sklearn.load("load_iris")


DATASET = Dataset(name="iris", summary="Three species of iris, 150 rows of 4 measurements (Fisher 1936).", load=load)
