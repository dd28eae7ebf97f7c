"""The axes of learning curves: epochs across, and what all plots of a page have in common upwards."""

from __future__ import annotations

import itertools
import math
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from gridloom_plugins.figures.curves import span_decades
from gridloom_plugins.html.plots import NO_PLOT, extent_of

REACH = 20.0
"""A loss falls far from its first epochs to its last; only fits that diverged do not stretch the axis."""

DECADES = 2.5
"""A longer logarithmic axis has numbers at the powers of ten alone."""

TICKS = 5
"""How many epochs besides the first have a number below them, at most."""


@dataclass(frozen=True)
class Axes:
    """What all plots have in common: how many epochs there are, and all numbers that are drawn."""

    epochs: int
    numbers: Sequence[float]

    @property
    def across(self) -> dict[str, Any]:
        """The axis of epochs, from the first to the last, with whole numbers alone."""
        steps = (digit * 10**power for power in itertools.count() for digit in (1, 2, 5))
        step = next(step for step in steps if self.epochs <= TICKS * step)
        margin = 0.02 * (self.epochs - 1) or 0.5
        ticks = [1, *range(step if step > 1 else 2, self.epochs + 1, step)]
        return {"title": {"text": "epoch"}, "tickvals": ticks, "range": [1 - margin, self.epochs + margin]}

    @cached_property
    def extent(self) -> tuple[float, float] | None:
        """From where to where the vertical axis goes; not below 0 for what never is."""
        if self._is_logarithmic:
            low, high = min(self.numbers), max(self.numbers)
            margin = (high / low) ** 0.04
            return low / margin, high * margin
        extent = extent_of(self.numbers, reach=REACH)
        return (max(extent[0], 0.0), extent[1]) if extent and min(self.numbers) >= 0 else extent

    @property
    def _is_logarithmic(self) -> bool:
        return span_decades(self.numbers) and max(self.numbers) < NO_PLOT

    def up(self, title: str) -> dict[str, Any]:
        """The vertical axis."""
        if not self._is_logarithmic or not self.extent:
            return {"title": {"text": title}, "range": self.extent, "autorange": self.extent is None}
        low, high = (math.log10(end) for end in self.extent)
        digits = (1, 2, 5) if high - low < DECADES else (1,)
        ticks = [digit * 10.0**power for power in range(math.floor(low), math.ceil(high)) for digit in digits]
        return {"title": {"text": title}, "type": "log", "range": [low, high], "tickvals": ticks, "tickformat": "~g"}
