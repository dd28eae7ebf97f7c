"""The strategy `halving`: many candidates begin with a small budget, and the better part of them goes on with more."""

from __future__ import annotations

import math
from collections.abc import Generator, Sequence
from typing import Literal

from gridloom import PlannedWave, Proposal, Space, Strategy, Trial
from gridloom_plugins.strategies.drawing import Number, beginners, size_of
from gridloom_plugins.strategies.rungs import Amounts, Factor, Growth, Shares, dropped, growth, powers, survivors

Spacing = Literal["full", "exhaust", "smallest"]
"""Where the rungs lie."""


def halving(
    space: Space,
    epochs: Amounts = None,
    share: Shares = None,
    cells: Amounts = None,
    candidates: Number | None = None,
    factor: Factor = 3,
    rungs: Spacing = "full",
) -> Generator[Sequence[Proposal], Sequence[Trial], None]:
    """Successive halving: on each rung, train the remaining candidates with a larger budget, and keep the best.

    One of `factor` candidates is kept on each rung, and gets `factor` times the budget.

    One thing grows: the `epochs`, the `share` of the rows that train, or the `cells`, fits of different splits and seeds.
    `epochs: 9` begins with no fewer than 9 and ends with a full training, `epochs: [9, 100]` with 100. Without any of the three,
    epochs grow from a 27th of a full training, or where none are counted or they are searched, the share from a ninth.

    It starts with the whole grid, or with a number of `candidates` drawn like those of `random`; failed candidates are
    dropped.

    `rungs: full` counts rungs down from the largest budget, so that the last one has it. `exhaust` and `smallest` count up
    from the first one, as scikit-learn's `min_resources` of these names does; their last rung may have less.

    Jamieson and Talwalkar, "Non-stochastic best arm identification and hyperparameter optimization", AISTATS 2016.
    """
    grown = growth(space, epochs, share, cells)
    left = beginners(space, candidates)
    for rung, amount in enumerate(amounts(grown, len(left), factor, rungs)):
        trials = yield [Proposal(candidate, grown.budget(amount), f"rung {rung}") for candidate in left]
        left = survivors(trials, math.ceil(len(left) / factor))
        if not left:
            return


def amounts(grown: Growth, candidates: int, factor: int, spacing: Spacing) -> list[float]:
    """What the trials of each rung get: so many rungs that less than `factor` candidates are left on the last, or fewer."""
    needed = 1 + powers(candidates, factor)
    number = min(needed, grown.rungs(factor))
    if spacing == "full":
        return grown.down(factor, number)
    low = grown.low
    if spacing == "exhaust":
        largest = grown.high / factor ** (needed - 1)
        low = max(low, largest if grown.name == "share" else math.floor(largest))
        number = min(needed, 1 + powers(grown.high / low, factor))
    return [min(low * factor**rung, grown.high) for rung in range(number)]


def plan(
    space: Space,
    epochs: Amounts = None,
    share: Shares = None,
    cells: Amounts = None,
    candidates: Number | None = None,
    factor: Factor = 3,
    rungs: Spacing = "full",
) -> Sequence[PlannedWave]:
    """A wave a rung."""
    grown = growth(space, epochs, share, cells)
    left = len(beginners(space, None)) if candidates is None else int(min(candidates, size_of(space)))
    waves = []
    for rung, amount in enumerate(amounts(grown, left, factor, rungs)):
        waves.append(PlannedWave(left, grown.budget(amount), f"rung {rung}", going_on=left if rung else 0))
        left = math.ceil(left / factor)
    return waves


STRATEGY = Strategy(
    name="halving",
    summary="Successive halving: the best of many small trainings continue.",
    propose=halving,
    plan=plan,
    dropped=dropped,
)
