"""Data sets: the article's, scikit-learn's, and your own files."""

from __future__ import annotations

from collections.abc import Iterator

import gridloom
from gridloom_plugins.datasets import (
    arrays,
    breast_cancer,
    csv,
    diabetes,
    digits,
    images,
    iris,
    openml,
    parquet,
    pima,
    wine,
)


@gridloom.hookimpl
def gridloom_datasets() -> Iterator[gridloom.Dataset]:
    """The built-in data sets."""
    yield arrays.DATASET
    yield breast_cancer.DATASET
    yield csv.DATASET
    yield diabetes.DATASET
    yield digits.DATASET
    yield images.DATASET
    yield iris.DATASET
    yield openml.DATASET
    yield parquet.DATASET
    yield pima.DATASET
    yield wine.DATASET
