"""New rows in a CSV file, read as the columns of a kept model say."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from gridloom.core.columns import Column
from gridloom.core.inputs import told
from gridloom.core.tables import Table, read_table
from gridloom.errors import InvalidInput, Location
from gridloom.models.card import Card

if TYPE_CHECKING:
    import numpy as np
    import pandas as pd
    from numpy.typing import NDArray

MISSING = frozenset(("NA", "N/A", "n/a", "#N/A", "<NA>", "NaN", "nan", "NULL", "null", "None", "?"))
"""Texts that mean missing, unless the data set says which do; a blank cell always is missing."""

DELIMITERS = (",", ";", "\t", "|")

_BOOLEANS = {"false": 0.0, "no": 0.0, "f": 0.0, "0": 0.0, "true": 1.0, "yes": 1.0, "t": 1.0, "1": 1.0}

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)

_SECONDS_A_DAY = 86_400

SHOULD_BE = {
    "numeric": "a number",
    "boolean": "true or false, yes or no, t or f, 1 or 0",
    "date": "a date of ISO 8601, such as 2026-12-31",
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
        if self.missing is MISSING or (number := self.number(cell)) is None:
            return False
        return any(self.number(text) == number for text in self.missing)


def read_rows(path: Path, card: Card) -> tuple[pd.DataFrame, list[str]]:
    """The rows of a file as a table of the card's columns, and the names of columns that are not used.

    The file is laid out as that of the data set was. InvalidInput, with line and column, for columns that are missing, cells
    that are not of their column's kind, and missing cells where training had none.
    """
    import pandas as pd

    if not card.columns:
        shape = card.input_shape
        what = f"arrays of the shape (rows, {', '.join(map(str, shape))})"
        if card.inputs:
            what = f"a dict of arrays, {told(card.inputs)}"
        message = f"the model takes {what}, not files; use gridloom.load"
        raise InvalidInput.at(Location(str(path)), message)
    wanted = [column.name for column in card.columns]
    table = _table(path, card.dataset, wanted)
    table.require(wanted)
    rules = Rules.of(card.dataset)
    bad: list[tuple[int, str, str]] = []
    found = {column.name: _cells(table, column, rules, bad) for column in card.columns}
    table.refuse(bad, "cells like these")
    return pd.DataFrame(found, columns=wanted), [name for name in table.header.cells if name not in set(wanted)]


def _table(path: Path, dataset: Mapping[str, Any], wanted: Sequence[str]) -> Table:
    """The table in a file that is laid out as that of the data set."""
    encoding = dataset.get("encoding") or "utf-8"
    told: dict[str, Any] = {"header": dataset.get("header") is not False}
    if encoding != "utf-8":
        told["encoding"] = encoding
    if isinstance(delimiter := dataset.get("delimiter"), str):
        return read_table(path, delimiter, **told)
    for delimiter in DELIMITERS:
        try:
            head = read_table(path, delimiter, most=1, **told)
        except InvalidInput:
            continue
        if {*wanted} <= {*head.header.cells}:
            return read_table(path, delimiter, **told)
    return read_table(path, **told)


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
    missing = {cell for cell in values if rules.is_missing(cell)}
    for row, cell in enumerate(cells):
        if cell in missing and not column.gaps:
            bad.append((row, column.name, "is missing, but no cell of this column was in training"))
        elif values[cell] is None:
            bad.append((row, column.name, f"'{cell[:40]}' is not {SHOULD_BE[column.kind]}"))
    return np.array([values[cell] for cell in cells], dtype=object if column.is_coded else np.float64)


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
