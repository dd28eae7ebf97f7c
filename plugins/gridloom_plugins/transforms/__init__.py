"""Transforms: what is done to features before a model learns from them."""

from __future__ import annotations

from collections.abc import Iterator

import gridloom
from gridloom_plugins.transforms import (
    impute,
    minmax,
    one_hot,
    ordinal,
    pca,
    power,
    quantile,
    robust,
    select_k_best,
    standardize,
    text_vectors,
)


@gridloom.hookimpl
def gridloom_transforms() -> Iterator[gridloom.Transform]:
    """The built-in transforms."""
    yield impute.TRANSFORM
    yield one_hot.TRANSFORM
    yield ordinal.TRANSFORM
    yield standardize.TRANSFORM
    yield minmax.TRANSFORM
    yield robust.TRANSFORM
    yield power.TRANSFORM
    yield quantile.TRANSFORM
    yield select_k_best.TRANSFORM
    yield pca.TRANSFORM
    yield text_vectors.TRANSFORM
