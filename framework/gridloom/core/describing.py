"""Data in a line: what the columns of a table are, and where cells are missing."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from gridloom.core.columns import KINDS
from gridloom.core.data import Data

CATEGORIES = 3
GAPS = 5
"""How many columns with categories, and with missing cells, are named."""


def described(data: Data) -> str:
    """The features in a line: "5 numeric, 2 category (plan 4, city 12); missing cells in age (37)".

    Of rows that are not a table, it is their shape, or that of each of several inputs.
    """
    if not data.columns:
        shape = data.X.shape[1:]
        if data.inputs:
            return f"inputs {', '.join(f'{name} {_product(own)}' for name, own in data.inputs.items())}"
        return f"{shape[0]:,} numeric" if data.is_table else f"shape {_product(shape)}"
    kinds = Counter(column.kind for column in data.columns)
    parts = [f"{kinds[kind]:,} {kind}" for kind in KINDS if kinds[kind]]
    categories = [f"{column.name} {len(column.values):,}" for column in data.columns if column.kind == "category"]
    if categories:
        place = next(place for place, part in enumerate(parts) if part.endswith(" category"))
        parts[place] += f" ({_some(categories, CATEGORIES)})"
    gaps = [f"{data.columns[place].name} ({count:,})" for place, count in enumerate(_missing(data)) if count]
    missing = f"; missing cells in {_some(gaps, GAPS)}" if gaps else ""
    return f"{', '.join(parts)}{missing}"


def _product(shape: Sequence[int]) -> str:
    return " x ".join(map(str, shape))


def _missing(data: Data) -> Sequence[int]:
    """How many cells of each column are missing."""
    import numpy as np

    found: list[int] = np.isnan(data.X).sum(axis=0).tolist() if data.X.dtype.kind == "f" else []
    return found


def _some(texts: Sequence[str], most: int) -> str:
    """The texts, but only so many of them."""
    more = f" and {len(texts) - most:,} more" if len(texts) > most else ""
    return ", ".join(texts[:most]) + more
