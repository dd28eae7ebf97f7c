"""Rows of another file behind those of a data set, as `test: {path: FILE}` asks for: with its columns and classes."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from gridloom import Column, Data
from gridloom_plugins.datasets.cells import Rules
from gridloom_plugins.datasets.kinds import Kind
from gridloom_plugins.datasets.several_targets import Cells, targets_in
from gridloom_plugins.datasets.targets import TaskName, target_of
from gridloom_plugins.datasets.wanted import Name, Target, Wanted
from gridloom_plugins.datasets.written import Written

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

_log = logging.getLogger("gridloom")

EXAMPLES = 3
"""How many values a message names."""

LONGEST = 40
"""How many characters of a cell are shown."""

Bad = tuple[int, str, str]
"""A row, a column, and what is wrong with the cell there."""


@dataclass(frozen=True)
class Rows:
    """Rows of another file: features with their columns, the cells of the targets by name, and what stands beside, by field.

    `refuse` raises InvalidInput for cells of it, if there are any.
    """

    file: Path
    X: NDArray[np.float64]
    columns: Sequence[Column]
    targets: Cells
    beside: Mapping[str, NDArray[Any]]
    refuse: Callable[[list[Bad]], None]


def columns_of(data: Data) -> list[Column]:
    """The columns of these data; numbers without gaps where they have none."""
    return list(data.columns) or [Column(name) for name in data.feature_names]


def wanted_of(data: Data, groups: Name | None, order: Name | None) -> Wanted:
    """What another file is asked for: the columns of these data as what they are, and what its rows are scored by."""
    types: dict[str, Kind] = {column.name: column.kind for column in columns_of(data)}
    beside = {"groups": groups, "order": order}
    target: Target = [*data.target_names] or data.target_name
    wanted = Wanted.of(target, task_of(data), [*data.feature_names], None, types, beside)
    return replace(wanted, asked={}, written=Written(lists_features=True))


def task_of(data: Data) -> TaskName:
    """What the target of these data is."""
    if data.multilabel:
        return "multilabel"
    return "classification" if data.classes else "regression"


def put_behind(data: Data, rows: Rows, rules: Rules) -> Data:
    """These data and behind them the rows, whose columns and classes are theirs.

    A category that only the rows have is one more value of its column, which nothing learns, and that is logged. InvalidInput
    for classes that are not among those of the data, and for missing cells in columns that have no gaps.
    """
    import numpy as np

    columns = columns_of(data)
    new = list(rows.columns) or [Column(column.name) for column in columns]
    bad = [*_new_gaps(rows, columns)]
    y = _targets(data, rows, rules, bad)
    rows.refuse(bad)
    X, both = rows.X.copy(), []
    for place, (column, found) in enumerate(zip(columns, new, strict=True)):
        both.append(_joined(column, found, X[:, place]))
        if column.kind == "category":
            _tell_new(rows, column, both[-1], X[:, place])
    beside: dict[str, Any] = {"folds": None}
    if data.weights is not None:  # none of the rows trains
        beside["weights"] = np.concatenate([data.weights, np.ones(len(y))])
    for field in ("groups", "order"):
        known = getattr(data, field)
        other = rows.beside.get(field)
        beside[field] = None if known is None or other is None else np.concatenate([known, other])
    if beside["groups"] is not None:  # groups of another file are other groups
        beside["groups"][len(data.y) :] += int(data.groups.max()) + 1  # type: ignore[union-attr]
    return replace(
        data,
        X=np.concatenate([data.X, X]),
        y=np.concatenate([data.y, y]),
        columns=tuple(both) if data.columns else (),
        **beside,
    )


def _new_gaps(rows: Rows, columns: Sequence[Column]) -> Iterator[Bad]:
    import numpy as np

    for place, column in enumerate(columns):
        if not column.gaps:
            for row in np.flatnonzero(np.isnan(rows.X[:, place])).tolist():
                yield row, column.name, "is missing, but this column has no missing cells in the data set"


def _targets(data: Data, rows: Rows, rules: Rules, bad: list[Bad]) -> NDArray[Any]:
    """The targets, classes as places among those of the data; complaints go to `bad`."""
    import numpy as np

    if data.target_names:
        several: NDArray[Any] = targets_in(data.target_names, rows.targets, task_of(data), rules)["y"]
        return several
    cells = rows.targets(data.target_name)
    y, classes = target_of(cells, task_of(data), rules)
    if not data.classes:
        return y
    places = {name: place for place, name in enumerate(data.classes)}
    found = [places.get(classes[one], places.get(cell, -1)) for one, cell in zip(y.tolist(), cells, strict=True)]
    for row, place in enumerate(found):
        if place < 0:
            known = ", ".join(data.classes[:EXAMPLES]) + (", ..." if len(data.classes) > EXAMPLES else "")
            complaint = f"'{cells[row][:LONGEST]}' is not a class of the data set, which has {known}"
            bad.append((row, data.target_name, complaint))
    return np.array(found, dtype=data.y.dtype)


def _joined(column: Column, found: Column, cells: NDArray[np.float64]) -> Column:
    """The column with values that only these cells have behind its own; the cells become places among both."""
    import numpy as np

    if not column.is_coded:
        return column
    values = (*column.values, *(value for value in found.values if value not in {*column.values}))
    place = {value: float(number) for number, value in enumerate(values)}
    there = ~np.isnan(cells)
    new = np.array([place[value] for value in found.values] or [np.nan])
    cells[there] = new[cells[there].astype(np.intp)]
    return replace(column, values=values)


def _tell_new(rows: Rows, column: Column, joined: Column, cells: NDArray[np.float64]) -> None:
    """Say which categories only these rows have."""
    if new := joined.values[len(column.values) :]:
        number = int((cells >= len(column.values)).sum())
        shown = ", ".join(f"'{value[:LONGEST]}'" for value in new[:EXAMPLES])
        what = "1 row has a value" if number == 1 else f"{number:,} rows have values"
        _log.warning("%s: column '%s': %s not in the data set, such as %s", rows.file, column.name, what, shown)
