"""The target of a table: classes or numbers, and cells that cannot be one."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, Literal

from gridloom import InvalidInput, Location, spelled
from gridloom_plugins.datasets.cells import Rules, any_number, has_decimal_comma, number_in, numbers_in
from gridloom_plugins.datasets.kinds import MOSTLY

if TYPE_CHECKING:
    from numpy.typing import NDArray

MAX_CLASSES = 20
"""Whole numbers with at most this many different values are classes, unless `task` says otherwise."""

TaskName = Literal["classification", "regression", "multilabel"]

NOT_ONE_A_ROW = "one per row, or several numbers or labels"

_BLANK = "the cell is blank; fill it in or remove the row"


def wrong_targets(cells: Sequence[str], task: TaskName | None, rules: Rules) -> list[tuple[int, str]]:
    """The rows whose cells cannot be a target, each with a complaint: what is missing, and what is no number as others are."""
    if blank := [row for row, cell in enumerate(cells) if not cell]:
        return [(row, _BLANK) for row in blank]
    if rules.are_usual and numbers_in(cells) is not None:
        return []
    counts = Counter(cells)
    numbers = {text for text in counts if rules.number(text) is not None}
    missing = {text for text in counts if rules.is_missing(text)}
    has_numbers_alone = all(text in numbers or any_number(text) is not None for text in counts)
    if task == "regression" or has_numbers_alone:
        bad = {text: _NO_NUMBER for text in counts if text not in numbers} | dict.fromkeys(missing & numbers, _MISSING)
    elif missing:
        bad = dict.fromkeys(missing, _MISSING)
    else:
        return _unlike_most(cells, counts, numbers, rules) if task is None else []
    return [(row, bad[cell].format(cell[:40])) for row, cell in enumerate(cells) if cell in bad]


def _unlike_most(cells: Sequence[str], counts: Counter[str], numbers: set[str], rules: Rules) -> list[tuple[int, str]]:
    """The first row whose target is no number where most are, or would be with a decimal comma, and how many more there are."""
    others = {text for text in counts if text not in numbers}
    commas = {text for text in others if has_decimal_comma(text)} if rules.decimal == "." else set()
    if sum(count for text, count in counts.items() if text in numbers or text in commas) < MOSTLY * len(cells):
        return []
    rows = [row for row, cell in enumerate(cells) if cell in others]
    more = f", nor are {len(rows) - 1:,} more of {len(cells):,} targets" if len(rows) > 1 else ""
    said = f"'{cells[rows[0]][:40]}' is not a finite number{more}"
    return [(rows[0], f"{said}; {_way_out(others == commas)}")]


_NO_NUMBER = "'{}' is not a finite number"
_MISSING = (
    "'{}' stands for a missing target; remove the row, or if it is a class, list the texts for missing cells under "
    "'missing'"
)


def _way_out(has_commas: bool) -> str:
    """What to do about targets that are no numbers, where most are."""
    first = f"write {spelled('decimal', ',')} if the comma is the decimal mark" if has_commas else "correct it"
    classes = spelled("task", "classification", "dataset")
    return f"{first}, or write {classes} if targets are classes"


def target_of(cells: Sequence[str], task: TaskName | None, rules: Rules) -> tuple[NDArray[Any], tuple[str, ...]]:
    """The target, and the names of its classes (none for a number)."""
    import numpy as np

    texts = cells if rules.decimal == "." else [cell.replace(",", ".") for cell in cells]
    numbers = numbers_in(texts)
    is_whole = numbers is not None and all(number.is_integer() for number in numbers)
    is_number = numbers is not None and not (is_whole and len(set(numbers)) <= MAX_CLASSES)
    if numbers is not None and (task == "regression" or (task is None and is_number)):
        return np.array(numbers), ()
    labels = [str(int(number)) for number in numbers] if numbers is not None and is_whole else list(cells)
    classes = sorted(set(labels), key=lambda label: (number_in(label) or 0.0, label))
    numbered = {label: number for number, label in enumerate(classes)}
    return np.array([numbered[label] for label in labels], dtype=np.int64), tuple(classes)


def target_of_array(
    values: NDArray[Any], task: TaskName | None, place: Location
) -> tuple[NDArray[Any], tuple[str, ...]]:
    """The target, and the names of its classes (none for a number), of an array with one number or text a row."""
    import numpy as np

    if values.dtype.kind in "US":
        cells = values.astype(str).tolist()
    elif values.dtype.kind in "biuf":
        if not np.isfinite(values).all():
            row = int((~np.isfinite(values)).argmax())
            raise InvalidInput.at(place, f"the target in row {row + 1} is missing or not finite")
        is_whole = values.dtype.kind != "f" or bool((values == np.floor(values)).all())
        is_number = not (is_whole and len(np.unique(values)) <= MAX_CLASSES)
        if task == "regression" or (task is None and is_number):
            return values.astype(np.float64), ()
        cells = [str(value).lower() if values.dtype.kind == "b" else repr(value) for value in values.tolist()]
    else:
        raise InvalidInput.at(place, f"the targets have the type {values.dtype}; they should be numbers or texts")
    return target_of(cells, "classification" if task is None else task, Rules(frozenset()))
