"""Numbers as figures show them: four significant digits, and round ones at the ticks of an axis."""

from __future__ import annotations

import itertools
import math
from typing import Any

from gridloom_plugins.figures.texts import value_text

DIGITS = 4
"""How many significant digits are shown: what search strategies draw has twelve."""

WHOLE = 10.0 ** (DIGITS - 1)
"""From here on, all digits before the point are shown and none behind it."""

DECADES = 2.5
"""A longer logarithmic axis has ticks at the powers of ten alone."""

STEPS = (1, 2, 5)
"""The first digits of ticks."""


def short_text(value: Any) -> str:
    """A value as `value_text` has it, but with four significant digits, those in lists as well.

    >>> short_text(0.000123456789), short_text(0.1), short_text([0.123456, "relu"]), short_text(1234567)
    ('0.0001235', '0.1', '[0.1235, "relu"]', '1234567')
    """
    return value_text(_rounded(value))


def _rounded(value: Any) -> Any:
    if isinstance(value, float) and math.isfinite(value):
        return float(round(value)) if abs(value) >= WHOLE else float(f"{value:.{DIGITS}g}")
    if isinstance(value, list | tuple):
        return [_rounded(item) for item in value]
    return value


def even_ticks(low: float, high: float, most: int) -> list[float]:
    """At most so many round numbers, evenly spaced, from `low` to `high`; those two where nothing lies between them.

    >>> even_ticks(0.0, 1.0, 6), even_ticks(13, 96, 5)
    ([0.0, 0.2, 0.4, 0.6, 0.8, 1.0], [20.0, 40.0, 60.0, 80.0])
    """
    if not high > low:
        return [low]
    power = math.floor(math.log10((high - low) / most))
    for exponent, digit in itertools.product(range(power, power + 3), STEPS):
        step = digit * 10.0**exponent
        first, last = math.ceil(low / step - 1e-9), math.floor(high / step + 1e-9)
        if last - first < most:
            return [float(f"{place * step:.12g}") for place in range(first, last + 1)]
    return [low, high]


def log_ticks(low: float, high: float) -> list[float]:
    """Powers of ten between two positive numbers; on an axis of few decades also twice and five times these.

    >>> log_ticks(0.001, 0.1), log_ticks(1e-6, 1e-1)
    ([0.001, 0.002, 0.005, 0.01, 0.02, 0.05, 0.1], [1e-06, 1e-05, 0.0001, 0.001, 0.01, 0.1])
    """
    first, last = math.floor(math.log10(low)), math.ceil(math.log10(high))
    digits = STEPS if math.log10(high) - math.log10(low) < DECADES else STEPS[:1]
    ticks = [float(f"{digit}e{power}") for power in range(first, last + 1) for digit in digits]
    return [tick for tick in ticks if low * (1 - 1e-9) <= tick <= high * (1 + 1e-9)]
