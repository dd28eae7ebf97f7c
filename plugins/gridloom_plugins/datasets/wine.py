"""The data set `wine`, from scikit-learn."""

from __future__ import annotations

from gridloom import Data, Dataset
from gridloom_plugins.datasets import from_sklearn


def load() -> Data:
    """Three cultivars of wine, 178 rows of 13 chemical measurements (UCI)."""
    return from_sklearn.load("load_wine")


DATASET = Dataset(
    name="wine", summary="Three cultivars of wine, 178 rows of 13 chemical measurements (UCI).", load=load
)
