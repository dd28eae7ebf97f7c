"""What of an interval lies within what a score can be: Student's t, which makes intervals, knows no ends."""

from __future__ import annotations

import math
from typing import TypedDict

Ends = tuple[float, float]

UNBOUNDED: Ends = (-math.inf, math.inf)


class Bounded(TypedDict):
    """Both ends of an interval as they are shown, and as they were computed where that lies beyond."""

    low: float
    high: float
    exact: Ends | None


def within(bounds: Ends, low: float, high: float) -> Bounded:
    """The part of an interval that lies within the bounds; all of it where nothing does."""
    exact = (low, high)
    lowest, highest = bounds
    if low > highest or high < lowest:
        return {"low": low, "high": high, "exact": None}
    shown = (max(low, lowest), min(high, highest))
    return {"low": shown[0], "high": shown[1], "exact": None if shown == exact else exact}
