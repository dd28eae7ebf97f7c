"""Which strategy suits a space, and why: a recommendation by the size of the space and what a full training takes."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from gridloom.core.space import Space

SMALL = 50
"""So many candidates are all tried: fewer than `hyperband` draws for 27 times its smallest budget."""

RACED = 500
"""With so many candidates, all of them can be trained with a few seeds."""

ENOUGH_SEEDS = 10
"""With so many seeds, most can be spared for candidates that are significantly worse with the first ones."""

FEW_EPOCHS = 9
"""Trainings of fewer epochs have no three rungs."""

BRACKETS = 27
"""How many times the smallest budget a full training is recommended to be: four brackets with a factor of 3."""

SPREAD = 64
"""How many points of a Sobol' sequence are recommended: a power of two."""


@dataclass(frozen=True)
class Recommended:
    """What to write under `search: strategy:`, and one sentence why."""

    strategy: Mapping[str, Any]
    why: str

    @property
    def saves(self) -> bool:
        """Whether it trains fewer candidates in full than it looks at."""
        return self.strategy["name"] in ("race", "hyperband")

    def __str__(self) -> str:
        """The strategy as YAML, and why."""
        options = ", ".join(f"{name}: {value}" for name, value in self.strategy.items())
        return f"'strategy: {{{options}}}' suits this space: {self.why}"


def recommended_strategy(space: Space) -> Recommended:
    """The built-in strategy for a space, whose `full` says how many splits, seeds and epochs a full training takes.

    No epochs there means that the engine counts none, or that they are searched.
    """
    size, full = _size(space), space.full
    told = "ranges without steps" if size is None else f"{size:,} candidates"
    if size == 1:
        return Recommended({"name": "grid"}, "there is a single candidate")
    if size is not None and size <= RACED and full.seeds >= ENOUGH_SEEDS:
        return Recommended(
            {"name": "race"},
            f"with {full.seeds} seeds for each of {told}, a race spares those that a few seeds show to be significantly worse",
        )
    if size is not None and size <= SMALL:
        return Recommended(
            {"name": "grid"}, f"{told} are few enough to train them all, so that each is compared with all others"
        )
    if full.epochs is not None and full.epochs >= FEW_EPOCHS:
        return Recommended(
            {"name": "hyperband", "epochs": max(full.epochs // BRACKETS, 1)},
            f"{told} are many, and most of them show within a few of the {full.epochs} epochs that they are not worth all of them",
        )
    why = (
        "epochs are searched or not counted"
        if full.epochs is None
        else f"{full.epochs} epochs are too few to shorten them"
    )
    return Recommended(
        {"name": "sobol", "candidates": SPREAD},
        f"{told} are many, and {why}; points spread evenly cover each range better than a grid of as many",
    )


def _size(space: Space) -> int | None:
    """How many candidates there are; None where a range has no steps."""
    try:
        return space.size
    except ValueError:
        return None
