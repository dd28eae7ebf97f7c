"""Pipelines that end in a Keras estimator: their steps are fitted on the training rows of each split, the network is trained apart."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from sklearn.base import clone
from sklearn.pipeline import Pipeline
from sklearn.utils import _safe_indexing

from gridloom.sklearn.given import numbers
from gridloom.sklearn.given_splits import Pairs
from gridloom.sklearn.reasons import NotFused


@dataclass(frozen=True)
class Stacked:
    """The rows of all splits as their own steps have made them, one below the other.

    - `X`: the features, of shape (rows of all splits, ...).
    - `origin`: the row number of each in the data.
    - `pairs`: for each split the row numbers here that train, and those to predict.
    """

    X: Any
    origin: Any
    pairs: Pairs


def stacked(steps: Pipeline, X: Any, y: Any, pairs: Pairs, *, of_training: bool) -> Stacked:
    """The rows of each split after its own steps, fitted on its training rows, as scikit-learn's pipeline does it.

    With `of_training`, rows that train are there a second time, as they are transformed for predictions.
    """
    parts: list[Any] = []
    origin: list[Any] = []
    numbered, start = [], 0
    for train, test in pairs:
        fitted, rows = clone(steps), _safe_indexing(X, train)
        try:
            made = [numbers(fitted.fit_transform(rows, _safe_indexing(y, train)))]
            asked = [train, test] if of_training else [test]
            made += [numbers(fitted.transform(_safe_indexing(X, part))) for part in asked]
        except Exception as error:
            raise NotFused(f"a step of the pipeline fails: {error}") from error
        counts = np.cumsum([0, *map(len, made)]) + start
        numbered.append((np.arange(counts[0], counts[1]), np.arange(counts[1], counts[-1])))
        parts, origin, start = [*parts, *made], [*origin, train, *asked], int(counts[-1])
    if len({part.shape[1:] for part in parts}) > 1:
        raise NotFused("the steps of the pipeline make other columns on other splits")
    return Stacked(np.concatenate(parts), np.concatenate(origin), numbered)


def as_numbers(pairs: Sequence[tuple[Any, Any]], rows: int) -> Pairs:
    """Splits as row numbers, where a splitter may give masks."""
    every = np.arange(rows)
    return [(every[train], every[test]) for train, test in pairs]
