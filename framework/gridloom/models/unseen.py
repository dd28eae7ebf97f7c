"""Categories in new rows that training never had, for which a model knows nothing to say."""

from __future__ import annotations

import logging
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from typing import TYPE_CHECKING

from gridloom.core.columns import Column

if TYPE_CHECKING:
    import pandas as pd

_log = logging.getLogger("gridloom")

EXAMPLES = 3
"""How many values a message names."""

NAMED = 40
"""How many characters of a value a message shows."""


_file: ContextVar[str] = ContextVar("file", default="")


@contextmanager
def rows_of(file: str) -> Iterator[None]:
    """Let what is logged in here about new rows name the file that they are from."""
    before = _file.set(file)
    try:
        yield
    finally:
        _file.reset(before)


def tell_unseen(columns: Sequence[Column], missed: Mapping[str, Sequence[str]], table: pd.DataFrame) -> None:
    """Log which columns of a table hold categories that training never had, in how many rows, and a few of them.

    `missed` are the values that columns list although no training row had them.
    """
    for column in columns:
        if column.kind != "category":
            continue
        known = {*column.values} - {*missed.get(column.name, ())}  # noqa: PD011  (no pandas)
        counts = table[column.name].value_counts()
        if unseen := [str(value) for value in counts.index if value not in known]:
            rows = int(counts[unseen].sum())
            _log.warning(
                "%scolumn '%s': %s not seen in training, such as %s",
                f"{_file.get()}: " if _file.get() else "",
                column.name,
                f"{rows:,} rows have values" if rows > 1 else "1 row has a value",
                ", ".join(_shown(unseen)),
            )


def _shown(values: Sequence[str]) -> Iterator[str]:
    for value in values[:EXAMPLES]:
        yield f"'{value[:NAMED]}...'" if len(value) > NAMED else f"'{value}'"
