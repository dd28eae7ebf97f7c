"""What a cell of a table says: a number, a date, or nothing."""

from __future__ import annotations

import math
import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import cached_property
from operator import itemgetter
from typing import TYPE_CHECKING, Literal

from gridloom import Table

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

Decimal = Literal[".", ","]

MISSING = frozenset(("NA", "N/A", "n/a", "#N/A", "<NA>", "NaN", "nan", "NULL", "null", "None", "?"))
"""Texts that mean missing where nobody says what does; a blank cell always is."""

_DATE = re.compile(r"\d{4}-\d\d-\d\d(?:[T ]\d\d:\d\d(?::\d\d(?:[.,]\d{1,9})?)?(?: ?Z|[+-]\d\d(?::?\d\d)?)?)?")
"""A date or a date and time of ISO 8601; a space may stand for the T."""

_OTHER_DATE = re.compile(r"\d{1,2}([./-])\d{1,2}\1\d{2,4}(?:[ T]\d\d?:\d\d.*)?|\d{4}([./])\d{1,2}\2\d{1,2}(?:[ T].*)?")

_NUMBERLIKE = re.compile(r"[-+(]?[$€£¥]?\s?[-+]?\d[\d.,'\u2019\s]*\s?[%$€£¥]?\)?")
"""Numbers as people write them: with separators of thousands, a decimal comma, a currency or per cent."""

_DECIMAL_COMMA = re.compile(r"[-+]?\d+,\d+(?:[eE][-+]?\d+)?")

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)

_DAY = timedelta(days=1)


@dataclass(frozen=True)
class Rules:
    """How cells are read: the texts that mean missing, and the decimal mark."""

    missing: frozenset[str] = MISSING
    decimal: Decimal = "."

    @property
    def are_usual(self) -> bool:
        """Whether nothing is said of them."""
        return self == Rules()

    def is_missing(self, cell: str) -> bool:
        """Whether a cell is blank, or says that its value is missing; a number may be written in several ways."""
        if not cell or cell in self.missing:
            return True
        if not self.missing_numbers:
            return False
        number = self.number(cell)
        return number is not None and number in self.missing_numbers

    def number(self, cell: str) -> float | None:
        """The finite number that a cell holds, or None."""
        if self.decimal == ",":
            if "." in cell:
                return None
            cell = cell.replace(",", ".")
        return number_in(cell)

    @cached_property
    def missing_numbers(self) -> frozenset[float]:
        """The numbers that mean missing, such as -99."""
        if self.missing is MISSING:
            return frozenset()
        return frozenset(number for text in self.missing if (number := self.number(text)) is not None)


def any_number(cell: str) -> float | None:
    """The number that a cell holds, finite or not, or None."""
    try:
        return None if "_" in cell else float(cell)
    except ValueError:
        return None


def number_in(cell: str) -> float | None:
    """The finite number that a cell holds, or None."""
    number = any_number(cell)
    return number if number is not None and math.isfinite(number) else None


def looks_like_a_number(cell: str) -> bool:
    """Whether a cell holds a number as people write it, with a comma, a currency and the like, or an infinite one."""
    return any_number(cell) is not None or _NUMBERLIKE.fullmatch(cell) is not None


def has_decimal_comma(cell: str) -> bool:
    """Whether a cell would be a number if a comma were the decimal mark."""
    return _DECIMAL_COMMA.fullmatch(cell) is not None


def looks_like_a_date(cell: str) -> bool:
    """Whether a cell holds a date in another notation than ISO 8601, such as 31.12.2026 or 12/31/26."""
    return _OTHER_DATE.fullmatch(cell) is not None


def days_in(cell: str) -> float | None:
    """The days since 1970-01-01 that a date of ISO 8601 stands for, in UTC if it has no zone; None for anything else."""
    if not _DATE.fullmatch(cell):
        return None
    try:
        found = datetime.fromisoformat(cell.replace(" Z", "Z"))
    except ValueError:
        return None
    return ((found if found.tzinfo else found.replace(tzinfo=UTC)) - _EPOCH) / _DAY


def all_numbers(table: Table, names: Sequence[str]) -> NDArray[np.float64] | None:
    """The columns as an array of shape (rows, columns), if all cells are finite numbers; None otherwise.

    Row by row, which is fast for few columns and for many.
    """
    import numpy as np

    if any("_" in row.text for row in table.rows):
        return None
    indexes = [table.index(name) for name in names]
    pick = itemgetter(*indexes) if len(indexes) > 1 else lambda cells: (cells[indexes[0]],)
    numbers = (number for row in table.rows for number in map(float, pick(row.cells)))
    try:
        X = np.fromiter(numbers, np.float64, len(table.rows) * len(names)).reshape(len(table.rows), len(names))
    except ValueError:
        return None
    return X if np.isfinite(X).all() else None


def numbers_in(cells: Sequence[str]) -> list[float] | None:
    """The numbers in these cells; None where one holds no finite number."""
    try:
        found = list(map(float, cells))
    except ValueError:
        return None
    return found if all(map(math.isfinite, found)) and not any("_" in cell for cell in cells) else None
