"""Points around points of the unit cube, where the strategy `bayesian` looks closer."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

ANEW = 0.2
"""The share of changed coordinates that are drawn anew: the places in a list of names are no neighbours."""


def neighbours(centres: Sequence[Sequence[float]], number: int, rng: np.random.Generator) -> NDArray[np.float64]:
    """So many points (rows) around each of these, near and far, with one, two, half or all of its coordinates changed."""
    points = np.repeat(np.asarray(centres, dtype=float), number, axis=0)
    rows, dimensions = points.shape
    moved = np.abs(points + rng.normal(size=points.shape) * 10 ** rng.uniform(-2.5, -0.5, (rows, 1)))
    moved = np.where(moved >= 1, np.maximum(2 - moved, 0), moved)  # reflected at the walls
    anew = rng.random(points.shape)
    moved = np.where(rng.random(points.shape) < ANEW, anew, moved)
    share = rng.choice([1 / dimensions, 2 / dimensions, 0.5, 1.0], (rows, 1))
    changed = rng.random(points.shape) < share
    return np.asarray(np.minimum(np.where(changed, moved, points), 1 - 1e-9))
