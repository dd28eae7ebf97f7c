"""Tables that know the types of their columns, as pandas has them: what Parquet files and OpenML hold."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from gridloom import Data, InvalidInput, Location, Problem, nearest
from gridloom_plugins.datasets.behind import Bad, Rows
from gridloom_plugins.datasets.beside import read_beside
from gridloom_plugins.datasets.cells import Rules
from gridloom_plugins.datasets.complaints import in_row
from gridloom_plugins.datasets.extras import needed
from gridloom_plugins.datasets.kinds import Found, Kind, Wrong, category_or_text, found_of, read_column, side_by_side
from gridloom_plugins.datasets.several_targets import targets_in, wrong_cells
from gridloom_plugins.datasets.targets import TaskName
from gridloom_plugins.datasets.wanted import Head, Wanted, tell_ids

if TYPE_CHECKING:
    import pandas as pd
    from numpy.typing import NDArray

SHOWN = 30
"""How many names of columns a message lists."""

_OBJECTS = {"boolean": "boolean", "decimal": "numeric", "date": "date", "datetime": "date", "integer": "numeric"}
"""What columns of Python objects are, by what pandas finds in them."""


def read_parquet(path: Path) -> Any:
    """The table in a file as a pandas data frame; a named index is a column."""
    import pandas as pd

    with needed("pyarrow", "pyarrow", "parquet"):
        import pyarrow as pa
    try:
        frame = pd.read_parquet(path, engine="pyarrow")
    except (pa.ArrowException, OSError, ValueError) as error:
        reason = " ".join(str(error).split())[:200]
        raise InvalidInput.at(Location(str(path)), f"this cannot be read as Parquet: {reason}") from None
    return frame.reset_index() if any(name is not None for name in frame.index.names) else frame


def data_of(frame: pd.DataFrame, source: str, wanted: Wanted, task: TaskName | None, rules: Rules) -> Data:
    """The data in a table; `source` is what errors name, with rows counted from 1. InvalidInput where they make no sense."""
    read = _read(frame, source, wanted, task, rules)
    targets = targets_in(wanted.targets, read.targets.__getitem__, task, rules)
    tell_ids(read.head, read.found, wanted.written)
    X, columns = side_by_side(read.found)
    arrays: dict[str, Any] = read.beside
    names = tuple(item.column.name for item in read.found)
    return Data(X=X, feature_names=names, columns=columns, **targets, **arrays)


def rows_of(frame: pd.DataFrame, file: Path, wanted: Wanted, task: TaskName, rules: Rules) -> Rows:
    """The rows of a table that are to stand behind those of a data set; InvalidInput where they make no sense."""
    read = _read(frame, str(file), wanted, task, rules)
    X, columns = side_by_side(read.found)

    def refuse(bad: list[Bad]) -> None:
        if bad:
            place = Location(str(file))
            told = [Problem(place, f"column '{name}', row {row + 1}: {complaint}") for row, name, complaint in bad]
            raise InvalidInput(told[:SHOWN])

    return Rows(file, X, columns, read.targets.__getitem__, read.beside, refuse)


@dataclass(frozen=True)
class _Read:
    """The cells of the targets by name, and the features of a table, and what stands beside them, by field."""

    head: Head
    targets: dict[str, list[str]]
    found: list[Found]
    beside: dict[str, NDArray[Any]]


def _read(frame: pd.DataFrame, source: str, wanted: Wanted, task: TaskName | None, rules: Rules) -> _Read:
    """What a table holds of the wanted columns; InvalidInput for cells that are none of them."""
    frame = frame.set_axis([str(name) for name in frame.columns], axis=1)
    place = Location(source)
    head = _head(frame, place)
    names = wanted.chosen(head)
    texts = {name: texts_of(frame[name]) for name in wanted.targets}
    if wrong := wrong_cells(wanted.targets, texts.__getitem__, task, rules):
        row, name, complaint = wrong[0]
        raise InvalidInput.at(place, f"column '{name}', row {row + 1}: {complaint}")
    read = [_column(frame[name], name, wanted, rules, place) for name in names]
    if bad := [item for item in read if isinstance(item, Wrong)]:
        raise InvalidInput(
            [Problem(place, in_row(texts_of(frame[item.name]), item, wanted.written, rules)) for item in bad]
        )
    beside = read_beside(
        wanted.beside, lambda name: texts_of(frame[name]), rules, lambda row, _: Location(f"{source}, row {row + 1}")
    )
    return _Read(head, texts, [item for item in read if isinstance(item, Found)], beside)


def _head(frame: pd.DataFrame, place: Location) -> Head:
    names = [*frame.columns]
    if doubles := [name for name in names if names.count(name) > 1]:
        raise InvalidInput.at(place, f"two columns are called '{doubles[0]}'")

    def require(wanted: Sequence[str]) -> None:
        if missing := [name for name in wanted if name not in names]:
            advice = nearest(missing[0], names[:SHOWN])
            raise InvalidInput.at(place, f"there is no column '{missing[0]}'; {advice}")

    return Head(Path(place.source), names, require, lambda _: place)


def texts_of(series: pd.Series) -> list[str]:
    """The cells of a column as texts; missing ones are blank."""
    import pandas as pd

    kind = kind_of(series)
    if kind == "boolean":
        return ["" if pd.isna(cell) else str(bool(cell)).lower() for cell in series]
    if kind == "date":
        moments = pd.to_datetime(series)
        return ["" if pd.isna(moment) else moment.isoformat() for moment in moments]
    cells = series.astype(object).where(series.notna(), "").tolist()
    if series.dtype.kind == "f":
        return [str(int(cell)) if cell != "" and float(cell).is_integer() else str(cell) for cell in cells]
    return [str(cell) for cell in cells]


def kind_of(series: pd.Series) -> Kind | None:
    """What the type of a column says that it is; None for types that are none of these."""
    from pandas.api import types

    if types.is_bool_dtype(series.dtype):
        return "boolean"
    if isinstance(series.dtype, types.CategoricalDtype):
        return "category"
    if types.is_numeric_dtype(series.dtype):
        return None if types.is_complex_dtype(series.dtype) else "numeric"
    if types.is_datetime64_any_dtype(series.dtype):
        return "date"
    inferred = types.infer_dtype(series, skipna=True)
    if inferred in ("string", "empty"):
        return category_or_text(series.nunique(), len(series))
    return _OBJECTS.get(inferred)  # type: ignore[return-value]


def _column(series: pd.Series, name: str, wanted: Wanted, rules: Rules, place: Location) -> Found | Wrong:
    """A column as its type, or the experiment, says what it is."""
    import numpy as np

    own, kind = kind_of(series), wanted.types.get(name)
    if own is None:
        way = wanted.written.excluding([name])
        drop = f"exclude it{way and f' by {way}'}"
        raise InvalidInput.at(
            place, f"column '{name}' contains {_types_of(series)} values, which a table cannot have; {drop}"
        )
    if own in ("category", "text") or kind not in (None, own, "numeric"):
        return read_column(name, texts_of(series), kind or own, rules)
    values = _days_of(series) if own == "date" else series.to_numpy(dtype=np.float64, na_value=np.nan)
    if rules.missing_numbers:
        values = np.where(np.isin(values, [*rules.missing_numbers]), np.nan, values)
    if np.isnan(values).all():
        return Wrong(name, [0], "present")
    if np.isinf(values).any():
        return Wrong(name, np.flatnonzero(np.isinf(values)).tolist(), "numeric")
    return found_of(name, "numeric" if kind == "numeric" else own, values)


def _types_of(series: pd.Series) -> str:
    """The type of a column; of Python objects, those of its cells, such as "int and str"."""
    if series.dtype != object:
        return str(series.dtype)
    return " and ".join(dict.fromkeys(type(cell).__name__ for cell in series[series.notna()]))


def _days_of(series: pd.Series) -> NDArray[Any]:
    """Days since 1970-01-01, in UTC where the times have a zone; NaN where they are missing."""
    import numpy as np
    import pandas as pd

    moments = pd.to_datetime(series)
    if moments.dt.tz is not None:
        moments = moments.dt.tz_convert("UTC").dt.tz_localize(None)
    days: NDArray[Any] = ((moments - pd.Timestamp(0)) / pd.Timedelta(days=1)).to_numpy(np.float64, na_value=np.nan)
    return days
