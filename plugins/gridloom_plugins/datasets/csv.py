"""The data set `csv`: numbers and a target from a file of your own."""

from __future__ import annotations

import csv
import math
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Literal

from pydantic import Field

from gridloom import Data, Dataset, InputFile, InvalidInput, Location, Problem

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

MAX_PROBLEMS = 20
"""How many problems of one file are listed."""

MAX_CLASSES = 20
"""Whole numbers with at most this many different values are classes, unless `task` says otherwise."""


def load(
    path: InputFile,
    target: str,
    features: list[str] | None = None,
    task: Literal["classification", "regression"] | None = None,
    delimiter: Annotated[str, Field(min_length=1, max_length=1)] = ",",
) -> Data:
    """Read a CSV file in UTF-8 with a header.

    `path` is relative to the experiment file. `target` is the column to learn and `features` are the columns to learn
    from (null: all others); features must be numbers in every row. A target of text is classes; so are whole numbers
    with at most 20 different values, unless `task` says regression. Every problem is reported with line and column.
    """
    table = _read(path, delimiter)
    names = [name for name in table.header.cells if name != target] if features is None else features
    table.require([target, *names])
    if not names:
        raise InvalidInput.at(Location(str(path), 1, 1), "there is no column to learn from beside the target")
    if target in names:
        place = table.header.place(path, table.index(target))
        raise InvalidInput.at(place, f"the target '{target}' is among the features")
    X = table.numbers(names)
    y, classes = _target(table, target, task)
    return Data(X, y, tuple(names), target, classes)


@dataclass(frozen=True)
class _Row:
    """The stripped cells of a row, and its text as it stands in the file from line `line` on."""

    line: int
    text: str
    cells: list[str]
    delimiter: str

    def place(self, path: Path, index: int) -> Location:
        """Where the cell with this index begins."""
        line, column, quoted, at_start = self.line, 1, False, True
        for character in self.text:
            if index == 0:
                break
            toggles = character == '"' and (quoted or at_start)
            quoted ^= toggles
            ends = character == self.delimiter and not quoted
            index -= ends
            at_start = ends or (toggles and not quoted)  # a quote doubled inside a quoted cell goes on with it
            line, column = (line + 1, 1) if character == "\n" else (line, column + 1)
        return Location(str(path), line, column)


@dataclass(frozen=True)
class _Table:
    """The rows of a file, each as long as the header."""

    path: Path
    header: _Row
    rows: list[_Row]

    def require(self, names: Sequence[str]) -> None:
        missing = [name for name in names if name not in self.header.cells]
        if missing:
            known = ", ".join(self.header.cells)
            text = ", ".join(f"'{name}'" for name in missing)
            raise InvalidInput.at(Location(str(self.path), 1, 1), f"there is no column {text}; the header has: {known}")

    def index(self, name: str) -> int:
        return self.header.cells.index(name)

    def column(self, name: str) -> list[str]:
        index = self.index(name)
        return [row.cells[index] for row in self.rows]

    def numbers(self, names: Sequence[str]) -> NDArray[np.float64]:
        """The columns as an array of shape (rows, columns); InvalidInput with every cell that is no finite number."""
        import numpy as np

        columns = [[_number(cell) for cell in self.column(name)] for name in names]
        bad = [
            (row, name)
            for name, numbers in zip(names, columns, strict=True)
            for row, number in enumerate(numbers)
            if number is None
        ]
        self.refuse(sorted(bad, key=lambda cell: (cell[0], self.index(cell[1]))))
        return np.array(columns, dtype=np.float64).T.copy()

    def refuse(self, bad: Sequence[tuple[int, str]]) -> None:
        """Raise InvalidInput for these cells, each a row number and a column, if there are any."""
        problems = [
            Problem(
                self.rows[row].place(self.path, self.index(name)),
                f"column '{name}': {_complaint(self.rows[row].cells[self.index(name)])}",
            )
            for row, name in bad[:MAX_PROBLEMS]
        ]
        _raise(self.path, problems, len(bad), "cells that are no numbers")


