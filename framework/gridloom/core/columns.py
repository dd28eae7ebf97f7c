"""Columns of a table: what their cells are, and how an array of numbers holds them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal, get_args

from gridloom.errors import DataError

if TYPE_CHECKING:
    import pandas as pd
    from numpy.typing import NDArray

ColumnKind = Literal["numeric", "category", "boolean", "date", "text"]

KINDS: tuple[ColumnKind, ...] = get_args(ColumnKind)

StepKind = Literal["numeric", "category", "boolean", "date", "text", "indicator"]

STEP_KINDS: tuple[StepKind, ...] = get_args(StepKind)
"""What columns can be between two steps of preprocessing: an "indicator" is one of those that stand for a category."""

TABLE = 2
"""How many axes a table has: rows and columns."""

CODED: tuple[ColumnKind, ...] = ("category", "text")
"""Kinds whose cells are texts, of which an array holds the places in `Column.values`."""


@dataclass(frozen=True)
class Column:
    """A column of a table: its name and the kind of its cells.

    In an array of features, "numeric" cells are numbers, "boolean" cells 0 and 1, and "date" cells days since
    1970-01-01; "category" and "text" cells are places among `values`, the different texts. If `gaps` is true, cells may
    be missing (NaN).

    Raises DataError when the name is not text, the kind is unknown, or values are repeated or given for another kind.
    """

    name: str
    kind: ColumnKind = "numeric"
    values: tuple[str, ...] = ()
    gaps: bool = False

    def __post_init__(self) -> None:
        if not isinstance(self.name, str):
            raise DataError(f"the name of a column should be text, not {self.name!r}")
        if self.kind not in KINDS:
            raise DataError(
                f"the kind of the column '{self.name}' should be one of {', '.join(KINDS)}, not {self.kind!r}"
            )
        if self.values and not self.is_coded:
            raise DataError(f"the column '{self.name}' is {self.kind}, so it has no list of values")
        if len(set(self.values)) < len(self.values) or not all(isinstance(value, str) for value in self.values):
            raise DataError(f"the values of the column '{self.name}' should be different texts")

    @property
    def is_coded(self) -> bool:
        """Whether an array contains places in `values` instead of the cells themselves."""
        return self.kind in CODED

    def values_not_among(self, cells: NDArray[Any]) -> list[str]:
        """The values of a category that do not occur in these cells of an array of features; none for other kinds."""
        import numpy as np

        if self.kind != "category":
            return []
        there = {*np.unique(cells).tolist()}
        return [value for place, value in enumerate(self.values) if place not in there]

    def problem_with(self, cells: NDArray[Any]) -> str | None:
        """What is wrong with the cells of this column in an array of features, if anything."""
        import numpy as np

        missing = np.isnan(cells) if cells.dtype.kind == "f" else np.zeros(len(cells), bool)
        if missing.any() and not self.gaps:
            return (
                f"has a missing value, first in row {int(missing.argmax())} (counted from 0), but does not declare gaps"
            )
        there = cells[~missing]
        if not np.isfinite(there).all():
            return "has a value that is not finite"
        if self.kind == "boolean" and not np.isin(there, (0, 1)).all():
            return "is boolean, but has values other than 0 and 1"
        if self.is_coded and not np.isin(there, np.arange(len(self.values))).all():
            return f"is {self.kind}, but has values that are not places in its list of {len(self.values)} values"
        return None


def check_columns(columns: Sequence[Column], X: NDArray[Any]) -> None:
    """Raise DataError unless the columns are those of this array, of shape (rows, columns)."""
    if X.ndim != TABLE or X.shape[1] != len(columns):
        raise DataError(f"there are {len(columns)} columns, but features of shape {X.shape}")
    for place, column in enumerate(columns):
        if problem := column.problem_with(X[:, place]):
            raise DataError(f"the column '{column.name}' {problem}")


def frame_of(columns: Sequence[Column], X: NDArray[Any]) -> pd.DataFrame:
    """The features as a table: texts for coded columns (NaN where they are missing), float64 for all others."""
    import numpy as np
    import pandas as pd

    cells: dict[str, Any] = {}
    for place, column in enumerate(columns):
        numbers = np.asarray(X[:, place], np.float64)
        if column.is_coded:
            texts = np.array([*column.values, np.nan], dtype=object)  # noqa: PD011  (no pandas)
            cells[column.name] = texts[np.where(np.isnan(numbers), len(column.values), numbers).astype(np.intp)]
        else:
            cells[column.name] = numbers
    return pd.DataFrame(cells, columns=[column.name for column in columns])
