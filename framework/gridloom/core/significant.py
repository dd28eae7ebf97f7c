"""Numbers as people read them: four significant digits, since what strategies draw has twelve."""

from __future__ import annotations

import math
from typing import Any

DIGITS = 4


def rounded(value: Any) -> Any:
    """The value with floats rounded to four significant digits, those in lists as well; digits before the point are kept.

    >>> rounded(0.000123456789), rounded([0.123456, "relu"]), rounded(123456.7), rounded(7)
    (0.0001235, [0.1235, 'relu'], 123457.0, 7)
    """
    if isinstance(value, float) and math.isfinite(value):
        return float(round(value)) if abs(value) >= 10.0 ** (DIGITS - 1) else float(f"{value:.{DIGITS}g}")
    if isinstance(value, list | tuple):
        return [rounded(item) for item in value]
    return value
