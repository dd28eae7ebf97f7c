"""New rows for a kept model: tables and arrays, checked against the columns that it was trained on."""

from __future__ import annotations

import logging
from collections.abc import Sequence
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from gridloom.core.columns import TABLE, Column, frame_of
from gridloom.errors import DataError, nearest

if TYPE_CHECKING:
    import numpy as np
    import pandas as pd
    from numpy.typing import NDArray

_log = logging.getLogger("gridloom")

NAMES_SHOWN = 5
"""How many columns a message lists."""


def table_of(columns: Sequence[Column], X: Any) -> pd.DataFrame:
    """The rows as the table that preprocessing takes: texts for categories and texts, float64 for all other columns.

    `X` is a pandas table that has these columns, in any order, or an array of shape (rows, columns) in their order: of
    numbers, as `gridloom.Data` has them, or of objects. Other columns of a table are ignored, which is logged.
    Raises DataError for columns that are missing, cells of another kind, and gaps where training had none.
    """
    import numpy as np
    import pandas as pd

    if isinstance(X, pd.DataFrame):
        return _from_frame(columns, X)
    cells = np.asarray(X)
    if cells.ndim != TABLE or cells.shape[1] != len(columns):
        raise DataError(f"the model takes rows of {len(columns)} columns, not an array of shape {cells.shape}")
    if cells.dtype.kind not in "biuf":
        return _from_frame(columns, pd.DataFrame(cells, columns=[column.name for column in columns], dtype=object))
    problems = []
    for place, column in enumerate(columns):
        if column.kind == "text":
            problems.append(f"the column '{column.name}' contains text, which an array of numbers cannot: pass a table")
        elif problem := column.problem_with(cells[:, place]):
            problems.append(f"the column '{column.name}' {problem}")
    _refuse(problems)
    return frame_of(columns, cells)


def _from_frame(columns: Sequence[Column], table: pd.DataFrame) -> pd.DataFrame:
    import pandas as pd

    names = [str(name) for name in table.columns]
    wanted = [column.name for column in columns]
    if doubles := [name for name in wanted if names.count(name) > 1]:
        raise DataError(f"the table has {_some(doubles)} twice")
    if missing := [name for name in wanted if name not in names]:
        raise DataError(f"the table lacks {_some(missing)}; {nearest(missing[0], names)}")
    if others := [name for name in names if name not in wanted]:
        _log.warning("columns ignored, since the model was trained without them: %s", _some(others))
    table = table.set_axis(names, axis=1)
    found: dict[str, NDArray[Any]] = {}
    problems = []
    gaps = []
    for column in columns:
        series = table[column.name]
        try:
            found[column.name] = _CELLS[column.kind](series)
        except ValueError as error:
            problems.append(f"the column '{column.name}' is {column.kind}, but {error}")
            continue
        if not column.gaps and series.isna().any():
            gaps.append(column.name)
    if gaps:
        problems.append(f"{_some(gaps)} {'has' if len(gaps) == 1 else 'have'} missing cells, but had none in training")
    _refuse(problems)
    return pd.DataFrame(found, columns=wanted)


def _refuse(problems: Sequence[str]) -> None:
    if problems:
        more = f"; and {len(problems) - NAMES_SHOWN} more" if len(problems) > NAMES_SHOWN else ""
        raise DataError("; ".join(problems[:NAMES_SHOWN]) + more)


def _some(names: Sequence[str]) -> str:
    shown = ", ".join(f"'{name}'" for name in names[:NAMES_SHOWN])
    more = f" and {len(names) - NAMES_SHOWN} more" if len(names) > NAMES_SHOWN else ""
    return f"the column {shown}" if len(names) == 1 else f"the columns {shown}{more}"


