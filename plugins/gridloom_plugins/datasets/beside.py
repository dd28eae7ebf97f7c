"""Columns that stand beside the features: groups, order, folds and weights of the rows."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from gridloom import InvalidInput, Location
from gridloom_plugins.datasets.cells import Rules, days_in

if TYPE_CHECKING:
    from numpy.typing import NDArray


def _number_or_day(rules: Rules, cells: Sequence[str]) -> list[float | None]:
    """Numbers; or days since 1970-01-01, where the first cell is a date."""
    if cells and days_in(cells[0]) is not None:
        return [days_in(cell) for cell in cells]
    return [rules.number(cell) for cell in cells]


def _group(rules: Rules, cells: Sequence[str]) -> list[float | None]:
    """The places of texts among all of them; missing ones are None."""
    places = {text: float(place) for place, text in enumerate(sorted({*cells}))}
    return [None if rules.is_missing(cell) else places[cell] for cell in cells]


def _fold(rules: Rules, cells: Sequence[str]) -> list[float | None]:
    numbers = [rules.number(cell) for cell in cells]
    return [number if number is not None and number.is_integer() and number >= -1 else None for number in numbers]


def _weight(rules: Rules, cells: Sequence[str]) -> list[float | None]:
    numbers = [rules.number(cell) for cell in cells]
    return [number if number is not None and number >= 0 else None for number in numbers]


_READERS: Mapping[str, tuple[Callable[[Rules, Sequence[str]], list[float | None]], str]] = {
    "groups": (_group, "is missing, but every row needs a group"),
    "order": (_number_or_day, "is not a place in order: write numbers in all rows, or ISO 8601 dates in all rows"),
    "folds": (_fold, "is not a fold: write a whole number from 0, or -1 for a row that is never tested"),
    "weights": (_weight, "is not a weight: write a number that is not negative"),
}


def read_beside(
    beside: Mapping[str, str],
    cells_of: Callable[[str], Sequence[str]],
    rules: Rules,
    place: Callable[[int, str], Location],
) -> dict[str, NDArray[Any]]:
    """The arrays of fields of `Data` by field, given the columns that hold them; InvalidInput for the first bad cell."""
    import numpy as np

    found: dict[str, NDArray[Any]] = {}
    for option, name in beside.items():
        read, complaint = _READERS[option]
        cells = cells_of(name)
        values = read(rules, cells)
        if None in values:
            row = values.index(None)
            raise InvalidInput.at(place(row, name), f"column '{name}' ({option}): '{cells[row][:40]}' {complaint}")
        array = np.array(values, np.float64)
        found[option] = array.astype(np.int64) if option in ("groups", "folds") else array
    return found
