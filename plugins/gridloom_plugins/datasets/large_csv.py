"""Reads large CSV files fast, by pandas, where nothing in them needs a closer look."""

from __future__ import annotations

import io
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from gridloom_plugins.datasets.headers import Start

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


def read_large(
    path: Path, delimiter: str, start: Start, names: Sequence[str], wanted: Sequence[str], target: str, *, header: bool
) -> tuple[NDArray[np.float64], list[str]] | None:
    """The wanted columns as an array of shape (rows, columns), and the cells of the target; None for a closer look.

    `names` are those of all columns. Whatever may be wrong with the file (a cell without a number, a short row, a quote
    inside a cell, another encoding) is left to whoever reads it cell by cell, and so are wide files.
    """
    if len(names) > WIDE:
        return None
    raw = path.read_bytes()
    frame = (
        _read(raw, delimiter, start.lines if header else 0, names.index(target), len(names))
        if _is_plain(raw, delimiter)
        else None
    )
    if frame is None:
        return None
    columns = [frame[index].to_numpy() for index in range(len(names))]
    texts = [cell.strip() for cell in columns[names.index(target)].tolist()]
    last = columns[-1]
    if "" in texts or (last.dtype.kind not in NUMBERS and "" in last.tolist()):  # so it is where a row is short
        return None
    chosen = [columns[names.index(name)] for name in wanted]
    if not all(column.dtype.kind in NUMBERS for column in chosen):
        return None
    X = _stacked(chosen)
    return None if X is None else (X, texts)


def _read(raw: bytes, delimiter: str, skipped: int, target: int, width: int) -> Any:
    """The rows as a data frame whose columns are numbered; None where pandas cannot parse them."""
    import pandas as pd

    try:
        return pd.read_csv(
            io.BytesIO(raw),
            sep=delimiter,
            header=None,
            names=range(width),
            index_col=False,
            skiprows=skipped,
            skipinitialspace=delimiter != " ",
            na_filter=False,
            dtype={target: object},
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
