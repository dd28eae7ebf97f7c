"""What scores can be: the ends that a scorer declares, within which intervals are drawn."""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass

from gridloom import Result


@dataclass(frozen=True)
class Bounds:
    """The lowest and the highest that a score can be; infinite where there is no end, or none is known."""

    low: float = -math.inf
    high: float = math.inf

    def cut(self, low: float, high: float) -> tuple[float, float]:
        """What of an interval lies within: Student's t, which made it, knows no ends. All of it where nothing does."""
        return (max(low, self.low), min(high, self.high)) if low <= self.high and high >= self.low else (low, high)

    def note(self, scoring: str, ends: Iterable[float]) -> str:
        """A sentence that tells that intervals with these ends are not drawn in full; empty where they are."""
        if all(self.low <= end <= self.high for end in ends):
            return ""
        span = f"from {self.low:g} to {self.high:g}" if math.isfinite(self.low + self.high) else f"up to {self.high:g}"
        span = f"from {self.low:g} on" if self.high == math.inf else span
        return f"Intervals are drawn {span}, as far as {scoring} goes."


def bounds_of(result: Result) -> Bounds:
    """The ends of the score that ranks; none where they are not known."""
    return Bounds(*result.bounds.get(result.scoring, ()))