def _numbers(series: pd.Series) -> NDArray[np.float64]:
    """The numbers of a column; ValueError where a cell is something else, or not finite."""
    import numpy as np
    import pandas as pd

    if not pd.api.types.is_numeric_dtype(series) or pd.api.types.is_complex_dtype(series):
        there = series[series.notna()]
        wrong = [cell for cell in there if not isinstance(cell, bool | int | float | Decimal | np.number | np.bool_)]
        if wrong:
            raise ValueError(f"{_first(series, wrong[0])} is not a number")
    is_plain = isinstance(series.dtype, np.dtype) and series.dtype.kind in "biuf"
    cells = series if is_plain else series.astype(object).where(series.notna(), np.nan)
    numbers = np.asarray(cells, dtype=np.float64)
    if np.isinf(numbers).any():
        raise ValueError("it contains a number that is not finite")
    return numbers


def _booleans(series: pd.Series) -> NDArray[np.float64]:
    """0 and 1; ValueError for other cells."""
    import numpy as np

    numbers = _numbers(series)
    wrong = ~np.isnan(numbers) & ~np.isin(numbers, (0, 1))
    if wrong.any():
        raise ValueError(f"{_first(series, series.iloc[int(wrong.argmax())])} is neither true nor false (1 or 0)")
    return numbers


def _days(series: pd.Series) -> NDArray[np.float64]:
    """Days since 1970-01-01, of dates, texts of ISO 8601, or days; ValueError for other cells."""
    import numpy as np
    import pandas as pd

    there = series[series.notna()]
    if pd.api.types.is_numeric_dtype(series) or all(isinstance(cell, int | float | np.number) for cell in there):
        return _numbers(series)
    if pd.api.types.is_datetime64_any_dtype(series):
        dates = there
    else:
        if wrong := [cell for cell in there if isinstance(cell, bool | int | float | np.number)]:
            raise ValueError(f"{_first(series, wrong[0])} is among dates")
        try:
            dates = pd.to_datetime(there.astype(str), format="ISO8601")
        except (ValueError, TypeError):
            bad = next(cell for cell in there if pd.isna(pd.to_datetime(str(cell), format="ISO8601", errors="coerce")))
            raise ValueError(f"{_first(series, bad)} is not a date such as 2024-12-31") from None
    if dates.dt.tz is not None:  # in files, too, dates without a zone are in UTC
        dates = dates.dt.tz_convert(None)
    days = np.full(len(series), np.nan)
    days[series.notna().to_numpy()] = (dates - pd.Timestamp(0)) / pd.Timedelta(days=1)
    return days


def _categories(series: pd.Series) -> NDArray[Any]:
    """Texts, those of numbers as a file would have them (1, not 1.0); ValueError for other cells."""
    import numpy as np

    def text(cell: Any) -> str:
        if isinstance(cell, str):
            return cell
        if isinstance(cell, int | float | np.number) and not isinstance(cell, bool):
            return str(int(cell)) if float(cell).is_integer() else repr(float(cell))
        raise ValueError(f"{_first(series, cell)} is not text")

    return _texts_by(series, text)


def _texts(series: pd.Series) -> NDArray[Any]:
    """Texts; ValueError for other cells."""

    def text(cell: Any) -> str:
        if isinstance(cell, str):
            return cell
        raise ValueError(f"{_first(series, cell)} is not text")

    return _texts_by(series, text)


def _texts_by(series: pd.Series, text: Any) -> NDArray[Any]:
    """The cells as texts in an array of objects, NaN where they are missing."""
    import numpy as np

    found = np.full(len(series), np.nan, dtype=object)
    for row, (cell, missing) in enumerate(zip(series.astype(object), series.isna(), strict=True)):
        if not missing:
            found[row] = text(cell)
    return found


def _first(series: pd.Series, cell: Any) -> str:
    """A cell, and in which row it stands first."""
    row = next(place for place, other in enumerate(series.astype(object)) if other is cell or other == cell)
    return f"{str(cell)[:40]!r} (row {row}, counted from 0)"


_CELLS = {"numeric": _numbers, "boolean": _booleans, "date": _days, "category": _categories, "text": _texts}
"""What makes the cells of a column of each kind."""
