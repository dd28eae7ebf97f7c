"""Data sets: the article's, scikit-learn's, and your own CSV file."""

from __future__ import annotations

from collections.abc import Iterator

import gridloom
from gridloom_plugins.datasets import breast_cancer, csv, diabetes, digits, iris, pima, wine


@gridloom.hookimpl
def gridloom_datasets() -> Iterator[gridloom.Dataset]:
    """The built-in data sets."""
    yield breast_cancer.DATASET
    yield csv.DATASET
    yield diabetes.DATASET
    yield digits.DATASET
    yield iris.DATASET
    yield pima.DATASET
    yield wine.DATASET
