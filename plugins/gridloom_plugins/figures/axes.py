"""The axes of hyperparameters: numbers where their size says, evenly or by their logarithm; else a place a value."""

from __future__ import annotations

import json
import math
from collections.abc import Iterable
from dataclasses import dataclass
from enum import Enum
from functools import cached_property
from itertools import pairwise
from typing import Any

from gridloom_plugins.figures.candidates import are_numbers
from gridloom_plugins.figures.numbers import even_ticks, log_ticks, short_text

FAR = 10.0
"""From this ratio of the largest number to the smallest on, a scale may be logarithmic."""

LARGEST = 1e300
"""Larger numbers have a place each, as names have."""

FEW = 12
"""So many numbers among which is 0, and of which the others are decades apart, have a place each."""

TICKS = 5
"""How many ticks an axis has at most, unless each value has one."""

NEAR = 0.09
"""Values that lie nearer, as a share of the axis, do not each have a tick."""


class Scale(Enum):
    """How values lie along an axis."""

    LINEAR = "linear"
    LOG = "log"
    CATEGORIES = "categories"


@dataclass(frozen=True)
class Axis:
    """The values of a hyperparameter, each once: numbers ascend, others keep their order."""

    scale: Scale
    values: tuple[Any, ...]

    def place(self, value: Any) -> float:
        """Where a value lies: a number where it is, of categories the first one at 0, the second at 1 and so on."""
        return float(self._places[_key(value)] if self.scale is Scale.CATEGORIES else value)

    def share(self, value: Any) -> float:
        """The same as a share of the axis, from 0 at its beginning to 1 at its end."""
        return self._share_of_place(self.place(value))

    @cached_property
    def ticks(self) -> tuple[tuple[float, str], ...]:
        """Where the axis has ticks, and what stands there: the values as far as there is room, else round numbers."""
        if self.scale is Scale.CATEGORIES:
            return tuple((float(place), short_text(value)) for place, value in enumerate(self.values))
        if len(self.values) <= FEW and all(b - a >= NEAR for a, b in pairwise(map(self.share, self.values))):
            return tuple((float(value), short_text(value)) for value in self.values)
        low, high = float(self.values[0]), float(self.values[-1])
        places = log_ticks(low, high) if self.scale is Scale.LOG else even_ticks(low, high, TICKS)
        return tuple((place, f"{place:.4g}") for place in places)

    @property
    def is_of_numbers(self) -> bool:
        """Whether all values are numbers, as they may be on a scale of categories, too."""
        return are_numbers(self.values)

    @property
    def tick_shares(self) -> tuple[tuple[float, str], ...]:
        """The ticks as shares of the axis."""
        return tuple((self._share_of_place(place), text) for place, text in self.ticks)

    @cached_property
    def _places(self) -> dict[str, int]:
        return {_key(value): place for place, value in enumerate(self.values)}

    def _share_of_place(self, place: float) -> float:
        low, high = self._ends
        if high == low:
            return 0.5
        if self.scale is Scale.LOG:
            return (math.log(place) - math.log(low)) / (math.log(high) - math.log(low))
        return (place - low) / (high - low)

    @property
    def _ends(self) -> tuple[float, float]:
        if self.scale is Scale.CATEGORIES:
            return 0.0, float(len(self.values) - 1)
        return float(self.values[0]), float(self.values[-1])


def axis_of(values: Iterable[Any], declared: Scale | None = None) -> Axis:
    """The axis of these values, of which there is one at least.

    Numbers have the scale that is declared for them. Where none is, it is logarithmic if they lie far apart, and more
    evenly by their logarithms.
    """
    distinct = list({_key(value): value for value in values}.values())
    if not are_numbers(distinct) or any(not abs(value) <= LARGEST for value in distinct):
        return Axis(Scale.CATEGORIES, tuple(distinct))
    numbers = sorted(distinct)
    if declared is Scale.LINEAR or (declared is Scale.LOG and numbers[0] > 0):
        return Axis(declared, tuple(numbers))
    if _is_logarithmic(numbers):
        return Axis(Scale.LOG, tuple(numbers))
    is_squeezed = numbers[0] == 0 and len(numbers) <= FEW and _is_logarithmic(numbers[1:])
    return Axis(Scale.CATEGORIES if is_squeezed else Scale.LINEAR, tuple(numbers))


def _is_logarithmic(numbers: list[float]) -> bool:
    """Whether the middle one of these numbers, which ascend, lies nearer to the middle of a logarithmic scale."""
    if not numbers or numbers[0] <= 0 or numbers[-1] / numbers[0] < FAR:
        return False
    low, middle, high = numbers[0], numbers[len(numbers) // 2], numbers[-1]
    if len(numbers) == 2:  # noqa: PLR2004
        return True
    even = (middle - low) / (high - low)
    logarithmic = (math.log(middle) - math.log(low)) / (math.log(high) - math.log(low))
    return abs(logarithmic - 0.5) < abs(even - 0.5)


def _key(value: Any) -> str:
    """What tells values apart: 1 is neither True nor "1"."""
    return json.dumps(value, sort_keys=True, default=str)
