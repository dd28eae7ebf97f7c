"""When a search ends, whatever its strategy would still propose: `search: stop:`."""

from __future__ import annotations

import math
import re
from dataclasses import asdict, dataclass
from decimal import Decimal
from typing import Any

_UNITS = {"s": 1, "sec": 1, "min": 60, "h": 3600, "d": 86_400}
DURATION = r"^(\d+(\.\d+)?\s*(s|sec|min|h|d)\s*)+$"
"""What a time looks like."""

_PART = re.compile(r"(\d+(?:\.\d+)?)\s*([a-z]+)\s*")


@dataclass(frozen=True)
class Stop:
    """The limits of a search; None where there is none.

    It ends with so many `trials` or `fits`; after so many `seconds`; when the mean of a trial with the largest budget is at
    least `score`; or when the last `no_gain` of these trials have not raised the best mean.
    """

    trials: int | None = None
    fits: int | None = None
    seconds: float | None = None
    score: float | None = None
    no_gain: int | None = None

    @property
    def resolved(self) -> dict[str, Any]:
        """The limits that there are, as YAML says them."""
        found = asdict(self)
        seconds = found.pop("seconds")
        found["time"] = None if seconds is None else f"{Decimal(repr(seconds)).normalize():f} s"
        return {name: value for name, value in found.items() if value is not None}


def in_words(stop: Stop) -> str:
    """When a search ends at the latest, in words; empty where nothing limits it."""
    said = stop.resolved
    words = {
        "trials": "with {:,} trials",
        "fits": "with {:,} fits",
        "time": "after {} of training",
        "score": "with a mean of at least {:g}",
        "no_gain": "after {:,} trials without an improvement",
    }
    parts = [text.format(said[name]) for name, text in words.items() if name in said]
    return f"{' or '.join(parts)}, whichever comes first" if len(parts) > 1 else "".join(parts)


def seconds_of(text: Any) -> float:
    """The seconds of "90 s", "10 min", "2 h" or "1 h 30 min"; ValueError for anything else, and for no time at all."""
    parts = _PART.findall(text) if isinstance(text, str) and _PART.sub("", text) == "" else []
    if not parts or any(unit not in _UNITS for _, unit in parts):
        raise ValueError("should be a time with its unit, such as 90 s, 10 min or 2 h")
    seconds = sum(float(number) * _UNITS[unit] for number, unit in parts)
    if not 0 < seconds < math.inf:
        raise ValueError("should be above 0 and finite")
    return seconds


def duration_text(seconds: float) -> str:
    """A time as `seconds_of` reads it: "10 min", "1 h 30 min", "0.5 s"."""
    left = Decimal(repr(float(seconds)))
    parts = []
    for unit in ("h", "min"):
        number, left = divmod(left, _UNITS[unit])
        parts += [f"{number:f} {unit}"] if number else []
    parts += [f"{left.normalize():f} s"] if left or not parts else []
    return " ".join(parts)
