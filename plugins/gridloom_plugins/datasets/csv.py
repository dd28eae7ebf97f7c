"""The data set `csv`: numbers and a target from a file of your own."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import TYPE_CHECKING, Annotated, Any, Literal

from pydantic import Field

from gridloom import Data, Dataset, InputFile, InvalidInput, Location, Table, read_table

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

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
    with at most 20 different values, unless `task` says regression. `delimiter` stands between cells. Every problem is reported with line and column.
    """
    table = read_table(path, delimiter)
    names = [name for name in table.header.cells if name != target] if features is None else features
    table.require([target, *names])
    if not names:
        raise InvalidInput.at(Location(str(path), 1, 1), "there is no column to learn from beside the target")
    if target in names:
        place = table.header.place(path, table.index(target))
        raise InvalidInput.at(place, f"the target '{target}' is among the features")
    X = _numbers(table, names)
    y, classes = _target(table, target, task)
    return Data(X, y, tuple(names), target, classes)


def _numbers(table: Table, names: Sequence[str]) -> NDArray[np.float64]:
    """The columns as an array of shape (rows, columns); InvalidInput with every cell that is no finite number."""
    import numpy as np

    columns = [[_number(cell) for cell in table.column(name)] for name in names]
    _refuse(
        table,
        [
            (row, name)
            for name, numbers in zip(names, columns, strict=True)
            for row, number in enumerate(numbers)
            if number is None
        ],
    )
    return np.array(columns, dtype=np.float64).T.copy()


def _refuse(table: Table, bad: Sequence[tuple[int, str]]) -> None:
    """Raise InvalidInput for these cells, each a row number and a column, if there are any."""
    complaints = [(row, name, _complaint(table.rows[row].cells[table.index(name)])) for row, name in bad]
    table.refuse(complaints, "cells that are no numbers")


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


def _target(table: Table, name: str, task: str | None) -> tuple[NDArray[Any], tuple[str, ...]]:
    """The target, and the names of its classes (none for a number)."""
    import numpy as np

    cells = table.column(name)
    _refuse(table, [(row, name) for row, cell in enumerate(cells) if not cell])
    numbers = [number for cell in cells if (number := _any_number(cell)) is not None]
    if len(numbers) == len(cells) and not all(map(math.isfinite, numbers)):
        _numbers(table, [name])  # raises: a nan among numbers is no class
    is_whole = len(numbers) == len(cells) and all(number.is_integer() for number in numbers)
    is_number = len(numbers) == len(cells) and not (is_whole and len(set(numbers)) <= MAX_CLASSES)
    if task == "regression" or (task is None and is_number):
        return _numbers(table, [name])[:, 0], ()
    labels = [str(int(number)) for number in numbers] if is_whole else cells
    classes = sorted(set(labels), key=lambda label: (_number(label) or 0.0, label))
    numbered = {label: number for number, label in enumerate(classes)}
    return np.array([numbered[label] for label in labels], dtype=np.int64), tuple(classes)


DATASET = Dataset(name="csv", summary="Numbers and a target from a CSV file.", load=load)
