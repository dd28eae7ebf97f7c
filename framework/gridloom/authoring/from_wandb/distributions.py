"""What a sweep says of a parameter, as what an experiment says of it: a list, a range or one value."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

NO_COUNTERPART = (
    "normal",
    "q_normal",
    "log_normal",
    "q_log_normal",
    "beta",
    "q_beta",
)

ADVICE = (
    "has no counterpart: Gridloom draws evenly on a linear or logarithmic scale; write 'values', or 'min' and 'max' with "
    "'distribution: uniform' or 'log_uniform_values'"
)


@dataclass(frozen=True)
class Tried:
    """What an experiment says of a parameter, and whether that is one fixed value."""

    values: Any
    is_fixed: bool = False


def tried(given: Mapping[str, Any]) -> Tried:
    """What is tried for a parameter; ValueError for what has no counterpart, or is not complete."""
    name = given.get("distribution") or _default(given)
    if name in NO_COUNTERPART:
        raise ValueError(f"'distribution: {name}' {ADVICE}")
    if name == "constant":
        _check_keys(given, name, ("value",))
        return Tried(given["value"], is_fixed=True)
    if name in ("categorical", "categorical_w_probabilities"):
        return Tried(_listed(given, name))
    if name not in _RANGES:
        raise ValueError(f"unknown distribution {name!r}; known: constant, categorical, {', '.join(_RANGES)}")
    is_stepped = name.startswith("q_")
    _check_keys(given, name, ("min", "max"), ("q",) if is_stepped else ())
    low, high, q = given["min"], given["max"], given.get("q", 1)
    if not all(isinstance(number, int | float) and not isinstance(number, bool) for number in (low, high, q)):
        raise ValueError("'min', 'max' and 'q' must be numbers")
    if low > high:
        raise ValueError(f"'min' must not be above 'max': {low} is above {high}")
    if low == high:
        return Tried(low, is_fixed=True)
    return Tried(_RANGES[name](low, high, q))


def _default(given: Mapping[str, Any]) -> str:
    """The distribution that W&B takes where none is named."""
    if "value" in given:
        return "constant"
    if "values" in given:
        return "categorical"
    if "mu" in given or "sigma" in given:
        return "normal"
    whole = all(isinstance(given.get(end), int) for end in ("min", "max"))
    return "int_uniform" if whole else "uniform"


def _check_keys(given: Mapping[str, Any], name: str, needed: tuple[str, ...], more: tuple[str, ...] = ()) -> None:
    for key in given:
        if key not in (*needed, *more, "distribution"):
            raise ValueError(f"'distribution: {name}' has no key {key!r}")
    for key in needed:
        if key not in given:
            raise ValueError(f"'distribution: {name}' needs '{key}'")


def _listed(given: Mapping[str, Any], name: str) -> list[Any]:
    _check_keys(given, name, ("values",), ("probabilities",))
    values, chances = given["values"], given.get("probabilities")
    if not isinstance(values, list) or not values:
        raise ValueError("'values' must be a list of values to try")
    if chances is not None and len(set(chances)) > 1:
        raise ValueError("'probabilities' have no counterpart: every value is equally likely; remove them")
    return values


def _uniform(low: float, high: float, _: float) -> dict[str, Any]:
    return {"low": float(low), "high": float(high)}


def _whole(low: float, high: float, _: float) -> dict[str, Any]:
    if int(low) != low or int(high) != high:
        raise ValueError("'min' and 'max' must be whole numbers")
    return {"low": int(low), "high": int(high)}


def _steps(low: float, high: float, q: float) -> dict[str, Any]:
    """Multiples of q, as W&B rounds to them."""
    if q <= 0:
        raise ValueError("'q' must be above 0")
    kind = int if isinstance(q, int) else float
    first, last = (kind(round(round(end / q) * q, 12)) for end in (low, high))
    if first == last:
        raise ValueError(f"there is a single multiple of q: {first}; write 'value: {first}'")
    return {"low": first, "high": last, "step": q}


def _log(low: float, high: float, _: float) -> dict[str, Any]:
    if low <= 0:
        raise ValueError("'min' must be above 0 on a logarithmic scale")
    return {"low": float(low), "high": float(high), "scale": "log"}


def _whole_log(low: float, high: float, q: float) -> dict[str, Any]:
    if q != 1 or int(low) != low or int(high) != high or low < 1:
        raise ValueError(
            "has a counterpart only for whole numbers from 1 with 'q: 1'; write 'log_uniform_values', or 'values'"
        )
    return {"low": int(low), "high": int(high), "scale": "log"}


def _exponents(low: float, high: float, _: float) -> dict[str, Any]:
    """`min` and `max` are natural logarithms."""
    return _log(_exp(low), _exp(high), 1)


def _inverse_exponents(low: float, high: float, _: float) -> dict[str, Any]:
    return _log(_exp(-high), _exp(-low), 1)


def _exp(number: float) -> float:
    try:
        return float(f"{math.exp(number):.12g}")
    except OverflowError:
        raise ValueError(
            "'min' and 'max' are exponents of e with this distribution; for the values themselves write "
            "'distribution: log_uniform_values'"
        ) from None


def _whole_exponents(low: float, high: float, q: float) -> dict[str, Any]:
    del low, high, q
    raise ValueError("'q_log_uniform' has exponents for bounds; write 'q_log_uniform_values', or 'values'")


_RANGES: Mapping[str, Callable[[float, float, float], dict[str, Any]]] = {
    "uniform": _uniform,
    "int_uniform": _whole,
    "q_uniform": _steps,
    "log_uniform": _exponents,
    "log_uniform_values": _log,
    "inv_log_uniform": _inverse_exponents,
    "inv_log_uniform_values": _log,
    "q_log_uniform": _whole_exponents,
    "q_log_uniform_values": _whole_log,
}
