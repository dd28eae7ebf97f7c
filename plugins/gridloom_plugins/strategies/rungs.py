"""What grows from rung to rung, the epochs, rows or cells of a trial, and which trials survive a rung."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Annotated, Any

from annotated_types import Ge, Gt, Le, Len

from gridloom import Budget, Candidate, Space, Status, Trial

Whole = Annotated[int, Ge(1)]
Share = Annotated[float, Gt(0), Le(1)]

Amounts = Whole | Annotated[Sequence[Whole], Len(2, 2)] | None
"""The smallest number of epochs or cells, or that and the largest."""

Shares = Share | Annotated[Sequence[Share], Len(2, 2)] | None
"""The smallest share of the rows that train, or that and the largest."""

Factor = Annotated[int, Ge(2), Le(100)]
"""By how much a rung's budget is larger than that of the rung below it."""


@dataclass(frozen=True)
class Growth:
    """What a trial gets more of on each rung (`epochs`, `share` or `cells`), from `low` to `high`, and what is all of it."""

    name: str
    low: float
    high: float
    full: float

    def budget(self, amount: float) -> Budget:
        """The budget of so much; a full one for all of it, so that such trials rank beside others in full."""
        given: dict[str, Any] = {} if amount >= self.full else {self.name: amount}
        return Budget(**given)

    def down(self, factor: int, number: int) -> list[float]:
        """The amounts of so many rungs, counted down from `high`: each a `factor` smaller, whole numbers rounded up."""
        found = [self.high / factor**steps for steps in reversed(range(number))]
        return found if self.name == "share" else [math.ceil(amount) for amount in found]

    def rungs(self, factor: int) -> int:
        """How many rungs there are at most between `low` and `high`."""
        return 1 + powers(self.high / self.low, factor)


def growth(space: Space, epochs: Amounts, share: Shares, cells: Amounts) -> Growth:
    """What grows, as the one of the three that is given says; ValueError where several are, or do not fit a full training.

    Without any, epochs grow from a 27th of a full training, or where none are counted, the share from a ninth.
    """
    given = {"epochs": epochs, "share": share, "cells": cells}
    named = {name: amount for name, amount in given.items() if amount is not None}
    if not named:
        named = {"share": 1 / 9} if space.full.epochs is None else {"epochs": max(space.full.epochs // 27, 1)}
    if len(named) > 1:
        raise ValueError(
            f"only one budget can grow from rung to rung; give only one of {' and '.join(map(repr, named))}"
        )
    ((name, amounts),) = named.items()
    full = {"epochs": space.full.epochs, "share": 1.0, "cells": space.full.splits * space.full.seeds}[name]
    if full is None:
        raise ValueError(
            "epochs cannot grow here: the engine does not count them, or they are searched; use 'share' or 'cells'"
        )
    low, high = amounts if isinstance(amounts, Sequence) else (amounts, full)
    if low > full and not isinstance(amounts, Sequence):
        raise ValueError(f"'{name}: {low:g}' is the smallest budget, but a full training has {full:g}; start with less")
    if high > full:
        raise ValueError(f"'{name}' grow to {high:g}, but a full training has {full:g}")
    if low > high:
        raise ValueError(
            f"'{name}' grow from {low:g} to {high:g}; the smaller number comes first, and is at most {full:g}"
        )
    return Growth(name, low, high, full)


def dropped(**options: object) -> str:
    """What is known of those that did not go on, in words that go on from "were dropped"."""
    del options
    return "since others scored higher with the same small budget; this does not show that they are worse"


def powers(ratio: float, factor: int) -> int:
    """How often a ratio of 1 or more can be divided by a whole factor before it is less than 1."""
    steps = 0
    while factor ** (steps + 1) <= ratio * (1 + 1e-9):  # 1 / 3 ** 2 is not exact
        steps += 1
    return steps


def survivors(trials: Sequence[Trial], number: int) -> list[Candidate]:
    """The candidates of so many of these trials, those with the highest means, best first; equal means keep their order.

    Failed ones are not among them, even where fewer than `number` are left.
    """
    complete = [trial for trial in trials if trial.status is Status.COMPLETE]
    return [trial.candidate for trial in sorted(complete, key=lambda trial: -trial.mean)[:number]]
