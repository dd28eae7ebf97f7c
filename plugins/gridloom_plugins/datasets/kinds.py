"""What a column of texts holds: numbers, dates, yes and no, categories or texts; and the array of it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from gridloom import Column
from gridloom_plugins.datasets.cells import (
    Rules,
    days_in,
    looks_like_a_date,
    looks_like_a_number,
    number_in,
    numbers_in,
)

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

Kind = Literal["numeric", "category", "boolean", "date", "text"]

FEW_VALUES = 20
SHARE = 0.05
MOST_VALUES = 1000
"""A column of texts is a category if it has few different ones: 20, or 5 % of the rows, but 1,000 at most."""

PAIRS = (("false", "true"), ("no", "yes"), ("f", "t"))
"""What booleans are called, in any case: 0 first."""

_BOOLEANS = {word: float(place) for pair in PAIRS for place, word in enumerate(pair)}
_AS_NUMBERS = {"0": 0.0, "1": 1.0}


@dataclass(frozen=True)
class Found:
    """A column, and its cells as an array of features holds them: see `gridloom.Column`."""

    column: Column
    values: NDArray[np.float64]


@dataclass(frozen=True)
class Wrong:
    """Cells of a column, by their rows, that do not go with the others, and what they should be."""

    name: str
    rows: list[int]
    should_be: Literal["numeric", "boolean", "date", "iso", "present"]


def read_column(name: str, cells: Sequence[str], kind: Kind | None, rules: Rules) -> Found | Wrong:
    """The column with these cells, of this kind or of the one that suits the cells; or what is wrong with it."""
    if kind in (None, "numeric") and rules.are_usual and (numbers := numbers_in(cells)) is not None:
        return found_of(name, "numeric", numbers)
    counts = Counter(cells)
    present = {text: count for text, count in counts.items() if not rules.is_missing(text)}
    if not present:
        return Wrong(name, [0], "present")
    found = kind or _kind(present, len(cells), rules)
    if found == "category" or found == "text":  # noqa: PLR1714  (mypy understands it so)
        texts = tuple(sorted(present))
        places = {text: float(place) for place, text in enumerate(texts)}
        return _mapped(name, found, cells, places, texts)
    if found == "iso":
        return Wrong(name, [row for row, cell in enumerate(cells) if looks_like_a_date(cell)], "iso")
    read = _READERS[found](rules)
    values = {text: read(text) for text in present}
    bad = {text for text, value in values.items() if value is None}
    if bad:
        return Wrong(name, [row for row, cell in enumerate(cells) if cell in bad], found)
    return _mapped(name, found, cells, values)


def _kind(present: Mapping[str, int], rows: int, rules: Rules) -> Kind | Literal["iso"]:
    """The kind that suits most of the cells, given how often each text occurs that does not mean missing."""
    if all(rules.number(text) is not None for text in present):
        return "numeric"
    if _is_one_pair(present):
        return "boolean"
    total = sum(present.values())

    def share(test: Callable[[str], bool]) -> float:
        return sum(count for text, count in present.items() if test(text)) / total

    if share(lambda text: days_in(text) is not None) >= MOSTLY:
        return "date"
    if share(looks_like_a_date) >= MOSTLY:
        return "iso"
    if share(lambda text: rules.number(text) is not None or looks_like_a_number(text)) >= MOSTLY:
        return "numeric"
    return category_or_text(len(present), rows)


MOSTLY = 0.5
"""A column of which so large a share are numbers, or dates, is one of numbers, or dates; the others are refused."""


def category_or_text(values: int, rows: int) -> Literal["category", "text"]:
    """What a column of so many different texts is."""
    return "category" if values <= min(MOST_VALUES, max(FEW_VALUES, SHARE * rows)) else "text"


def _is_one_pair(present: Mapping[str, int]) -> bool:
    words = {text.casefold() for text in present}
    return any(words <= {*pair} for pair in PAIRS)


def _read_boolean(_: Rules) -> Callable[[str], float | None]:
    def read(cell: str) -> float | None:
        number = number_in(cell)
        return _BOOLEANS.get(cell.casefold()) if number is None else _AS_NUMBERS.get(f"{number:g}")

    return read


_READERS: Mapping[str, Callable[[Rules], Callable[[str], float | None]]] = {
    "numeric": lambda rules: rules.number,
    "date": lambda _: days_in,
    "boolean": _read_boolean,
}


def _mapped(
    name: str, kind: Kind, cells: Sequence[str], values: Mapping[str, float | None], texts: tuple[str, ...] = ()
) -> Found:
    """The column whose cells stand for these values; NaN for all others."""
    nan = float("nan")
    return found_of(name, kind, [values.get(cell, nan) for cell in cells], texts)


def found_of(
    name: str, kind: Kind, values: Sequence[float | None] | NDArray[np.float64], texts: tuple[str, ...] = ()
) -> Found:
    """The column with these values, which has gaps where they are NaN."""
    import numpy as np

    array = np.array(values, np.float64)
    return Found(Column(name, kind, texts, gaps=bool(np.isnan(array).any())), array)


def side_by_side(found: Sequence[Found]) -> tuple[NDArray[np.float64], tuple[Column, ...]]:
    """The columns as an array of shape (rows, columns), and what they are; nothing where all are plain numbers."""
    import numpy as np

    X = np.empty((len(found[0].values), len(found)))
    for place, item in enumerate(found):
        X[:, place] = item.values
    columns = tuple(item.column for item in found)
    return X, () if all(column.kind == "numeric" and not column.gaps for column in columns) else columns