def _raise(path: Path, problems: Sequence[Problem], number: int, what: str) -> None:
    more = number - len(problems)
    rest = [Problem(Location(str(path)), f"... and {more} more {what}")] if more else []
    if problems:
        raise InvalidInput([*problems, *rest])


def _read(path: Path, delimiter: str) -> _Table:
    try:
        with path.open(encoding="utf-8-sig", newline="") as file:
            rows = list(_rows(path, file, delimiter))
    except UnicodeDecodeError:
        raise InvalidInput.at(Location(str(path)), "this is not UTF-8 text; save the file as UTF-8") from None
    except OSError as error:
        raise InvalidInput.at(Location(str(path)), f"cannot be read: {error.strerror}") from None
    if not rows:
        raise InvalidInput.at(Location(str(path), 1, 1), "the file is empty; it needs a header and rows")
    header, *body = rows
    doubles = sorted({name for name in header.cells if header.cells.count(name) > 1})
    if doubles:
        raise InvalidInput.at(Location(str(path), 1, 1), f"the header names the column '{doubles[0]}' twice")
    if not body:
        raise InvalidInput.at(Location(str(path), 2, 1), "there are no rows below the header")
    width = len(header.cells)
    ragged = [row for row in body if len(row.cells) != width]
    problems = [
        Problem(row.place(path, 0), f"this row has {len(row.cells)} cells, but the header has {width}")
        for row in ragged[:MAX_PROBLEMS]
    ]
    _raise(path, problems, len(ragged), "rows of another length")
    return _Table(path, header, body)


def _rows(path: Path, lines: Iterable[str], delimiter: str) -> Iterator[_Row]:
    """The rows that are not blank."""
    consumed: list[str] = []

    def noted() -> Iterator[str]:
        for line in lines:
            consumed.append(line)
            yield line

    reader = csv.reader(noted(), delimiter=delimiter, strict=True)
    begin = 1
    try:
        for cells in reader:
            if cells:
                yield _Row(begin, "".join(consumed), [cell.strip() for cell in cells], delimiter)
            begin += len(consumed)
            consumed.clear()
    except csv.Error as error:
        raise InvalidInput.at(Location(str(path), begin), f"this line is not CSV: {error}") from None


def _number(cell: str) -> float | None:
    """The finite number that a cell holds, or None."""
    number = _any_number(cell)
    return number if number is not None and math.isfinite(number) else None


def _any_number(cell: str) -> float | None:
    try:
        return None if "_" in cell else float(cell)
    except ValueError:
        return None


def _complaint(cell: str) -> str:
    if not cell:
        return "the cell is blank; fill it in or leave the row out"
    return f"'{cell[:40]}' is not a finite number"


def _target(table: _Table, name: str, task: str | None) -> tuple[NDArray[Any], tuple[str, ...]]:
    """The target, and the names of its classes (none for a number)."""
    import numpy as np

    cells = table.column(name)
    table.refuse([(row, name) for row, cell in enumerate(cells) if not cell])
    numbers = [number for cell in cells if (number := _any_number(cell)) is not None]
    if len(numbers) == len(cells) and not all(map(math.isfinite, numbers)):
        table.numbers([name])  # raises: a nan among numbers is no class
    is_whole = len(numbers) == len(cells) and all(number.is_integer() for number in numbers)
    is_number = len(numbers) == len(cells) and not (is_whole and len(set(numbers)) <= MAX_CLASSES)
    if task == "regression" or (task is None and is_number):
        return table.numbers([name])[:, 0], ()
    labels = [str(int(number)) for number in numbers] if is_whole else cells
    classes = sorted(set(labels), key=lambda label: (_number(label) or 0.0, label))
    numbered = {label: number for number, label in enumerate(classes)}
    return np.array([numbered[label] for label in labels], dtype=np.int64), tuple(classes)


DATASET = Dataset(name="csv", summary="Numbers and a target from a CSV file.", load=load)
