"""Complaints about columns whose cells do not go together: where the first one stands, and the ways out."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from gridloom import Table, spelled
from gridloom_plugins.datasets.cells import Rules, any_number, has_decimal_comma, looks_like_a_number
from gridloom_plugins.datasets.kinds import Wrong
from gridloom_plugins.datasets.written import Written, as_missing

FEW = 3
"""Up to so many bad cells of a column are reported with their lines; of more, the first one, and the number of the
others."""

LONGEST = 40
"""How many characters of a cell are shown."""

_SHOULD_BE = {
    "numeric": "is not a finite number",
    "boolean": "is not true or false, yes or no, t or f, 1 or 0",
    "date": "is not an ISO 8601 date, such as 2026-12-31",
    "iso": "looks like a date, but is not an ISO 8601 date, such as 2026-12-31",
}


def refuse(table: Table, wrong: Sequence[Wrong], written: Written, rules: Rules) -> None:
    """Raise InvalidInput for these columns of a table, if there are any; the advice adds to what is written already."""

    def place(row: int) -> str:
        return f"line {table.rows[row].line}"

    bad = [
        (item.rows[0], item.name, _complaint(table.column(item.name), item, place, written, rules)) for item in wrong
    ]
    table.refuse(bad, "columns with such cells")


def in_row(cells: Sequence[str], wrong: Wrong, written: Written, rules: Rules) -> str:
    """The complaint about a column whose cells have no places but rows, counted from 1."""
    complaint = _complaint(cells, wrong, lambda row: f"row {row + 1}", written, rules)
    return f"column '{wrong.name}', row {wrong.rows[0] + 1}: {complaint}"


def _complaint(cells: Sequence[str], wrong: Wrong, place: Callable[[int], str], written: Written, rules: Rules) -> str:
    drop = written.excluding([wrong.name])
    if wrong.should_be == "present":
        return f"all {len(cells):,} cells are missing; exclude the column{drop and f' by {drop}'}"
    bad = [cells[row] for row in wrong.rows]
    said = f"{_shown(bad[0])} {_SHOULD_BE[wrong.should_be]}{_others(wrong, bad, len(cells), place)}"
    if not written.has_options:
        return f"{said}; correct {'it' if len(bad) == 1 else 'them'}, or exclude the column by {drop}"
    ways = [*_conversions(wrong, bad)]
    if wrong.should_be != "iso" and len({*bad}) <= FEW and max(map(len, bad)) <= LONGEST:
        ways.append(f"{as_missing(bad, rules)} if that means missing")
    ways.append(f"{written.as_category(wrong.name)} to treat all cells as categories")
    return f"{said}; write {', '.join(ways)}, or {drop or 'exclude the column'}"


def _conversions(wrong: Wrong, bad: Sequence[str]) -> list[str]:
    """How the file could be read, or changed, such that the cells are what they should be."""
    if wrong.should_be == "numeric":
        if all(map(has_decimal_comma, bad)):
            return [f"{spelled('decimal', ',')} if the comma is the decimal mark (and remove thousands separators)"]
        if all(any_number(cell) is None and looks_like_a_number(cell) for cell in bad):
            return ["plain numbers into the file (no thousands separators, currencies or percent signs)"]
    return ["its dates as ISO 8601 into the file"] if wrong.should_be == "iso" else []


def _others(wrong: Wrong, bad: Sequence[str], total: int, place: Callable[[int], str]) -> str:
    """Which other cells are bad, too."""
    if len(bad) == 1:
        return ""
    verb = "as does" if wrong.should_be == "iso" else "nor is"
    if len(bad) <= FEW:
        rest = " and ".join(
            f"{_shown(cell)} in {place(row)}" for cell, row in zip(bad[1:], wrong.rows[1:], strict=True)
        )
        return f", {verb} {rest}"
    texts = len({*bad})
    what = f" ({texts:,} different texts)" if texts > 1 else ""
    verb = "as do" if wrong.should_be == "iso" else "nor are"
    return f", {verb} {len(bad) - 1:,} more of {total:,} cells{what}"


def _shown(cell: str) -> str:
    return f"'{cell[:LONGEST]}'"
