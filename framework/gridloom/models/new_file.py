"""New rows in a CSV file, read as the columns of a kept model say."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

from gridloom.core.columns import Column
from gridloom.core.tables import Table
from gridloom.models.card import Card
from gridloom.models.new_layout import layout_of

if TYPE_CHECKING:
    import numpy as np
    import pandas as pd
    from numpy.typing import NDArray

MISSING = frozenset(("NA", "N/A", "n/a", "#N/A", "<NA>", "NaN", "nan", "NULL", "null", "None", "?"))
"""Texts that mean missing, unless the data set says which do; a blank cell always is missing."""

_BOOLEANS = {"false": 0.0, "no": 0.0, "f": 0.0, "0": 0.0, "true": 1.0, "yes": 1.0, "t": 1.0, "1": 1.0}

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)

_SECONDS_A_DAY = 86_400

SHOULD_BE = {
    "numeric": "a number",
    "boolean": "true or false, yes or no, t or f, 1 or 0",
    "date": "an ISO 8601 date, such as 2026-12-31",
}


@dataclass(frozen=True)
class Rules:
    """How cells are read: the texts that mean missing, and the decimal mark; as the training data were."""

    missing: frozenset[str] = MISSING
    decimal: str = "."

    @classmethod
    def of(cls, dataset: Mapping[str, Any]) -> Rules:
        """The rules by which a data set with these options reads its file."""
        missing = dataset.get("missing")
        known = MISSING if missing is None else frozenset(map(str, missing))
        return cls(known, "," if dataset.get("decimal") == "," else ".")

    def number(self, cell: str) -> float | None:
        """The finite number in a cell, or None."""
        if self.decimal == ",":
            if "." in cell:
                return None
            cell = cell.replace(",", ".")
        try:
            number = float(cell)
        except ValueError:
            return None
        return number if math.isfinite(number) and "_" not in cell else None

    def is_missing(self, cell: str) -> bool:
        """Whether a cell is blank, or says that its value is missing; a number may be written in several ways."""
        if not cell or cell in self.missing:
            return True
        return bool(self.missing_numbers) and self.number(cell) in self.missing_numbers

    @cached_property
    def missing_numbers(self) -> frozenset[float]:
        """The numbers that mean missing, such as -99."""
        return frozenset(number for text in self.missing if (number := self.number(text)) is not None)


def read_rows(path: Path, card: Card) -> tuple[pd.DataFrame, list[str]]:
    """The rows of a file as a table of the card's columns, and the names of columns that are not used.

    The file is laid out as that of the data set was, unless it tells itself that it is not. InvalidInput, with line and column,
    for columns that are missing, cells that are not of their column's kind, and missing cells where training had none: the
    first one of a column, and how many more there are.
    """
    import pandas as pd

    wanted = [column.name for column in card.columns]
    table = layout_of(path, card.dataset).table(path, wanted)
    table.require(wanted)
    rules = Rules.of(card.dataset)
    bad: list[tuple[int, str, str]] = []
    found = {column.name: _cells(table, column, rules, bad) for column in card.columns}
    table.refuse(bad, "cells like these")
    return pd.DataFrame(found, columns=wanted), [name for name in table.header.cells if name not in set(wanted)]


def _cells(table: Table, column: Column, rules: Rules, bad: list[tuple[int, str, str]]) -> Any:
    """The cells of a column as preprocessing takes them, NaN where they are missing; complaints go to `bad`."""
    import numpy as np

    read: Callable[[str], Any] = {
        "numeric": rules.number,
        "boolean": lambda cell: _boolean(cell, rules),
        "date": _days,
    }.get(column.kind, str)
    cells = table.column(column.name)
    if column.kind == "numeric" and rules == Rules() and (numbers := _plain_numbers(cells)) is not None:
        return numbers
    values: dict[str, Any] = {}
    for cell in dict.fromkeys(cells):
        values[cell] = math.nan if rules.is_missing(cell) else read(cell)
    missing = set() if column.gaps else {cell for cell in values if rules.is_missing(cell)}
    wrong = {cell for cell, value in values.items() if value is None}
    if rows := [row for row, cell in enumerate(cells) if cell in missing]:
        bad.append((rows[0], column.name, f"is missing{_more(rows)}, but this column had no missing cells in training"))
    if rows := [row for row, cell in enumerate(cells) if cell in wrong]:
        cell = cells[rows[0]]
        comma = _about_the_decimal_mark(cell, rules) if column.kind == "numeric" else ""
        bad.append((rows[0], column.name, f"'{cell[:40]}' is not {SHOULD_BE[column.kind]}{_more(rows)}{comma}"))
    return np.array([values[cell] for cell in cells], dtype=object if column.is_coded else np.float64)


def _more(rows: Sequence[int]) -> str:
    """How many cells there are besides the first one."""
    return f" (and in {len(rows) - 1:,} more rows)" if len(rows) > 1 else ""


def _about_the_decimal_mark(cell: str, rules: Rules) -> str:
    """What to say of a cell that would be a number with the other decimal mark."""
    other = Rules(rules.missing, "." if rules.decimal == "," else ",")
    if other.number(cell) is None:
        return ""
    return f"; the decimal mark of the training data is '{rules.decimal}', so it is needed here as well"


def _plain_numbers(cells: Sequence[str]) -> NDArray[np.float64] | None:
    """The numbers in these cells; None where one needs a closer look."""
    import numpy as np

    try:
        numbers = np.fromiter(map(float, cells), np.float64, len(cells))
    except ValueError:
        return None
    return None if not np.isfinite(numbers).all() or any("_" in cell for cell in cells) else numbers


def _boolean(cell: str, rules: Rules) -> float | None:
    number = rules.number(cell)
    return _BOOLEANS.get(cell.casefold() if number is None else f"{number:g}")


def _days(cell: str) -> float | None:
    """The days since 1970-01-01 of a date of ISO 8601, in UTC unless it says another zone; None for anything else."""
    if len(cell) < len("2026-12-31") or "W" in cell or "-" not in cell:
        return None
    try:
        found = datetime.fromisoformat(cell.replace(" Z", "Z"))
    except ValueError:
        return None
    since = (found if found.tzinfo else found.replace(tzinfo=UTC)) - _EPOCH
    return since.days + (since.seconds + since.microseconds / 1e6) / _SECONDS_A_DAY
