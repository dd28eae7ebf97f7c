"""The data set `csv`: numbers and a target from a file of your own."""

from __future__ import annotations

import logging
import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Literal

from pydantic import Field

from gridloom import Data, Dataset, InputFile, InvalidInput, Location, Table, read_table
from gridloom_plugins.datasets.cells import any_number, number_in, numbers_in, numbers_of, refuse_cells
from gridloom_plugins.datasets.headers import Start, check_is_header, start_of
from gridloom_plugins.datasets.large_csv import LARGE, read_large

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

MAX_CLASSES = 20
"""Whole numbers with at most this many different values are classes, unless `task` says otherwise."""

_UNNAMED = re.compile(r"(Unnamed: \d+)?")
"""What a column is called that pandas wrote without a name, or read so and wrote again: mostly the number of the row."""

_log = logging.getLogger("gridloom")


def load(
    path: InputFile,
    target: str | int,
    features: list[str | int] | None = None,
    task: Literal["classification", "regression"] | None = None,
    delimiter: Annotated[str, Field(min_length=1, max_length=1)] = ",",
    drop: list[str | int] | None = None,
    header: bool | None = None,
) -> Data:
    """Read a CSV file in UTF-8, with a header or without.

    `path` is relative to the experiment file. `target` is the column to learn and `features` are the columns to learn
    from (null: all others that have a name); features must be numbers in every row. `drop` names columns that are not
    learned from, in place of `features`. A target of text is classes; so are whole numbers with at most 20 different
    values, unless `task` says regression. `delimiter` stands between cells. `header` says whether the first line holds
    the names of the columns; without, they are called 0, 1 and so on (null: it holds names, and is refused where it looks
    like data). Every problem is reported with line and column.
    """
    start = start_of(path, delimiter)
    if header is None and start:
        check_is_header(path, start)
    has_header = header is not False
    names, X, cells = _columns(path, delimiter, start, _Wanted(str(target), features, drop), has_header=has_header)
    if wrong := _wrong_cells(cells, task):
        refuse_cells(read_table(path, delimiter, header=has_header), str(target), wrong)
    y, classes = _target(cells, task)
    return Data(X, y, tuple(names), str(target), classes)


@dataclass(frozen=True)
class _Wanted:
    """The columns that are asked for."""

    target: str
    features: Sequence[str | int] | None
    drop: Sequence[str | int] | None

    def chosen(self, table: Table) -> list[str]:
        """The names of the columns to learn from; InvalidInput where they make no sense in this table."""
        drop = [str(name) for name in self.drop or ()]
        known = [name for name in table.header.cells if name != self.target]
        asked = known if self.features is None else [str(name) for name in self.features]
        table.require([self.target, *asked, *drop])
        if self.features is not None and self.drop is not None:
            raise InvalidInput.at(
                Location(str(table.path)), "'features' and 'drop' both say what to learn from; give one"
            )
        if doubles := [name for name, times in Counter(asked).items() if times > 1]:
            raise InvalidInput.at(
                table.header.place(table.path, table.index(doubles[0])), f"'{doubles[0]}' is twice among the features"
            )
        for option, names in (("the features", asked), ("what to drop", drop)):
            if self.target in names:
                place = table.header.place(table.path, table.index(self.target))
                raise InvalidInput.at(place, f"the target '{self.target}' is among {option}")
        excluded = set(drop)
        names = [name for name in asked if name not in excluded]
        unnamed = [name for name in names if _UNNAMED.fullmatch(name)] if self.features is None else []
        names = [name for name in names if name not in unnamed]
        if unnamed:
            _tell_unnamed(table, unnamed)
        if not names:
            raise InvalidInput.at(Location(str(table.path), 1, 1), "there is no column to learn from beside the target")
        return names


def _tell_unnamed(table: Table, names: Sequence[str]) -> None:
    """Say that columns without a name are not learned from."""
    place = table.header.place(table.path, table.index(names[0]))
    if table.header.cells[-1] == "" and len(table.rows) > 1 and not any(row.cells[-1] for row in table.rows):
        _log.warning(
            "%s: every line ends in a delimiter, which makes a last column without name and values; nothing is learned from it",
            table.header.place(table.path, len(table.header.cells) - 1),
        )
        names = names[:-1]
    if not names:
        return
    said = ", ".join(f"'{name}'" for name in names)
    _log.warning(
        "%s: the column %s has no name, as the row numbers that pandas writes, so nothing is learned from it; list it "
        "under 'features' to learn from it, or under 'drop' to say so yourself",
        place,
        said,
    )


def _columns(
    path: Path, delimiter: str, start: Start | None, wanted: _Wanted, *, has_header: bool
) -> tuple[list[str], NDArray[np.float64], list[str]]:
    """The names of the features, their numbers of shape (rows, features), and the cells of the target."""
    if start and path.stat().st_size >= LARGE:
        head = read_table(path, delimiter, header=has_header, most=1)
        known, names = head.header.cells, wanted.chosen(head)
        if found := read_large(path, delimiter, start, known, names, wanted.target, header=has_header):
            return names, *found
    table = read_table(path, delimiter, header=has_header)
    names = wanted.chosen(table)
    return names, numbers_of(table, names), table.column(wanted.target)


def _wrong_cells(cells: Sequence[str], task: str | None) -> list[int]:
    """The rows whose cells cannot be a target: blank ones; with numbers alone, those that are not finite; see `task`."""
    blank = [row for row, cell in enumerate(cells) if not cell]
    if blank:
        return blank
    has_numbers_alone = all(any_number(cell) is not None for cell in cells)
    return (
        [row for row, cell in enumerate(cells) if number_in(cell) is None]
        if task == "regression" or has_numbers_alone
        else []
    )


def _target(cells: Sequence[str], task: str | None) -> tuple[NDArray[Any], tuple[str, ...]]:
    """The target, and the names of its classes (none for a number)."""
    import numpy as np

    numbers = numbers_in(cells)
    is_whole = numbers is not None and all(number.is_integer() for number in numbers)
    is_number = numbers is not None and not (is_whole and len(set(numbers)) <= MAX_CLASSES)
    if numbers is not None and (task == "regression" or (task is None and is_number)):
        return np.array(numbers), ()
    labels = [str(int(number)) for number in numbers] if numbers is not None and is_whole else list(cells)
    classes = sorted(set(labels), key=lambda label: (number_in(label) or 0.0, label))
    numbered = {label: number for number, label in enumerate(classes)}
    return np.array([numbered[label] for label in labels], dtype=np.int64), tuple(classes)


DATASET = Dataset(name="csv", summary="Numbers and a target from a CSV file.", load=load)
