"""One split of the rows: which train, which test, and which a training is watched by."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

ALL_ROWS = -1
"""The fold of a fit that trains on all rows there are, or on all that its outer fold trains on."""


@dataclass(frozen=True, eq=False)
class Split:
    """Row numbers that train and that test, of one fold (from 0) of one repeat (from 0), maybe inside an outer fold.

    `validation` are the rows whose loss is noted after each epoch: none unless `training: validation` says so. They do not
    train; they are those that test, with `validation: test fold`.
    """

    repeat: int
    fold: int
    train: NDArray[np.intp]
    test: NDArray[np.intp]
    outer: int | None = None
    validation: NDArray[np.intp] | None = None

    @property
    def place(self) -> tuple[int | None, int, int]:
        """Outer fold, repeat and fold."""
        return self.outer, self.repeat, self.fold
