"""Polars frames and series as those of pandas, column by column, which needs no pyarrow."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, Any

from gridloom.errors import DataError

if TYPE_CHECKING:
    import pandas as pd

_WIDE = ("Decimal", "Int128", "UInt128")
"""Types of numbers that numpy has no type for; features are float64 anyway."""

_ADVICE = {
    "List": "make columns of its values, such as with .list.to_struct() and .unnest()",
    "Array": "make columns of its values, such as with .arr.to_struct() and .unnest()",
    "Struct": "make columns of its fields with .unnest()",
    "Duration": "make numbers of it, such as with .dt.total_seconds()",
    "Time": "make numbers of it, such as with .dt.hour()",
    "Binary": "make strings or numbers of it",
    "Object": "make strings or numbers of it",
}
"""What to do with columns whose cells are no single value of a table."""


def as_pandas(values: Any) -> Any:
    """A frame or a series of polars as that of pandas; anything else as it is.

    Missing values are NaN, NaT or NA, as pandas has them. DataError for a lazy frame, and for columns that no table has.
    """
    polars: Any = sys.modules.get("polars")
    if polars is None or not hasattr(polars, "LazyFrame"):
        return values
    if isinstance(values, polars.LazyFrame):
        raise DataError("a polars LazyFrame has no rows yet; call .collect() and pass the DataFrame")
    if isinstance(values, polars.DataFrame):
        return _frame_of(values)
    return _series_of(values) if isinstance(values, polars.Series) else values


def _frame_of(frame: Any) -> pd.DataFrame:
    import pandas as pd

    columns = {series.name: _series_of(series) for series in frame}
    return pd.DataFrame(columns, index=range(frame.height), columns=[*columns])


def _series_of(series: Any) -> pd.Series:
    """The column of pandas whose type says the same; DataError for one whose cells are no values of a table."""
    import pandas as pd

    kind, name = series.dtype.base_type().__name__, series.name or None
    if kind in _ADVICE:
        column = f"column '{name}'" if name else "a column"
        raise DataError(
            f"{column} has the polars type {series.dtype}, which a table cannot have; drop it, or {_ADVICE[kind]}"
        )
    if kind in ("Categorical", "Enum"):
        return pd.Series(pd.Categorical(series.to_list()), name=name)
    if kind == "String":
        return pd.Series(series.to_list(), name=name, dtype="str")
    if kind == "Boolean" and series.null_count():
        return pd.Series(series.to_list(), name=name, dtype="boolean")
    if kind in _WIDE:
        return pd.Series(series.cast(float).to_numpy(), name=name)
    found = pd.Series(series.to_numpy(), name=name)
    return found.dt.tz_localize("UTC") if getattr(series.dtype, "time_zone", None) else found
