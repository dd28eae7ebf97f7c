"""Arrays and pandas tables of a Python program as the data of a search, for `gridloom.search`."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from gridloom import Data, InvalidInput, Location
from gridloom_plugins.datasets.cells import Rules
from gridloom_plugins.datasets.frames import data_of, texts_of
from gridloom_plugins.datasets.several_targets import targets_in_array
from gridloom_plugins.datasets.targets import TaskName
from gridloom_plugins.datasets.wanted import Target, Wanted
from gridloom_plugins.datasets.written import Written

if TYPE_CHECKING:
    import pandas as pd
    from numpy.typing import NDArray

_ARGUMENTS = {"weights": "sample_weight"}
"""What `gridloom.search` calls a field of `Data`, where that is something else."""

ONE_A_ROW = 1
"""As many dimensions as an array with one value a row has."""

TABLE = 2


def data_of_arrays(X: Any, y: Any, task: TaskName | None, beside: Mapping[str, Any]) -> Data:
    """The data in arrays, a pandas table, or a dict of arrays for several inputs; InvalidInput names the argument.

    Columns of a table are what their types say, as those of a Parquet file are.
    """
    if isinstance(y, str):
        told = f"must be the targets themselves; for a column of X, pass X.drop(columns={y!r}) and X[{y!r}]"
        raise InvalidInput.at(Location("y"), told)
    y = _one_target(y, task)
    rows = _rows_of(y, "y")
    _refuse_list_of_inputs(X, rows)
    given = {_ARGUMENTS.get(field, field): values for field, values in beside.items()}
    for name, values in {**_features(X), **given}.items():
        if (found := _rows_of(values, name)) != rows:
            raise InvalidInput.at(Location(name), f"has {found:,} rows, but y has {rows:,}")
    if not rows:
        raise InvalidInput.at(Location("X and y"), "there are no rows")
    if _is_frame(X):
        return _data_of_table(X, y, task, beside)
    features = {name: _numbers(values, name) for name, values in _features(X).items()}
    learned = targets_in_array(_targets(y), _name_of(y), task, Location("y"))
    if names := _names_of(y):
        learned["target_names"] = names
    arrays: dict[str, Any] = {name: _beside(values, name) for name, values in beside.items()}
    several = dict(zip(X, features.values(), strict=True)) if isinstance(X, Mapping) else features["X"]
    return Data(several, **learned, **arrays)


def _one_target(y: Any, task: TaskName | None) -> Any:
    """A single target in a column of its own as one value a row; anything else as it is, and so a single label."""
    shape: tuple[int, ...] = getattr(y, "shape", ())
    if task == "multilabel" or len(shape) != TABLE or shape[1] != 1 or not hasattr(y, "__array__"):
        return y
    return y.iloc[:, 0] if _is_frame(y) else y.reshape(-1) if hasattr(y, "reshape") else y


def _refuse_list_of_inputs(X: Any, rows: int) -> None:
    """InvalidInput for several inputs without names."""
    if isinstance(X, list | tuple) and len(X) != rows and all(_rows_of(part, "X") == rows for part in X):
        told = f"is a {type(X).__name__} of {len(X)} arrays; pass a dict of them by the names of the model's inputs"
        raise InvalidInput.at(Location("X"), f"{told}, such as {{'image': images, 'table': table}}")


def _features(X: Any) -> dict[str, Any]:
    """The features by what messages call them: X, or X['name'] for each of several inputs."""
    if isinstance(X, Mapping):
        if not X or not all(isinstance(name, str) for name in X):
            raise InvalidInput.at(
                Location("X"), "must map the name of each input to an array, such as {'image': images}"
            )
        return {f"X['{name}']": values for name, values in X.items()}
    return {"X": X}


def _rows_of(values: Any, name: str) -> int:
    """How many rows an argument has."""
    try:
        return int(values.shape[0]) if hasattr(values, "shape") else len(values)
    except (TypeError, IndexError):
        told = f"must be an array or a DataFrame with one row per example, not {type(values).__name__}"
        raise InvalidInput.at(Location(name), told) from None


def _is_frame(values: Any) -> bool:
    """Whether this is a pandas table."""
    return hasattr(values, "iloc") and hasattr(values, "columns")


def _data_of_table(X: pd.DataFrame, y: Any, task: TaskName | None, beside: Mapping[str, Any]) -> Data:
    """The data in a table whose targets, and what stands beside the features, are columns of their own."""
    import pandas as pd

    table = X.set_axis([str(name) for name in X.columns], axis=1).reset_index(drop=True)
    taken = {*table.columns}
    columns = _columns_of(y)
    names = {name: _free(name, taken) for name in columns}
    fields = {name: _free(name, taken) for name in beside}
    added = {names[name]: values for name, values in columns.items()}
    added |= {fields[name]: pd.Series(_array(values, name)) for name, values in beside.items()}
    target: Target = [*names.values()] if len(names) > 1 else next(iter(names.values()))
    wanted = replace(
        Wanted.of(target, task, [*table.columns], None, None, fields), asked={}, written=Written(has_options=False)
    )
    return data_of(pd.concat([table, pd.DataFrame(added)], axis=1), "X and y", wanted, task, Rules())


def _columns_of(y: Any) -> dict[str, pd.Series]:
    """The targets as columns, by name."""
    import pandas as pd

    if _is_frame(y):
        return {str(name): y[name].reset_index(drop=True) for name in y.columns}
    array = y if isinstance(y, pd.Series) else _array(y, "y")
    if array.ndim == ONE_A_ROW:
        return {_name_of(y): pd.Series(array).reset_index(drop=True)}
    if array.ndim != TABLE:
        raise InvalidInput.at(Location("y"), f"has shape {array.shape}; expected one target per row, or several")
    return {f"y {number}": pd.Series(array[:, number]) for number in range(array.shape[1])}


def _free(name: str, taken: set[str]) -> str:
    """The name, or one like it that no column has; it is taken then."""
    while name in taken:
        name = f"{name}_"
    taken.add(name)
    return name


def _name_of(y: Any) -> str:
    """What the target is called."""
    return str(y.name) if getattr(y, "name", None) is not None else "y"


def _names_of(y: Any) -> tuple[str, ...]:
    """What several targets are called; nothing where they have no names."""
    return tuple(map(str, y.columns)) if _is_frame(y) else ()


def _array(values: Any, name: str) -> NDArray[Any]:
    """The argument as an array."""
    import numpy as np

    if hasattr(values, "toarray"):
        raise InvalidInput.at(Location(name), f"is a sparse matrix; pass {name}.toarray()")
    try:
        return np.asarray(values)
    except ValueError as error:
        raise InvalidInput.at(Location(name), f"cannot be converted to an array: {error}") from None


def _numbers(values: Any, name: str) -> NDArray[Any]:
    """Features as an array of numbers."""
    array = _array(values, name)
    if array.dtype.kind not in "biuf" or array.ndim == 0:
        told = f"has dtype {array.dtype}; features must be numbers, or the columns of a DataFrame"
        raise InvalidInput.at(Location(name), told)
    return array


def _targets(y: Any) -> NDArray[Any]:
    """The targets as an array of numbers, or of texts."""
    import numpy as np
    import pandas as pd

    if isinstance(y, pd.Series) and y.dtype.kind not in "biuf":
        return np.array(texts_of(y))
    array = _array(y, "y")
    if array.dtype.kind != "O":
        return array
    cells = array.ravel().tolist()
    if missing := [row for row, cell in enumerate(cells) if cell is None or cell != cell]:  # noqa: PLR0124  (NaN)
        raise InvalidInput.at(Location("y"), f"the target in row {missing[0] + 1} is missing")
    return np.array([str(cell) for cell in cells]).reshape(array.shape)


def _beside(values: Any, field: str) -> NDArray[Any]:
    """One number a row: places of the groups among all of them, and numbers as they are."""
    import numpy as np

    name = _ARGUMENTS.get(field, field)
    array = _array(values, name)
    if array.ndim != ONE_A_ROW:
        raise InvalidInput.at(Location(name), f"has shape {array.shape}; expected one value per row")
    if array.dtype.kind in "OfM" and (missing := np.flatnonzero([cell is None or cell != cell for cell in array])).size:  # noqa: PLR0124  (NaN)
        raise InvalidInput.at(Location(name), f"the value in row {missing[0] + 1} is missing")
    if name == "groups":
        return np.unique(array.astype(str) if array.dtype.kind == "O" else array, return_inverse=True)[1]
    if array.dtype.kind == "M":
        array = array.astype("datetime64[us]").astype(np.int64)
    if array.dtype.kind not in "biuf":
        raise InvalidInput.at(Location(name), f"has dtype {array.dtype}; expected numbers")
    return array.astype(np.int64) if field == "folds" else array.astype(np.float64)
