"""How a CSV file is laid out: its encoding, what stands between cells, and lines above the table."""

from __future__ import annotations

import csv
import re
from collections.abc import Sequence
from dataclasses import dataclass
from io import StringIO
from itertools import islice
from pathlib import Path
from typing import Literal

from gridloom import InvalidInput, Location, Table, open_text, read_table, spelled
from gridloom_plugins.datasets.headers import Start, start_of

Encoding = Literal["utf-8", "latin-1", "cp1252", "utf-16"]

DELIMITERS = (",", ";", "\t", "|")
"""What may stand between cells where nobody says what does."""

LOOKED_AT = 100
"""In how many lines the delimiter is looked for."""

ENOUGH = 2**18
"""In lines of so many characters together it is looked for at least, where there are so many, and in three lines."""

FEWEST = 3

LONGEST = 4 * 2**20
"""How many characters of a line are read, at most."""

_EXCEL = re.compile(r'"?sep=(.)"?')
"""The line that tells Excel the delimiter."""

_MARK_OF_UTF_8 = "\ufeff".encode().decode("cp1252")
"""What the byte order mark of UTF-8 looks like in other encodings."""

_SAID = {"\t": "a tab"}


@dataclass(frozen=True)
class Layout:
    """A CSV file, its delimiter and encoding, how many lines stand above the table, and whether it has a header."""

    path: Path
    delimiter: str
    encoding: Encoding
    skip: int
    header: bool
    start: Start | None
    """Its first rows; None where they cannot be read, which `table` reports."""

    @property
    def is_plain(self) -> bool:
        """Whether the file holds UTF-8 text as it is, and nothing above the table."""
        return self.encoding == "utf-8" and not self.skip and self.path.suffix != ".gz"

    def table(self, most: int | None = None) -> Table:
        """The whole table, or its first rows; InvalidInput where the file is no table."""
        return read_table(
            self.path, self.delimiter, header=self.header, most=most, encoding=self.encoding, skip=self.skip
        )


def layout_of(
    path: Path,
    delimiter: str | None,
    encoding: Encoding,
    header: bool | None,
    *,
    named: Sequence[str] = (),
    comma_is_decimal: bool = False,
) -> Layout:
    """How a file is laid out; InvalidInput where two delimiters fit it, and for lines of comments above the table.

    `named` are columns that it must have.
    """
    lines = _first_lines(path, encoding)
    skip = 0
    if lines and (found := _EXCEL.fullmatch(lines[0].rstrip("\r\n"))):
        if delimiter not in (None, found[1]):
            raise InvalidInput.at(
                Location(str(path), 1, 1),
                f"the first line declares {_said(found[1])} as the delimiter, but the experiment {_said(delimiter)}",
            )
        delimiter, skip, lines = found[1], 1, lines[1:]
    if delimiter is None:
        delimiter = _delimiter(path, lines, () if header is False else named, comma_is_decimal=comma_is_decimal)
    _refuse_comments(path, lines, delimiter, skip)
    start = start_of(path, delimiter, encoding, skip)
    return Layout(path, delimiter, encoding, skip, header is not False, start)


def _first_lines(path: Path, encoding: Encoding) -> list[str]:
    """The first lines of the file; none where it cannot be read, which whoever reads all of it reports."""
    try:
        with open_text(path, encoding) as file:
            lines = []
            for line in islice(iter(lambda: file.readline(LONGEST), ""), LOOKED_AT):
                lines.append(line)
                if len(lines) >= FEWEST and sum(map(len, lines)) > ENOUGH:
                    break
    except InvalidInput:
        return []
    first = lines[0] if lines else ""
    if first.startswith(_MARK_OF_UTF_8):
        message = f"this file begins with the byte order mark of UTF-8, so it is not {encoding}; remove 'encoding'"
        raise InvalidInput.at(Location(str(path), 1, 1), message)
    if encoding in ("latin-1", "cp1252") and _is_of_utf_8("".join(lines), encoding):
        message = f"the letters of this file are encoded as UTF-8, so it is not {encoding}; remove 'encoding'"
        raise InvalidInput.at(Location(str(path), 1, 1), message)
    if "\0" in first:
        encoding_line = spelled("encoding", "utf-16")
        message = f"the first line contains NUL characters, like UTF-16 text; if so, write {encoding_line}"
        raise InvalidInput.at(Location(str(path), 1, 1), message)
    return lines


def _is_of_utf_8(text: str, encoding: Encoding) -> bool:
    """Whether a text that was read in this encoding has other letters than ASCII, and is text of UTF-8 as well."""
    if text.isascii():
        return False
    try:
        text.encode(encoding).decode("utf-8")
    except UnicodeError:
        return False
    return True


def _delimiter(path: Path, lines: Sequence[str], named: Sequence[str], *, comma_is_decimal: bool) -> str:
    """The only delimiter that parts all of these lines into equally many cells, two at least.

    Where none does, the one that parts the header, or a comma: whoever reads the table tells what is wrong with it.
    """
    parted = {one: _parted(lines, one) for one in DELIMITERS}
    wide = [one for one, rows in parted.items() if rows and len(rows[0]) > 1]
    fits = [one for one in wide if len({len(row) for row in parted[one]}) == 1]
    found = fits or wide
    if len(found) > 1 and named:
        found = [one for one in found if {*named} <= {*parted[one][0]}] or found
    if len(found) > 1 and comma_is_decimal:
        found = [one for one in found if one != ","]
    if len(found) > 1 and fits:
        both = " and ".join(_said(one) for one in found[:2])
        message = f"{both} both divide every line into equally many cells; name the delimiter with 'delimiter:'"
        raise InvalidInput.at(Location(str(path), 1, 1), message)
    return found[0] if len(found) == 1 else ","


def _parted(lines: Sequence[str], delimiter: str) -> list[list[str]]:
    """The cells of the rows that are not blank; without the last one, which may go on where the lines are not all."""
    text = "".join(lines)
    if delimiter not in text:
        return []
    try:
        rows = list(csv.reader(StringIO(text, newline=""), delimiter=delimiter, skipinitialspace=True))
    except csv.Error:
        return []
    if len(lines) == LOOKED_AT or len(text) > ENOUGH:
        rows = rows[:-1]
    return [[cell.strip() for cell in row] for row in rows if any(cell.strip() for cell in row)]


def _refuse_comments(path: Path, lines: Sequence[str], delimiter: str, skip: int) -> None:
    """Raise InvalidInput where the first line is a comment: it begins with # and is not as wide as the line below."""
    if not lines or not lines[0].lstrip().startswith("#"):
        return
    rows = _parted([line for line in lines if not line.lstrip().startswith("#")], delimiter)
    first = _parted(lines[:1], delimiter) or [[lines[0]]]
    if rows and len(rows[0]) != len(first[0]):
        message = "this line begins with '#', like a comment, and is not a header; delete comment lines"
        raise InvalidInput.at(Location(str(path), 1 + skip, 1), message)


def _said(delimiter: str | None) -> str:
    return _SAID.get(delimiter or "", f"'{delimiter}'")
