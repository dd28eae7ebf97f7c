"""Strict CSV: a header and rows of its length, and the line and column of every cell."""

from __future__ import annotations

import csv
import gc
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cached_property
from itertools import islice
from pathlib import Path

from gridloom.core.text_files import open_text
from gridloom.errors import InvalidInput, Location, Problem, near, nearest

MAX_PROBLEMS = 20
"""How many problems of one file are listed."""

SHOWN_NAMES = 30
"""How many names of columns a message lists."""


@dataclass(frozen=True, slots=True)
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
            is_space = at_start and character == " "  # a quote behind spaces begins a quoted cell
            at_start = ends or is_space or (toggles and not quoted)  # a doubled quote goes on with its cell
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
        missing = [name for name in names if name not in self._indexes]
        if not missing:
            return
        known = self.header.cells
        if len(known) == 1 and set(known[0]) & set(";\t|,"):
            advice = f"the header is one cell, '{known[0]}'; is '{self.header.delimiter}' the delimiter?"
        elif len(missing) == 1 and near(missing[0], known):
            advice = nearest(missing[0], known)
        else:
            more = f" and {len(known) - SHOWN_NAMES:,} more" if len(known) > SHOWN_NAMES else ""
            advice = f"the header has: {', '.join(known[:SHOWN_NAMES])}{more}"
        text = ", ".join(f"'{name}'" for name in missing[:SHOWN_NAMES])
        raise InvalidInput.at(Location(str(self.path), 1, 1), f"there is no column {text}; {advice}")

    def index(self, name: str) -> int:
        """The place of a column, from 0; ValueError if it does not exist."""
        if name not in self._indexes:
            raise ValueError(f"there is no column {name!r}")
        return self._indexes[name]

    def column(self, name: str) -> list[str]:
        """The cells of a column."""
        index = self.index(name)
        return [row.cells[index] for row in self.rows]

    def refuse(self, bad: Sequence[tuple[int, str, str]], what: str) -> None:
        """Raise InvalidInput for these cells, each a row number, a column and a complaint, if there are any.

        They are listed in the order of the file, up to MAX_PROBLEMS of them; the message calls the others `what`.
        """
        in_order = sorted(bad, key=lambda cell: (cell[0], self.index(cell[1])))
        problems = [
            Problem(self.rows[row].place(self.path, self.index(name)), f"column '{name}': {complaint}")
            for row, name, complaint in in_order[:MAX_PROBLEMS]
        ]
        _raise(self.path, problems, len(bad), what)

    @cached_property
    def _indexes(self) -> dict[str, int]:
        return {name: index for index, name in enumerate(self.header.cells)}


def read_table(
    path: Path,
    delimiter: str = ",",
    *,
    header: bool = True,
    most: int | None = None,
    encoding: str | None = None,
    skip: int = 0,
) -> Table:
    """Read the table in a CSV file of up to 2 GiB, or at `most` its first rows.

    Without `header` the first line is a row, and the columns are called "0", "1" and so on. White space around cells is
    ignored, and quotes may follow it. `encoding` is UTF-8 by default, with or without a byte order mark; `skip` is the
    number of lines to skip at the start. A file whose name ends in `.gz` is decompressed. Raises InvalidInput when the
    file has no header, no rows, or rows of different lengths, and when the path is not a regular file.
    """
    with open_text(path, encoding) as file, _no_garbage():
        rows = list(islice(_rows(path, file, delimiter, skip), None if most is None else most + header))
    if not rows:
        raise InvalidInput.at(Location(str(path), 1, 1), "the file is empty; it needs a header and rows")
    head, body = (rows[0], rows[1:]) if header else (_numbered(rows[0]), rows)
    _check_header(path, head)
    if not body:
        raise InvalidInput.at(Location(str(path), 2, 1), "there are no rows below the header")
    width = len(head.cells)
    ragged = [row for row in body if len(row.cells) != width]
    there = "the header" if header else "the first row"
    problems = [
        Problem(row.place(path, 0), f"this row has {len(row.cells)} cells, but {there} has {width}")
        for row in ragged[:MAX_PROBLEMS]
    ]
    _raise(path, problems, len(ragged), "rows of another length")
    return Table(path, head, body)


@contextmanager
def _no_garbage() -> Iterator[None]:
    """Look for no garbage among the millions of cells that stay: it would take half of the time."""
    was_enabled = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_enabled:
            gc.enable()


def _numbered(first: Row) -> Row:
    """A header of numbers for a file that has none, from its first row."""
    return Row(first.line, first.text, [str(number) for number in range(len(first.cells))], first.delimiter)


def _check_header(path: Path, header: Row) -> None:
    doubles = sorted(name for name, times in Counter(header.cells).items() if times > 1)
    if doubles:
        raise InvalidInput.at(Location(str(path), 1, 1), f"the header names the column '{doubles[0]}' twice")


def _raise(path: Path, problems: Sequence[Problem], number: int, what: str) -> None:
    more = number - len(problems)
    rest = [Problem(Location(str(path)), f"... and {more} more {what}")] if more else []
    if problems:
        raise InvalidInput([*problems, *rest])


def _rows(path: Path, lines: Iterable[str], delimiter: str, skip: int) -> Iterator[Row]:
    """The rows below the first `skip` lines that are not blank; a line of white space is."""
    consumed: list[str] = []

    def noted() -> Iterator[str]:
        for line in islice(lines, skip, None):
            consumed.append(line)
            yield line

    reader = csv.reader(noted(), delimiter=delimiter, strict=True, skipinitialspace=delimiter != " ")
    begin = 1 + skip
    try:
        for cells in reader:
            if cells and (len(cells) > 1 or cells[0].strip()):
                text = consumed[0] if len(consumed) == 1 else "".join(consumed)
                has_space = " " in text or len(text.split()) > 1 or text[0].isspace()
                row = Row(begin, text, [cell.strip() for cell in cells] if has_space else cells, delimiter)
                if has_space and '"' in text:
                    _check_quotes(path, row, cells)
                yield row
            begin += len(consumed)
            consumed.clear()
    except csv.Error as error:
        raise InvalidInput.at(
            Location(str(path), begin), f"this line is not CSV: {_in_words(error, delimiter)}"
        ) from None


def _in_words(error: csv.Error, delimiter: str) -> str:
    """What the module csv says, in words where people meet it."""
    text = str(error)
    if "expected after" not in text:
        return text
    return (
        f"a closing quote must be followed by {delimiter!r} or the end of the line; remove the spaces after it, and "
        f"double a quote that is part of a cell"
    )


def _check_quotes(path: Path, row: Row, cells: Sequence[str]) -> None:
    """Raise InvalidInput for a quote behind white space other than spaces: it would be taken for a part of the cell."""
    for index, (cell, stripped) in enumerate(zip(cells, row.cells, strict=True)):
        if stripped.startswith('"') and not cell.startswith('"'):
            message = "this cell begins with white space before its quote, so that the quote would be part of it"
            raise InvalidInput.at(row.place(path, index), f"{message}; remove the white space")
