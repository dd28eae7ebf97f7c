"""The data set `digits`, from scikit-learn."""

from __future__ import annotations

from gridloom import Data, Dataset
from gridloom_plugins.datasets import from_sklearn


def load() -> Data:
    """Handwritten digits, 1,797 images of 8 by 8 pixels (UCI)."""
    return from_sklearn.load("load_digits")


DATASET = Dataset(name="digits", summary="Handwritten digits, 1,797 images of 8 by 8 pixels (UCI).", load=load)
