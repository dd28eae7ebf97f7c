"""Whether the first line of a CSV file holds names of columns, or is a row that would be lost."""

from __future__ import annotations

import csv
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import islice
from pathlib import Path

from gridloom import InvalidInput, Location, open_text, spelled
from gridloom_plugins.datasets.cells import number_in

LOOKED_AT = 100_000
"""In how many cells below the first row its texts are looked for, in whole rows."""

NAMES_SHOWN = 3


@dataclass(frozen=True)
class Start:
    """The stripped cells of the first row and of some below it, and where the first one ends in the file."""

    first: list[str]
    below: list[list[str]]
    lines: int
    """How many lines of the file are read before the first row ends."""


def start_of(path: Path, delimiter: str, encoding: str = "utf-8", skip: int = 0) -> Start | None:
    """How a CSV file starts below its first `skip` lines; None where it cannot be read, which others report."""
    if not path.is_file():
        return None
    try:
        with open_text(path, encoding) as file:
            reader = csv.reader(
                islice(file, skip, None), delimiter=delimiter, strict=True, skipinitialspace=delimiter != " "
            )
            for cells in reader:
                if cells:
                    lines = reader.line_num
                    below = [[cell.strip() for cell in row] for row in islice(reader, 1 + LOOKED_AT // len(cells))]
                    return Start([cell.strip() for cell in cells], below, lines)
    except (csv.Error, InvalidInput):
        return None
    return None


def check_is_header(path: Path, start: Start) -> None:
    """Raise InvalidInput when the first line looks like data: to take it for names would lose a row."""
    if reason := _why_data(start):
        last = len(start.first) - 1
        raise InvalidInput.at(
            Location(str(path), 1, 1),
            f"the first line looks like data, not like column names: {reason}; write {spelled('header', False)} if it is a row "
            f"(columns are then called 0 to {last}), or {spelled('header', True)} if these are names",
        )


def _why_data(start: Start) -> str:
    """What makes the first row look like data: numbers that do not count columns, or texts that come again below."""
    numbers = [cell for cell in start.first if number_in(cell) is not None]
    if numbers and not _count_on(numbers, all_of_them=len(numbers) == len(start.first)):
        return f"{len(numbers)} of its {len(start.first)} cells are numbers ({_some(numbers)})"
    again = [
        cell
        for index, cell in enumerate(start.first)
        if cell and any(len(row) > index and row[index] == cell for row in start.below)
    ]
    return f"{_some(again)} occurs again below, in the same column" if again else ""


def _count_on(numbers: Sequence[str], *, all_of_them: bool) -> bool:
    """Whether these are whole numbers one after the other, as names of pixels or years are; from 0 or 1 without others."""
    if not all(cell.isdecimal() for cell in numbers):
        return False
    found = [int(cell) for cell in numbers]
    counts = found == list(range(found[0], found[0] + len(found)))
    return counts and (not all_of_them or found[0] in (0, 1))


def _some(cells: Sequence[str]) -> str:
    more = ", ..." if len(cells) > NAMES_SHOWN else ""
    return ", ".join(f"'{cell[:40]}'" for cell in cells[:NAMES_SHOWN]) + more
