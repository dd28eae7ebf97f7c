"""Strict CSV: a header and rows of its length, and the line and column of every cell."""

from __future__ import annotations

import csv
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from gridloom.errors import InvalidInput, Location, Problem, near, nearest

MAX_PROBLEMS = 20
"""How many problems of one file are listed."""


@dataclass(frozen=True)
class Row:
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
class Table:
    """The rows of a file, each as long as the header."""

    path: Path
    header: Row
    rows: list[Row]

    def require(self, names: Sequence[str]) -> None:
        """Raise InvalidInput when the header lacks one of these columns."""
        known = self.header.cells
        missing = [name for name in names if name not in known]
        if not missing:
            return
        if len(known) == 1 and set(known[0]) & set(";\t|,"):
            advice = f"the header is one cell, '{known[0]}'; is '{self.header.delimiter}' the delimiter?"
        elif len(missing) == 1 and near(missing[0], known):
            advice = nearest(missing[0], known)
        else:
            advice = f"the header has: {', '.join(known)}"
        text = ", ".join(f"'{name}'" for name in missing)
        raise InvalidInput.at(Location(str(self.path), 1, 1), f"there is no column {text}; {advice}")

    def index(self, name: str) -> int:
        """The place of a column, from 0."""
        return self.header.cells.index(name)

    def column(self, name: str) -> list[str]:
        """The cells of a column."""
        index = self.index(name)
        return [row.cells[index] for row in self.rows]

    def refuse(self, bad: Sequence[tuple[int, str, str]], what: str) -> None:
        """Raise InvalidInput for these cells, each a row number, a column and a complaint, if there are any.

        They are listed in the order of the file, the first MAX_PROBLEMS of them; `what` they are is said of the others.
        """
        in_order = sorted(bad, key=lambda cell: (cell[0], self.index(cell[1])))
        problems = [
            Problem(self.rows[row].place(self.path, self.index(name)), f"column '{name}': {complaint}")
            for row, name, complaint in in_order[:MAX_PROBLEMS]
        ]
        _raise(self.path, problems, len(bad), what)


def read_table(path: Path, delimiter: str = ",") -> Table:
    """The table in a CSV file in UTF-8; InvalidInput when it has no header, no rows, or rows of another length."""
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
    return Table(path, header, body)


def _raise(path: Path, problems: Sequence[Problem], number: int, what: str) -> None:
    more = number - len(problems)
    rest = [Problem(Location(str(path)), f"... and {more} more {what}")] if more else []
    if problems:
        raise InvalidInput([*problems, *rest])


def _rows(path: Path, lines: Iterable[str], delimiter: str) -> Iterator[Row]:
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
                yield Row(begin, "".join(consumed), [cell.strip() for cell in cells], delimiter)
            begin += len(consumed)
            consumed.clear()
    except csv.Error as error:
        raise InvalidInput.at(Location(str(path), begin), f"this line is not CSV: {error}") from None
