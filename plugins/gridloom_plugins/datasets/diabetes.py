"""The data set `diabetes`, from scikit-learn."""

from __future__ import annotations

from gridloom import Data, Dataset
from gridloom_plugins.datasets import from_sklearn


def load() -> Data:
    """Progression of diabetes as a number, 442 rows of 10 features (Efron et al. 2004)."""
    return from_sklearn.load("load_diabetes")


DATASET = Dataset(
    name="diabetes",
    summary="Progression of diabetes as a number, 442 rows of 10 features (Efron et al. 2004).",
    load=load,
)
