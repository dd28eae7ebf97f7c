"""The targets of a table, one column or several: classes, numbers, or labels of 0 and 1."""

from __future__ import annotations

import logging
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any

from gridloom import InvalidInput, Location, spelled
from gridloom_plugins.datasets.cells import Rules, number_in
from gridloom_plugins.datasets.targets import (
    NOT_ONE_A_ROW,
    TaskName,
    target_of,
    target_of_array,
    wrong_targets,
)

if TYPE_CHECKING:
    from numpy.typing import NDArray

_WORDS = {"false": 0, "true": 1}

_NO_LABEL = "'{}' is not a label: write 0 or 1, or false or true"

_log = logging.getLogger("gridloom")

Cells = Callable[[str], Sequence[str]]
"""The cells of a column by its name."""

Fields = dict[str, Any]
"""Fields of `Data` that say what there is to learn."""


def wrong_cells(
    names: Sequence[str], cells_of: Cells, task: TaskName | None, rules: Rules
) -> list[tuple[int, str, str]]:
    """The cells of the targets that cannot be what they should be: row, column and complaint."""
    if len(names) == 1:
        return [(row, names[0], complaint) for row, complaint in wrong_targets(cells_of(names[0]), task, rules)]
    if task == "multilabel":
        return [
            (
                row,
                name,
                _NO_LABEL.format(cell[:40]) if cell else "the cell is blank; write 0 or 1, or remove the row",
            )
            for name in names
            for row, cell in enumerate(cells_of(name))
            if _label(cell) is None
        ]
    return [
        (row, name, complaint)
        for name in names
        for row, complaint in wrong_targets(cells_of(name), "regression", rules)
    ]


def targets_in(names: Sequence[str], cells_of: Cells, task: TaskName | None, rules: Rules) -> Fields:
    """What there is to learn from columns that have no wrong cells."""
    import numpy as np

    if len(names) == 1:
        y, classes = target_of(cells_of(names[0]), task, rules)
        return {"y": y, "classes": classes, "target_name": names[0]}
    if task == "multilabel":
        labels = np.array([[_label(cell) for cell in cells_of(name)] for name in names], dtype=np.int64)
        return {"y": np.ascontiguousarray(labels.T), "target_names": tuple(names), "multilabel": True}
    numbers = np.column_stack([target_of(cells_of(name), "regression", rules)[0] for name in names])
    _tell_labels(numbers)
    return {"y": numbers, "target_names": tuple(names)}


def targets_in_array(values: NDArray[Any], name: str, task: TaskName | None, place: Location) -> Fields:
    """What there is to learn from an array with a target a row, or several; InvalidInput where it is none."""
    import numpy as np

    if values.ndim == 1 and task != "multilabel":
        y, classes = target_of_array(values, task, place)
        return {"y": y, "classes": classes, "target_name": name}
    if values.ndim != len(("rows", "targets")) or values.shape[1] == 1:
        should = (
            f"(rows, labels), as {spelled('task', 'multilabel', 'dataset')} requires"
            if task == "multilabel"
            else NOT_ONE_A_ROW
        )
        raise InvalidInput.at(place, f"the targets have the shape {values.shape}; there should be {should}")
    if task == "classification":
        raise InvalidInput.at(place, f"the targets have the shape {values.shape}; {several_classes()}")
    if values.dtype.kind not in "biuf":
        raise InvalidInput.at(place, f"the targets have the type {values.dtype}; several of them should be numbers")
    if not np.isfinite(values).all():
        row, column = np.argwhere(~np.isfinite(values))[0]
        raise InvalidInput.at(place, f"the target in row {row + 1}, column {column + 1} is missing or not finite")
    names = tuple(f"{name} {number}" for number in range(values.shape[1]))
    if task != "multilabel":
        _tell_labels(values)
        return {"y": values.astype(np.float64), "target_names": names}
    if not np.isin(values, (0, 1)).all():
        row, column = np.argwhere(~np.isin(values, (0, 1)))[0]
        cell = values[row, column]
        raise InvalidInput.at(place, f"the label in row {row + 1}, column {column + 1} should be 0 or 1, not {cell}")
    return {"y": values.astype(np.int64), "target_names": names, "multilabel": True}


def several_classes() -> str:
    """Why several targets are no classes."""
    numbers, labels = spelled("task", "regression"), spelled("task", "multilabel")
    return f"several targets are numbers ({numbers}), or labels of 0 and 1 ({labels}), not classes"


def _label(cell: str) -> int | None:
    """0 or 1, or None for a cell that says neither."""
    number = number_in(cell)
    if number is not None:
        return int(number) if number in (0, 1) else None
    return _WORDS.get(cell.casefold())


def _tell_labels(numbers: NDArray[Any]) -> None:
    """Say where several targets are taken for numbers that look like labels."""
    if ((numbers == 0) | (numbers == 1)).all():
        _log.warning(
            "all targets are 0 or 1 and are treated as numbers to predict; write %s if they are labels",
            spelled("task", "multilabel", "dataset"),
        )
