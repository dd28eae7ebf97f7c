"""Whether two values of a parameter are the same."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from joblib import hash as hash_of


def identity(value: Any) -> str:
    """Equal for equal values; of an object that cannot be pickled, such as a lambda, for the very same one."""
    try:
        return str(hash_of(value))
    except Exception:  # whatever an object raises when it is pickled
        return f"at {id(value)}"


def same(one: Mapping[str, Any], other: Mapping[str, Any]) -> bool:
    """Whether these are the same values by name."""
    return one.keys() == other.keys() and all(identity(value) == identity(other[name]) for name, value in one.items())
