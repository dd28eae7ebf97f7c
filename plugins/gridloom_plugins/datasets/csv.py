"""The data set `csv`: numbers and a target from a file of your own."""

from __future__ import annotations

import csv
import math
from collections.abc import Iterator, Sequence
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
    names = [name for name in table.header if name != target] if features is None else features
    table.require([target, *names])
    if not names:
        raise InvalidInput.at(Location(str(path), 1, 1), "there is no column to learn from beside the target")
    if target in names:
        raise InvalidInput.at(
            Location(str(path), 1, table.place(table.header, target)), f"the target '{target}' is among the features"
        )
    X = table.numbers(names)
    y, classes = _target(table, target, task)
    return Data(X, y, tuple(names), target, classes)


@dataclass(frozen=True)
class _Table:
    """The cells of a file, each row with the line it begins in."""

    path: Path
    header: list[str]
    rows: list[tuple[int, list[str]]]

    def require(self, names: Sequence[str]) -> None:
        missing = [name for name in names if name not in self.header]
        if missing:
            known = ", ".join(self.header)
            text = ", ".join(f"'{name}'" for name in missing)
            raise InvalidInput.at(Location(str(self.path), 1, 1), f"there is no column {text}; the header has: {known}")

    def column(self, name: str) -> list[tuple[Location, str]]:
        """The cells of a column with their places."""
        index = self.header.index(name)
        return [
            (Location(str(self.path), line, self.place(cells, name)), cells[index].strip()) for line, cells in self.rows
        ]

    def place(self, cells: Sequence[str], name: str) -> int:
        """The character (from 1) where a column's cell begins in its line, as long as no cell is quoted."""
        return 1 + sum(len(cell) + 1 for cell in cells[: self.header.index(name)])

    def numbers(self, names: Sequence[str]) -> NDArray[np.float64]:
        """The columns as an array of shape (rows, columns); InvalidInput with every cell that is no finite number."""
        import numpy as np

        columns = {name: [(place, cell, _number(cell)) for place, cell in self.column(name)] for name in names}
        problems = [
            Problem(place, f"column '{name}': {_complaint(cell)}")
            for name, cells in columns.items()
            for place, cell, number in cells
            if number is None
        ]
        if problems:
            problems.sort(key=lambda problem: (problem.location.line or 0, problem.location.column or 0))
            more = len(problems) - MAX_PROBLEMS
            extra = (
                [Problem(Location(str(self.path)), f"... and {more} more cells that are no numbers")]
                if more > 0
                else []
            )
            raise InvalidInput(problems[:MAX_PROBLEMS] + extra)
        return np.array([[number for _, _, number in columns[name]] for name in names], dtype=np.float64).T.copy()


def _read(path: Path, delimiter: str) -> _Table:
    try:
        with path.open(encoding="utf-8-sig", newline="") as file:
            rows = list(_rows(csv.reader(file, delimiter=delimiter, strict=True)))
    except UnicodeDecodeError:
        raise InvalidInput.at(Location(str(path)), "this is not UTF-8 text; save the file as UTF-8") from None
    except OSError as error:
        raise InvalidInput.at(Location(str(path)), f"cannot be read: {error.strerror}") from None
    if not rows:
        raise InvalidInput.at(Location(str(path), 1, 1), "the file is empty; it needs a header and rows")
    (_, header), *body = rows
    header = [name.strip() for name in header]
    doubles = sorted({name for name in header if header.count(name) > 1})
    if doubles:
        raise InvalidInput.at(Location(str(path), 1, 1), f"the header names the column '{doubles[0]}' twice")
    if not body:
        raise InvalidInput.at(Location(str(path), 2, 1), "there are no rows below the header")
    ragged = [
        Problem(Location(str(path), line, 1), f"this row has {len(cells)} cells, but the header has {len(header)}")
        for line, cells in body
        if len(cells) != len(header)
    ]
    if ragged:
        raise InvalidInput(ragged[:MAX_PROBLEMS])
    return _Table(path, header, body)


def _rows(reader: Any) -> Iterator[tuple[int, list[str]]]:
    """The rows that are not blank, each with the line it ends in."""
    try:
        for cells in reader:
            if cells:
                yield reader.line_num, cells
    except csv.Error as error:
        raise InvalidInput.at(Location("csv", reader.line_num), f"this line is not CSV: {error}") from None


def _number(cell: str) -> float | None:
    try:
        number = float(cell)
    except ValueError:
        return None
    return number if math.isfinite(number) and "_" not in cell else None


def _complaint(cell: str) -> str:
    if not cell:
        return "the cell is blank; fill it in or leave the row out"
    return f"'{cell[:40]}' is not a finite number"


def _target(table: _Table, name: str, task: str | None) -> tuple[NDArray[Any], tuple[str, ...]]:
    """The target, and the names of its classes (none for a number)."""
    import numpy as np

    cells = table.column(name)
    blank = [Problem(place, f"column '{name}': {_complaint(cell)}") for place, cell in cells if not cell]
    if blank:
        raise InvalidInput(blank[:MAX_PROBLEMS])
    numbers = [_number(cell) for _, cell in cells]
    whole = [int(number) for number in numbers if number is not None and number.is_integer()]
    is_number = len([number for number in numbers if number is not None]) == len(cells)
    is_classes = not is_number or (len(whole) == len(cells) and len(set(whole)) <= MAX_CLASSES)
    if task == "regression" or (task is None and not is_classes):
        return table.numbers([name])[:, 0], ()
    labels = [str(value) for value in whole] if len(whole) == len(cells) else [cell for _, cell in cells]
    classes = sorted(set(labels), key=lambda label: (_number(label) or 0.0, label))
    numbered = {label: number for number, label in enumerate(classes)}
    return np.array([numbered[label] for label in labels], dtype=np.int64), tuple(classes)


DATASET = Dataset(name="csv", summary="Numbers and a target from a CSV file.", load=load)
