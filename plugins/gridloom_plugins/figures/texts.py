"""How reports write values, scores and shares, each in one line."""

from __future__ import annotations

import json
import math
from collections.abc import Mapping
from typing import Any

LONGEST = 60
"""How many characters of a value are shown."""

PLAIN = (1e-3, 1e6)
"""Numbers of this size are written without an exponent."""

NOTHING = "\N{EN DASH}"
"""What stands where there is no value."""


def value_text(value: Any) -> str:
    """A value as YAML would have it; text as it is, unless it would not be seen.

    >>> value_text("relu"), value_text([12, 4]), value_text(None), value_text("")
    ('relu', '[12, 4]', 'null', '""')
    """
    if isinstance(value, str) and value.strip():
        return value
    return json.dumps(value, ensure_ascii=False, default=_plain)


def _plain(value: Any) -> Any:
    return dict(value) if isinstance(value, Mapping) else str(value)


def one_line(value: Any, limit: int = LONGEST) -> str:
    """A value as text of one line without control characters: text as it is where that can be, all else as Python's.

    >>> one_line("relu"), one_line([12, 4]), one_line(None), one_line("")
    ('relu', '[12, 4]', 'None', "''")
    """
    if isinstance(value, Mapping):
        value = dict(value)
    text = value if isinstance(value, str) and value.strip() else repr(value)
    shown = "".join(letter if letter.isprintable() else repr(letter)[1:-1] for letter in text)
    return shown if len(shown) <= limit else f"{shown[: limit - 1]}…"


def prose(text: str, limit: int) -> str:
    """A text of others, such as an error, as one line: its line breaks are spaces; nothing where there is none."""
    return one_line(" ".join(text.split()), limit) if text.strip() else ""


def score_text(score: float | None, digits: int = 4) -> str:
    """A score with so many decimals, fewer where more stands before the point; with an exponent where that says little.

    >>> score_text(0.71234567), score_text(12.3456789), score_text(-2.5e-7)
    ('0.7123', '12.346', '-2.5e-07')
    """
    if score is None or not math.isfinite(score):
        return NOTHING
    if score == 0 or PLAIN[0] <= abs(score) < PLAIN[1]:
        return f"{score:.{max(1, digits + 1 - len(str(int(abs(score)))))}f}"
    return f"{score:.{digits}g}"


def percent(share: float) -> str:
    """A share as a percentage."""
    return f"{100 * share:.0f} %" if share == 0 or share >= 0.01 else "below 1 %"  # noqa: PLR2004
