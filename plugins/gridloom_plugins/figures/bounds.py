"""What scores can be: the ends that a scorer declares, within which intervals are shown."""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass

from gridloom import Interval, Level, Published, Result


@dataclass(frozen=True)
class Bounds:
    """The lowest and the highest that a score can be; infinite where there is no end, or none is known."""

    low: float = -math.inf
    high: float = math.inf

    def note(self, scoring: str, intervals: Iterable[Interval | Level | Published]) -> str:
        """A sentence that says that some of these intervals are not drawn in full; empty where all are."""
        if all(interval.exact is None for interval in intervals):
            return ""
        span = f"from {self.low:g} to {self.high:g}" if math.isfinite(self.low + self.high) else f"up to {self.high:g}"
        span = f"from {self.low:g} on" if self.high == math.inf else span
        return f"Intervals are shown {span}, as far as {scoring} goes."


def bounds_of(result: Result) -> Bounds:
    """The ends of the score that ranks; none where they are not known."""
    return Bounds(*result.bounds.get(result.scoring, ()))
