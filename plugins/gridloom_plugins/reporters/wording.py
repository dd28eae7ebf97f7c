"""How reports write values and candidates of any kind in one line."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from gridloom import Trial

LONGEST = 60
"""How many characters of a value are shown."""

LEAST, MOST = 1e-3, 1e4
"""Between them four decimals show a number well."""


def one_line(value: Any, limit: int = LONGEST) -> str:
    """A value as text of one line without control characters: text as it is where that can be, all else as Python's.

    >>> one_line("relu"), one_line([12, 4]), one_line(None), one_line("")
    ('relu', '[12, 4]', 'None', "''")
    """
    if isinstance(value, Mapping):
        value = dict(value)
    text = value if isinstance(value, str) and value.strip() else repr(value)
    shown = "".join(letter if letter.isprintable() else repr(letter)[1:-1] for letter in text)
    return shown if len(shown) <= limit else f"{shown[: limit - 3]}..."


def told_apart(trials: Sequence[Trial], limit: int = LONGEST) -> list[str]:
    """The candidates as "name=value, ...", by those parameters alone that differ among them, if it has any."""
    return [_joined(values, limit) for values in _apart(trials)]


def values_apart(trials: Sequence[Trial], limit: int = LONGEST) -> list[str]:
    """The candidates by the values of these parameters alone, for places that are too narrow for names."""
    return [one_line(", ".join(map(one_line, values.values())), limit) for values in _apart(trials)]


def _apart(trials: Sequence[Trial]) -> list[Mapping[str, Any]]:
    """Of each candidate and its budget what differs among them, or all of it where nothing does."""
    named = [trial.params | trial.proposal.budget.describe() for trial in trials]
    names = dict.fromkeys(name for values in named for name in values)
    differ = {name for name in names if len({repr(values.get(name, trials)) for values in named}) > 1}
    return [{name: values[name] for name in values if name in differ} or values for values in named]


def _joined(named: Mapping[str, Any], limit: int) -> str:
    return one_line(", ".join(f"{one_line(name)}={one_line(value)}" for name, value in named.items()), limit)


def number(value: float) -> str:
    """A score with four decimals, or four digits where that would hide it or be too long.

    >>> number(0.71234567), number(0.0), number(-2.5e-7), number(123456.0)
    ('0.7123', '0.0000', '-2.5e-07', '1.235e+05')
    """
    fits = value == 0 or LEAST <= abs(value) < MOST
    return f"{value:.4f}" if fits else f"{value:.4g}"
