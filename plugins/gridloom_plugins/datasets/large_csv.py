"""Reads large CSV files fast, by pandas, where nothing in them needs a closer look."""

from __future__ import annotations

import io
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, Any

from gridloom_plugins.datasets.layout import Layout

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

LARGE = 4 * 2**20
"""From so many bytes on a file is read by pandas, which takes half a second to import."""

WIDE = 2_000
"""Of so many columns on, pandas is slower than the standard library."""

NUMBERS = "iuf"
"""Kinds of arrays whose values pandas has read as numbers."""

STEP = 4096
"""How many rows are put together at a time."""

QUOTE = ord('"')
NEW_LINE = ord("\n")
RETURN = ord("\r")


@dataclass
class Large:
    """The columns of a large file, which pandas has parsed."""

    X: NDArray[np.float64] | None
    """The features, of shape (rows, columns); None where one of them does not hold finite numbers alone."""
    _frame: Any
    _names: Sequence[str]
    _used: Sequence[str]
    _again: Callable[[Mapping[int, type]], Any]
    _texts: dict[str, list[str]]

    def numbers(self, name: str) -> NDArray[np.float64] | None:
        """The cells of a column, if all are finite numbers."""
        column = self._frame[self._names.index(name)].to_numpy()
        found = _stacked([column]) if column.dtype.kind in NUMBERS else None
        return None if found is None else found[:, 0]

    def cells(self, name: str) -> list[str]:
        """The cells of a column as texts; all columns that do not hold numbers are read at once."""
        if name not in self._texts:
            self.read_texts([name])
        return self._texts[name]

    def read_texts(self, names: Sequence[str]) -> None:
        """Read the cells of these columns as texts, at once, and those of all columns that do not hold numbers."""
        known = {self._names.index(name) for name in self._texts}
        used = {self._names.index(name) for name in self._used}
        texts = {place for place in used if self._frame[place].to_numpy().dtype.kind not in NUMBERS}
        if places := ({self._names.index(name) for name in names} | texts) - known:
            frame = self._again(dict.fromkeys(places, object))
            self._texts |= {self._names[place]: _stripped(frame[place].to_numpy()) for place in frame}


def read_large(
    layout: Layout, names: Sequence[str], used: Sequence[str], features: Sequence[str], targets: Sequence[str]
) -> Large | None:
    """The columns of a file, given the names of all, of those that are used and of those to learn from; None for a closer look.

    Whatever may be wrong with the file (a short row, a quote inside a cell, another encoding) is left to whoever reads it
    cell by cell, and so are wide files.
    """
    if len(names) > WIDE or layout.start is None:
        return None
    raw = layout.path.read_bytes()
    delimiter = layout.delimiter
    read = partial(_read, raw, delimiter, layout.start.lines if layout.header else 0, len(names))
    places = {target: names.index(target) for target in targets}
    frame = read(dict.fromkeys(places.values(), object)) if _is_plain(raw, delimiter) else None
    if frame is None:
        return None
    columns = [frame[index].to_numpy() for index in range(len(names))]
    texts = {target: _stripped(columns[place]) for target, place in places.items()}
    chosen = [columns[names.index(name)] for name in features]
    X = _stacked(chosen) if all(column.dtype.kind in NUMBERS for column in chosen) else None
    last = columns[-1]
    may_be_short = any("" in cells for cells in texts.values()) or (
        last.dtype.kind not in NUMBERS and "" in last.tolist()
    )  # so it is where a row is short
    if (may_be_short or X is None) and not _is_rectangular(raw, delimiter, len(names)):
        return None
    return Large(X, frame, names, used, lambda types: read(types, [*types]), texts)


def _stripped(column: NDArray[Any]) -> list[str]:
    return [cell.strip() for cell in column.tolist()]


def _read(
    raw: bytes,
    delimiter: str,
    skipped: int,
    width: int,
    types: Mapping[int, type],
    only: Sequence[int] | None = None,
) -> Any:
    """The rows as a data frame whose columns are numbered; None where pandas cannot parse them."""
    import pandas as pd

    try:
        return pd.read_csv(
            io.BytesIO(raw),
            sep=delimiter,
            header=None,
            names=range(width),
            index_col=False,
            usecols=only,
            skiprows=skipped,
            skipinitialspace=delimiter != " ",
            na_filter=False,
            dtype=types,
            encoding="utf-8-sig",
            low_memory=False,
        )
    except (ValueError, OverflowError):  # ParserError is a ValueError
        return None


def _stacked(columns: Sequence[NDArray[Any]]) -> NDArray[np.float64] | None:
    """The columns side by side as finite floats; None where one is not finite."""
    import numpy as np

    X = np.empty((len(columns[0]), len(columns)))
    for start in range(0, len(X), STEP):  # a part that stays in the processor's cache
        for place, column in enumerate(columns):
            X[start : start + STEP, place] = column[start : start + STEP]
    return X if np.isfinite(X).all() else None


def _is_plain(raw: bytes, delimiter: str) -> bool:
    """Whether a file is text in UTF-8 whose quotes stand around whole cells, where pandas and the standard library agree."""
    import numpy as np

    if b"\0" in raw or len(delimiter.encode()) > 1:
        return False
    try:
        raw.decode("utf-8")
    except UnicodeDecodeError:
        return False
    if b'"' not in raw:
        return True
    if b' "' in raw or b'" ' in raw:  # a quote behind spaces, or spaces behind it
        return False
    text = np.frombuffer(b"\n" + raw.removeprefix(b"\xef\xbb\xbf") + b"\n", dtype=np.uint8)
    places = np.flatnonzero(text == QUOTE)
    edges = np.frombuffer(delimiter.encode() + b'\r\n"', dtype=np.uint8)
    opening, closing = places[::2], places[1::2]
    return (
        len(opening) == len(closing)
        and bool(np.isin(text[opening - 1], edges).all())
        and bool(np.isin(text[closing + 1], edges).all())
    )


def _is_rectangular(raw: bytes, delimiter: str, width: int) -> bool:
    """Whether each line that is not blank has so many cells, in a file whose quotes stand around whole cells."""
    import numpy as np

    text = np.frombuffer(raw.rstrip() + b"\n", dtype=np.uint8)
    quotes = np.flatnonzero(text == QUOTE) if b'"' in raw else np.empty(0, np.intp)
    outside = [
        places[np.searchsorted(quotes, places) % 2 == 0] if len(quotes) else places
        for places in (np.flatnonzero(text == NEW_LINE), np.flatnonzero(text == ord(delimiter)))
    ]
    ends, parted = outside
    cells = np.diff(np.searchsorted(parted, ends), prepend=0) + 1
    length = np.diff(ends, prepend=-1)
    is_blank = (length == 1) | ((length == len(b"\r\n")) & (text[ends - 1] == RETURN))
    return bool(((cells == width) | is_blank).all())
