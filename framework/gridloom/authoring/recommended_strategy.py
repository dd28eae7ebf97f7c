"""Which strategy suits a space, and why: a recommendation by the size of the space and what a full training takes."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from itertools import count
from math import ceil
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
    trainings: int
    """About as many full trainings as it takes."""

    @property
    def drops(self) -> bool:
        """Whether it drops candidates before they are trained in full."""
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
        return Recommended({"name": "grid"}, "there is a single candidate", 1)
    if size is not None and size <= RACED and full.seeds >= ENOUGH_SEEDS:
        return Recommended(
            {"name": "race"},
            f"with {full.seeds} seeds for each of {told}, a race saves the fits of those that are significantly worse "
            f"after a few seeds",
            size * 2 // 3,
        )
    if size is not None and size <= SMALL:
        return Recommended(
            {"name": "grid"}, f"{told} are few enough to train them all, so each is compared with every other", size
        )
    if full.epochs is not None and full.epochs >= FEW_EPOCHS:
        return _by_brackets(told, full.epochs)
    why = "epochs are searched or unknown" if full.epochs is None else f"{full.epochs} epochs are too few to cut short"
    return Recommended(
        {"name": "sobol", "candidates": SPREAD},
        f"{told} are many, and {why}; evenly spread points cover each range better than a grid of the same size",
        SPREAD,
    )


def _by_brackets(told: str, epochs: int) -> Recommended:
    """`hyperband` for trainings of so many epochs, and what it takes: each bracket as much as there are brackets, at most."""
    smallest = max(epochs // BRACKETS, 1)
    rungs = next(rungs for rungs in count(1) if smallest * 3**rungs > epochs)
    drawn = sum(ceil(rungs / (bracket + 1) * 3**bracket) for bracket in range(rungs))
    return Recommended(
        {"name": "hyperband", "epochs": smallest},
        f"{told} are many, and poor ones mostly show within a few of the {epochs} epochs; "
        f"it tries {drawn} for the cost of about {rungs**2} full trainings",
        rungs**2,
    )


def _size(space: Space) -> int | None:
    """How many candidates there are; None where a range has no steps."""
    try:
        return space.size
    except ValueError:
        return None
