"""What a cell of a CSV file holds, and complaints about those that hold no number."""

from __future__ import annotations

import math
from collections.abc import Sequence
from operator import itemgetter
from typing import TYPE_CHECKING

from gridloom import Table

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

FEW = 3
"""Up to so many bad cells of a column are listed one by one; of more, the first one is, and the others are counted."""


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


def numbers_of(table: Table, names: Sequence[str]) -> NDArray[np.float64]:
    """The columns as an array of shape (rows, columns); InvalidInput where cells are no finite numbers."""
    import numpy as np

    X = _all_numbers(table, names)
    if X is not None:
        return X
    X = np.empty((len(table.rows), len(names)))
    bad: list[tuple[int, str, str]] = []
    for place, name in enumerate(names):
        cells = table.column(name)
        found = numbers_in(cells)
        if found is None:
            bad += _complaints(name, cells)
        else:
            X[:, place] = found
    table.refuse(bad, "cells that are no numbers")
    return X


def _all_numbers(table: Table, names: Sequence[str]) -> NDArray[np.float64] | None:
    """The same row by row, which is fast for few columns and for many; None where some cell needs a closer look."""
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


def refuse_cells(table: Table, name: str, rows: Sequence[int]) -> None:
    """Raise InvalidInput for cells of a column that hold no finite number, if there are any."""
    cells = table.column(name)
    table.refuse([(row, name, _complaint(cells[row])) for row in rows], "cells that are no numbers")


def _complaints(name: str, cells: Sequence[str]) -> list[tuple[int, str, str]]:
    """What is wrong with a column, for `Table.refuse`: each of a few bad cells, or the first of many and their number."""
    rows = [row for row, cell in enumerate(cells) if number_in(cell) is None]
    if len(rows) <= FEW:
        return [(row, name, _complaint(cells[row])) for row in rows]
    first = rows[0]
    if not any(cells[row] for row in rows):
        said = f"the cell is blank, as are {len(rows) - 1:,} more of {len(cells):,}; fill them in or exclude the column"
        return [(first, name, f"{said} by 'drop: [{name}]'")]
    texts = len({cells[row] for row in rows})
    said = f"'{cells[first][:40]}' is not a finite number, nor are {len(rows) - 1:,} more of {len(cells):,} cells"
    what = f" ({texts:,} different texts)" if texts > 1 else ""
    advice = f"exclude the column by 'drop: [{name}]', or write numbers for its values in a data set of your own"
    return [(first, name, f"{said}{what}; {advice}")]


def _complaint(cell: str) -> str:
    if not cell:
        return "the cell is blank; fill it in or leave the row out"
    return f"'{cell[:40]}' is not a finite number"
