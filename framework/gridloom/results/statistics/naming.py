"""What a sentence calls a candidate: by the values that differ among candidates."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from typing import Any

from gridloom.core.printable import cut, in_one_line
from gridloom.core.significant import rounded

LONGEST = 160
"""How many characters of a candidate are shown."""


def named(params: Mapping[str, Any], among: Iterable[Mapping[str, Any]] = ()) -> str:
    """A candidate with these parameters in one line, by those that differ `among` candidates; by all where none does.

    A text that is the only one of them stands alone.

    >>> named({"activation": "relu"}), named({"rate": 0.5, "layer": None}, [{"rate": 0.5}, {"rate": 0.2}])
    ('relu', 'rate=0.5')
    """
    every = [{name: _text(value) for name, value in one.items()} for one in among]
    varied = [name for name in params if len({one.get(name) for one in every}) > 1]
    shown = {name: params[name] for name in varied or params}
    if len(shown) == 1:
        (value,) = shown.values()
        if isinstance(value, str) and value.strip():
            return cut(_text(value), LONGEST)
    return cut(", ".join(f"{_text(name)}={_text(value)}" for name, value in shown.items()) or "{}", LONGEST)


def _text(value: Any) -> str:
    """A value as YAML would have it, in one line without control characters; numbers have four significant digits."""
    if not isinstance(value, str) or not value.strip():
        value = json.dumps(
            rounded(value),
            ensure_ascii=False,
            default=lambda other: dict(other) if isinstance(other, Mapping) else str(other),
        )
    return in_one_line(value)
