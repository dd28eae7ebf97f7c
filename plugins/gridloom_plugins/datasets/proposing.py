"""What to say of a table that nobody has described: its target, and which columns are not learned from."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from gridloom import InvalidInput, Location, nearest, open_text
from gridloom_plugins.datasets.cells import MISSING, Rules, has_decimal_comma, looks_like_a_number
from gridloom_plugins.datasets.frames import SHOWN, kind_of, read_parquet, texts_of
from gridloom_plugins.datasets.headers import check_is_header
from gridloom_plugins.datasets.kinds import MOSTLY, Found, Kind, Wrong, category_or_text, read_column
from gridloom_plugins.datasets.layout import Encoding, layout_of
from gridloom_plugins.datasets.wanted import has_no_name, ids_among

TARGETS = (
    *("target", "label", "labels", "class", "y", "outcome", "response", "churn", "churned", "exited", "attrition"),
    *("survived", "default", "defaulted", "diagnosis", "species", "disease", "fraud", "is_fraud", "result", "price"),
)
"""What targets are often called, in any case; the first of them that is there is taken."""

FEW = 3
"""Of numbers and so many different texts at most, the texts mean missing; of more, all cells are categories."""

FEWEST_SORTED = 10
"""So many rows are sorted by dates by chance in one of millions of files."""

PART = 2**20
"""How many characters are read at a time."""

Proposed = tuple[dict[str, Any], dict[str, str]]
"""Options, and remarks on some of them, by the names of the options."""


def propose_csv(path: Path, target: str | None) -> Proposed:
    """The options of `csv` for a file; InvalidInput where it is no table."""
    options: dict[str, Any] = {}
    remarks: dict[str, str] = {}
    encoding = _encoding(path)
    if encoding != "utf-8":
        options["encoding"], remarks["encoding"] = encoding, "the file is not UTF-8; check that its letters are right"
    layout = layout_of(path, None, encoding, None, named=[target] if target else [])
    try:
        if layout.start:
            check_is_header(path, layout.start)
    except InvalidInput:
        layout = layout_of(path, None, encoding, header=False)
        options["header"], remarks["header"] = False, "the first line looks like data"
    options["delimiter"] = layout.delimiter
    table = layout.table()
    names = table.header.cells
    if any(_uses_decimal_comma(table.column(name)) for name in names):
        options["decimal"], remarks["decimal"] = ",", "columns look like numbers with a decimal comma"
    rules = Rules(decimal=options.get("decimal", "."))
    more = _columns(
        path, names, table.column, target, rules, lambda name: read_column(name, table.column(name), None, rules)
    )
    return options | more[0], remarks | more[1]


def propose_parquet(path: Path, target: str | None) -> Proposed:
    """The options of `parquet` for a file; InvalidInput where it is no table."""
    frame = read_parquet(path)
    frame = frame.set_axis([str(name) for name in frame.columns], axis=1)
    rules = Rules(frozenset())

    def found(name: str) -> Found | Wrong:
        kind = kind_of(frame[name])
        cells = texts_of(frame[name])
        return Wrong(name, [0], "present") if kind is None else read_column(name, cells, kind, rules)

    return _columns(path, [*frame.columns], lambda name: texts_of(frame[name]), target, rules, found)


def _encoding(path: Path) -> Encoding:
    """UTF-16 where the file begins with its mark, UTF-8 where that can be read, Windows-1252 otherwise."""
    try:
        with open_text(path, "utf-8") as file:
            for _ in iter(lambda: file.read(PART), ""):
                pass
    except InvalidInput:
        with path.open("rb") as raw:
            return "utf-16" if raw.read(2) in (b"\xff\xfe", b"\xfe\xff") else "cp1252"
    return "utf-8"


def _uses_decimal_comma(cells: Sequence[str]) -> bool:
    """Whether the cells would be numbers if a comma were the decimal mark, and are not otherwise."""
    rules = Rules(decimal=",")
    present = [cell for cell in cells if not rules.is_missing(cell)]
    return any(map(has_decimal_comma, present)) and all(rules.number(cell) is not None for cell in present)


def _columns(
    path: Path,
    names: Sequence[str],
    cells_of: Callable[[str], Sequence[str]],
    target: str | None,
    rules: Rules,
    read_one: Callable[[str], Found | Wrong],
) -> Proposed:
    """The target, and what to do about columns that cannot be learned from as they are."""
    remarks: dict[str, str] = {}
    if target is None:
        target = _target(names)
        is_named = target.casefold() in TARGETS
        remarks["target"] = (
            "guessed from its name" if is_named else "the last column; name another one if this is wrong"
        )
    elif target not in names:
        raise InvalidInput.at(Location(str(path)), f"there is no column '{target}'; {nearest(target, names[:SHOWN])}")
    options: dict[str, Any] = {"target": target}
    drop: dict[str, str] = {name: "no name" for name in names if has_no_name(name) and name != target}
    types: dict[str, Kind] = {}
    missing: list[str] = []
    read = [read_one(name) for name in names if name not in drop and name != target]
    found = [item for item in read if isinstance(item, Found)]
    drop |= dict.fromkeys(ids_among(found), "an id")
    if order := _order(found):
        options["order"] = order
        remarks["order"] = "the rows are ordered in time; this column is not a feature, and folds go forward in time"
    for item in read:
        if isinstance(item, Wrong):
            _settle(item, cells_of(item.name), drop, types, missing)
    if drop:
        options["drop"] = [*drop]
        remarks["drop"] = "; ".join(f"{name}: {why}" for name, why in drop.items())
    if types:
        options["types"] = types
        remarks["types"] = "numbers and texts in one column"
    if missing:
        known = sorted({cell for name in names for cell in cells_of(name) if cell in MISSING and cell in rules.missing})
        options["missing"] = [*dict.fromkeys([*missing, *known])]
        remarks["missing"] = "texts among numbers"
    return options, remarks


def _order(columns: Sequence[Found]) -> str | None:
    """The column of dates by which the rows are sorted, ascending or descending, if there is one."""
    import numpy as np

    for item in columns:
        steps = np.diff(item.values)
        is_sorted = bool((steps >= 0).all() or (steps <= 0).all())
        if item.column.kind == "date" and len(steps) >= FEWEST_SORTED and is_sorted and np.mean(steps != 0) >= MOSTLY:
            return item.column.name
    return None


def _settle(
    wrong: Wrong, cells: Sequence[str], drop: dict[str, str], types: dict[str, Kind], missing: list[str]
) -> None:
    """Note what to do about a column whose cells do not go together."""
    bad = dict.fromkeys(cells[row] for row in wrong.rows)
    if wrong.should_be == "present":
        drop[wrong.name] = "no cells that a table can contain"
    elif wrong.should_be == "iso":
        drop[wrong.name] = "dates that are not ISO 8601"
    elif all(map(looks_like_a_number, bad)):
        drop[wrong.name] = f"not plain numbers, such as '{next(iter(bad))}'"
    elif len(bad) <= FEW:
        missing += bad
    elif category_or_text(len({*cells}), len(cells)) == "category":
        types[wrong.name] = "category"
    else:
        drop[wrong.name] = "numbers and other texts"


def _target(names: Sequence[str]) -> str:
    """The column that is called as targets are, else the last one that has a name."""
    by_name = {name.casefold(): name for name in reversed(names)}
    for known in TARGETS:
        if known in by_name:
            return by_name[known]
    named = [name for name in names if not has_no_name(name)]
    return (named or [*names])[-1]
