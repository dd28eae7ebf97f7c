"""What a strategy asks for: a candidate, and how much of a full training it is to get."""

from __future__ import annotations

import math
from dataclasses import dataclass, field, replace
from numbers import Real
from operator import index
from typing import Any

from gridloom.core.candidate import Candidate


@dataclass(frozen=True)
class Budget:
    """A limit on training: a number of epochs, a share (0 to 1) of each split's training rows, a number of cells.

    A cell is a split with a seed. Cells are counted first over all splits with the first seed, then with the second.
    """

    epochs: int | None = None
    share: float | None = None
    cells: int | None = None

    def __post_init__(self) -> None:
        for name in ("epochs", "cells"):
            if (number := getattr(self, name)) is not None:
                object.__setattr__(self, name, _counted(number, name.removesuffix("s")))
        if self.share is not None and not (isinstance(self.share, Real) and 0 < self.share <= 1):
            raise ValueError(f"a share of the data must be above 0 and at most 1, not {self.share!r}")
        if self.share is not None:
            object.__setattr__(self, "share", float(self.share))

    @property
    def size(self) -> tuple[float, float, float]:
        """The order of budgets: by the share of the rows (all: 1), then epochs, then cells (all: infinite)."""
        epochs, cells = (math.inf if number is None else float(number) for number in (self.epochs, self.cells))
        return self.share or 1.0, epochs, cells

    @property
    def of_a_fit(self) -> Budget:
        """The part of the budget that affects a single fit: not the cells, so that fits are not trained again."""
        return replace(self, cells=None)

    @property
    def text(self) -> str:
        """The limits, such as "epochs 9, share 0.5"; empty for a full training."""
        return ", ".join(f"{name} {amount:g}" for name, amount in self.describe().items())

    def describe(self) -> dict[str, float]:
        """The fields that are set, as plain data for JSON."""
        given = {"epochs": self.epochs, "share": self.share, "cells": self.cells}
        return {name: value for name, value in given.items() if value is not None}


def _counted(number: Any, word: str) -> int:
    """A number of epochs or cells, of any type that counts."""
    try:
        whole = index(number)
    except TypeError:
        raise ValueError(f"the {word}s of a budget must be a whole number, not {number!r}") from None
    if whole < 1:
        raise ValueError(f"a budget must have at least one {word}, not {number}")
    return whole


FULL = Budget()

EPOCHS = "epochs"
"""What parameters are called that say how long a training lasts."""


@dataclass(frozen=True)
class Proposal:
    """What a strategy asks for: a candidate and, optionally, a budget.

    `label` names its place in the search in reports, such as "bracket 2, rung 1"; nothing depends on it.
    """

    candidate: Candidate
    budget: Budget = FULL
    label: str = field(default="", compare=False)
