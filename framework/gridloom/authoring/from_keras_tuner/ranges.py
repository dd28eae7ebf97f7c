"""What KerasTuner's hyperparameters may be, as domains: ranges where they have a scale, else lists of values."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

from gridloom.core.domains import Choices, Domain, Range

SAMPLINGS = ("linear", "log", "reverse_log")

NO_REVERSE = (
    "sampling='reverse_log' without a step has no counterpart; write sampling='log', or sampling='linear', or hp.Choice "
    "with a list of values"
)


def whole(low: Any, high: Any, step: Any, sampling: str | None) -> Domain:
    """What `hp.Int` may be; ValueError where that is nothing."""
    numbers = {"min_value": low, "max_value": high, "step": 1 if step is None else step}
    for name, number in numbers.items():
        if isinstance(number, bool) or int(number) != number:
            raise ValueError(f"{name} must be a whole number, not {number!r}")
    return _range(int(low), int(high), None if step is None else int(step), sampling)


def real(low: Any, high: Any, step: Any, sampling: str | None) -> Domain:
    """What `hp.Float` may be; ValueError where that is nothing."""
    return _range(float(low), float(high), None if step is None else float(step), sampling)


def choice(values: Any) -> Choices:
    """What `hp.Choice` may be; ValueError where that is nothing."""
    values = list(values)
    kinds = {type(value) for value in values}
    if len(kinds) != 1 or not kinds <= {str, int, float, bool}:
        raise ValueError("a Choice needs a list of values of one type: str, int, float or bool")
    if twice := [value for place, value in enumerate(values) if value in values[:place]]:
        raise ValueError(f"{twice[0]!r} is in this list twice")
    return Choices(*values)


def _range(low: float, high: float, step: float | None, sampling: str | None) -> Domain:
    scale = (sampling or "linear").lower()
    if scale not in SAMPLINGS:
        raise ValueError(f"sampling must be one of {', '.join(SAMPLINGS)}, not {sampling!r}")
    if low > high:
        raise ValueError(f"min_value {low} is greater than max_value {high}")
    if scale != "linear" and low <= 0:
        raise ValueError(f"sampling={scale!r} needs a min_value above 0, not {low}")
    if step is not None and step <= (0 if scale == "linear" else 1):
        raise ValueError(f"with sampling={scale!r}, step must be above {0 if scale == 'linear' else 1}, not {step}")
    if low == high:
        return Choices(low)
    if step is None and scale == "reverse_log":
        raise ValueError(NO_REVERSE)
    if step is None:
        return Range(low, high, scale="log" if scale == "log" else "linear")
    if scale == "linear":
        return Range(low, high, step=step) if low + step <= high else Choices(low)
    return _multiplied(low, high, step, scale)


def _multiplied(low: float, high: float, step: float, scale: str) -> Domain:
    """The values that a factor makes: a logarithmic range where it has the same ones, since that keeps their order."""
    number = int(math.log(high / low, step) + 1e-8) + 1
    found = [low * step**index for index in range(number)]
    if scale == "reverse_log":
        found = [high + low - value for value in found]
    found = [int(value) if isinstance(low, int) else float(f"{value:.12g}") for value in found]
    if scale == "log" and number > 1:
        evenly = Range(low, found[-1], count=number, scale="log")
        if _alike(evenly.values(), found):
            return evenly
    return Choices(*dict.fromkeys(found))


def _alike(first: Sequence[float], second: Sequence[float]) -> bool:
    return len(first) == len(second) and all(
        math.isclose(one, other, rel_tol=1e-11) for one, other in zip(first, second, strict=True)
    )
