"""How a CSV file of new rows is laid out: as that of the training data was, or as the file itself shows that it is."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from gridloom.core.tables import Table, read_table
from gridloom.core.text_files import open_text
from gridloom.errors import InvalidInput

DELIMITERS = (",", ";", "\t", "|")

ONE_BYTE = ("cp1252", "latin-1")
"""Encodings in which any text of UTF-8 can be read too, as other letters."""

_EXCEL = re.compile(r'"?sep=(.)"?')
"""The line that tells Excel the delimiter."""

_MARKS_OF_UTF_16 = (b"\xff\xfe", b"\xfe\xff")

PART = 2**20
"""How many characters are read at a time."""


@dataclass(frozen=True)
class Layout:
    """What stands between the cells of a file, its encoding, how many lines stand above the table, and its header."""

    delimiter: str | None
    encoding: str | None
    skip: int
    header: bool

    def table(self, path: Path, wanted: Sequence[str]) -> Table:
        """The table in a file; its delimiter is the one that parts the header into most of the columns that are wanted.

        Of several it is the one that is known, else a comma. InvalidInput where the file is no table.
        """
        known = self.delimiter or ","
        heads = {one: self._head(path, one) for one in (known, *DELIMITERS)}
        delimiter = max(heads, key=lambda one: len({*wanted} & {*heads[one]}))  # the first one of equal ones
        return read_table(path, delimiter, header=self.header, encoding=self.encoding, skip=self.skip)

    def _head(self, path: Path, delimiter: str) -> list[str]:
        """The names of the columns, parted by this delimiter; none where no table can be read so."""
        try:
            head = read_table(path, delimiter, most=1, header=self.header, encoding=self.encoding, skip=self.skip)
        except InvalidInput:
            return []
        return head.header.cells


def layout_of(path: Path, dataset: Mapping[str, Any]) -> Layout:
    """How a file is laid out whose rows are like those that a data set with these options reads.

    What the file itself tells comes first: the mark of UTF-16, text of UTF-8, the line of Excel's that says the delimiter.
    """
    encoding = _encoding(path, dataset.get("encoding") or "utf-8")
    delimiter = dataset.get("delimiter")
    told = _EXCEL.fullmatch(_first_line(path, encoding).rstrip("\r\n"))
    if told:
        delimiter = told[1]
    known = delimiter if isinstance(delimiter, str) and len(delimiter) == 1 else None
    return Layout(
        known, None if encoding == "utf-8" else encoding, int(told is not None), dataset.get("header") is not False
    )


def _encoding(path: Path, told: str) -> str:
    """The encoding of a file if it is that of the training data; any other one is found when the file is read."""
    if path.is_file():
        with path.open("rb") as raw:
            if raw.read(2) in _MARKS_OF_UTF_16:
                return "utf-16"
    return "utf-8" if told in ONE_BYTE and _is_utf_8(path) else told


def _is_utf_8(path: Path) -> bool:
    """Whether all of a file is text of UTF-8, as that of another encoding is only where it has no other letters than ASCII."""
    try:
        for _ in _parts(path):
            pass
    except InvalidInput:
        return False
    return True


def _parts(path: Path) -> Iterator[str]:
    with open_text(path, "utf-8") as file:
        yield from iter(lambda: file.read(PART), "")


def _first_line(path: Path, encoding: str) -> str:
    """The first line of a file; nothing where it cannot be read, which whoever reads all of it reports."""
    try:
        with open_text(path, encoding) as file:
            return file.readline(PART)
    except InvalidInput:
        return ""
