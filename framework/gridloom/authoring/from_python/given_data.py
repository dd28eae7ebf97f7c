"""The arrays and tables of a call as a data set, with a line for each that says what it was."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from gridloom.core.polars_frames import as_pandas
from gridloom.errors import DataError, GridloomError, InvalidInput, Location, nearest
from gridloom.registry.records import Dataset
from gridloom.registry.registry import Registry

if TYPE_CHECKING:
    from gridloom.core.data import Data

NAME = "data"
"""What the data set of a call is called."""

TASKS = ("classification", "regression", "multilabel")

SHOWN = 5
"""How many names of columns or inputs are listed."""


@dataclass(frozen=True)
class GivenData:
    """The data of a call, and the lines about its arguments, by their names."""

    data: Data
    lines: Mapping[str, str]

    @property
    def record(self) -> Dataset:
        """The data set, whose options are the lines: a run keeps them, and nothing depends on them."""
        load = with_parameters(lambda **_: self.data, [*self.lines])
        return Dataset(NAME, "Data given to gridloom.search.", load)


def given_data(X: Any, y: Any, task: str | None, beside: Mapping[str, Any], registry: Registry) -> GivenData:
    """The data in X, y and what says something of each row; InvalidInput, with the name of an argument, for what makes no sense."""
    reader = next((item.record.of_arrays for item in registry.of_kind(Dataset) if item.record.of_arrays), None)
    if reader is None:
        raise GridloomError("no plugin reads arrays: the built-in one, 'builtin-datasets', is disabled")
    if task not in (None, *TASKS):
        raise InvalidInput.at(Location("task"), f"unknown task {task!r}; {nearest(str(task), TASKS)}")
    given = {name: _plain(name, values) for name, values in beside.items() if values is not None}
    X, y = _plain("X", X), _plain("y", y)
    try:
        data = reader(X, y, task, given)
    except DataError as error:
        raise InvalidInput.at(Location("X and y"), str(error)) from None
    described = {"X": X, "y": y, **given}
    return GivenData(data, {name: _line(values) for name, values in described.items()})


def _plain(name: str, values: Any) -> Any:
    """An argument without polars: its frames and series as those of pandas; InvalidInput where they hold what no table has."""
    if isinstance(values, Mapping):
        return {key: _plain(f"{name}['{key}']", part) for key, part in values.items()}
    try:
        return as_pandas(values)
    except DataError as error:
        raise InvalidInput.at(Location(name), str(error)) from None


def _line(values: Any) -> str:
    """What an argument is: its type, shape, and names."""
    if isinstance(values, Mapping):
        return f"dict of {_listed([f'{name}: {_line(array)}' for name, array in values.items()], '; ')}"
    if hasattr(values, "columns"):
        return f"data frame of shape {tuple(values.shape)}: {_listed([*map(str, values.columns)], ', ')}"
    if hasattr(values, "dtype"):
        named = f" '{values.name}'" if getattr(values, "name", None) is not None else ""
        return f"{type(values).__name__}{named} of {values.dtype}, shape {tuple(values.shape)}"
    return f"{type(values).__name__} of {len(values)}"


def _listed(items: Sequence[str], between: str) -> str:
    more = [f"and {len(items) - SHOWN} more"] if len(items) > SHOWN else []
    return between.join([*items[:SHOWN], *more])


def with_parameters(
    function: Callable[..., Any], names: Sequence[str], first: Sequence[str] = ()
) -> Callable[..., Any]:
    """The function, which takes what it is given by name, as one with parameters of these names that may be anything.

    Those named in `first` come before them, by position.
    """
    parameters = [inspect.Parameter(name, inspect.Parameter.POSITIONAL_OR_KEYWORD) for name in first]
    parameters += [inspect.Parameter(name, inspect.Parameter.KEYWORD_ONLY, default=None) for name in names]
    function.__signature__ = inspect.Signature(parameters)  # type: ignore[attr-defined]
    return function
