"""Pipelines that end in a Keras estimator: their steps are fitted on the training rows of each split, the network is trained apart."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from sklearn.base import clone
from sklearn.pipeline import Pipeline
from sklearn.utils import _safe_indexing

from gridloom.sklearn.given import numbers
from gridloom.sklearn.given_splits import Pairs
from gridloom.sklearn.reasons import NotFused


def last_of(estimator: Any) -> Any:
    """The last step of a pipeline; any other estimator itself."""
    return estimator.steps[-1][1] if isinstance(estimator, Pipeline) else estimator


def prefix_of(estimator: Any) -> str:
    """What names of the last step's parameters begin with."""
    return f"{estimator.steps[-1][0]}__" if isinstance(estimator, Pipeline) else ""


def steps_before(estimator: Any) -> Pipeline | None:
    """The steps before the last one; None where there are none."""
    return estimator[:-1] if isinstance(estimator, Pipeline) and len(estimator.steps) > 1 else None


def stacked(steps: Pipeline, X: Any, y: Any, pairs: Pairs) -> tuple[Any, Pairs]:
    """The rows as each split's own steps transform them, one block after the other; and the splits as rows of these blocks.

    Returns an array of shape (splits x rows, ...) and the pairs of row numbers in it.
    """
    blocks: list[Any] = []
    for train, _ in pairs:
        fitted = clone(steps)
        try:
            fitted.fit(_safe_indexing(X, train), _safe_indexing(y, train))
            blocks.append(numbers(fitted.transform(X)))
        except (TypeError, ValueError) as error:
            raise NotFused(f"a step of the pipeline fails: {error}") from None
    if len({block.shape for block in blocks}) > 1:
        raise NotFused("the steps of the pipeline make other columns on other splits")
    return np.concatenate(blocks), moved(pairs, len(blocks[0]))


def moved(pairs: Pairs, rows: int) -> Pairs:
    """The splits as row numbers of blocks of so many rows, a block for each."""
    return [(train + number * rows, test + number * rows) for number, (train, test) in enumerate(pairs)]


def as_numbers(pairs: Sequence[tuple[Any, Any]], rows: int) -> Pairs:
    """Splits as row numbers, where a splitter may give masks."""
    every = np.arange(rows)
    return [(every[train], every[test]) for train, test in pairs]
