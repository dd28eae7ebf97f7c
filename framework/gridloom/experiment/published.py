"""Published scores: what somebody else has scored with the same candidates, in a CSV file, to stand beside ours."""

from __future__ import annotations

import json
import math
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path
from typing import Any

from gridloom.core.candidate import Candidate, canonical_json
from gridloom.core.regular_files import check_regular
from gridloom.core.tables import Table, read_table
from gridloom.errors import InvalidInput, UnknownName, nearest

PARAMETERS = "parameters"
EXPERIMENT = "experiment"
ACCURACY = "mean_accuracy"
SCORE_COLUMNS = (ACCURACY, "score")
"""The columns that may hold the scores: accuracies, or scores of whatever the experiment scores by."""


MAX_BYTES = 64 * 2**20
"""The largest file of published scores that is read, 64 MiB."""


@dataclass(frozen=True)
class PublishedScores:
    """The scores in a file that are of one experiment, by the parameters of their candidates as canonical JSON.

    `experiment` is what its rows have in the column of that name, None where the file has no such column; `decimals`
    is the most that a score of the file is given with, since what is published has been rounded.
    """

    file: Path
    experiment: str | None
    column: str
    decimals: int
    scores: Mapping[str, float]

    @property
    def resolved(self) -> dict[str, Any]:
        """What the experiment's `published:` says, in full."""
        return {"file": str(self.file), "experiment": self.experiment}

    def of(self, candidate: Candidate) -> float | None:
        """The published score of a candidate, or None."""
        return self.scores.get(_key(candidate.flat))


def read_published(
    file: Path, asked: str | None, name: str, highest: float, parameters: Collection[str] | None
) -> PublishedScores:
    """The scores of the experiment that is asked for, or else of the one called `name`; every row is checked.

    None of its scores may be above the `highest` there can be, and its candidates may have these `parameters` alone
    (None: any). Raises InvalidInput with every problem of the file, and UnknownName when it has no rows of that
    experiment.
    """
    check_regular(file, MAX_BYTES)
    table = read_table(file)
    table.require([PARAMETERS])
    column = _score_column(table)
    has_experiments = EXPERIMENT in table.header.cells
    experiments = table.column(EXPERIMENT) if has_experiments else [None] * len(table.rows)
    keys = [_key_of(cell) for cell in table.column(PARAMETERS)]
    numbers = [_number(cell) for cell in table.column(column)]
    places = list(zip(experiments, keys, strict=True))
    table.refuse([*_unreadable(table, column, keys, numbers), *_doubles(table, places)], "wrong cells")
    if has_experiments:
        chosen = _chosen(table, name if asked is None else asked)
    elif asked is None:
        chosen = None
    else:
        raise UnknownName(f"{file.name} has no column '{EXPERIMENT}'; remove 'experiment'")
    ours = [row for row, experiment in enumerate(experiments) if experiment == chosen]
    wrong = [*_impossible(table, column, ours, numbers, highest), *_misspelt(ours, keys, parameters)]
    table.refuse(wrong, "wrong cells")
    known = [(*place, number) for place, number in zip(places, numbers, strict=True) if number is not None]
    scores = {key: float(number) for experiment, key, number in known if key and experiment == chosen}
    return PublishedScores(file, chosen, column, max(_decimals(number) for *_, number in known), scores)


def _score_column(table: Table) -> str:
    """The name of the one column that holds scores."""
    found = [name for name in SCORE_COLUMNS if name in table.header.cells]
    if not found:
        known = ", ".join(table.header.cells)
        message = f"there is no column {' or '.join(map(repr, SCORE_COLUMNS))}; the header has: {known}"
        raise InvalidInput.at(table.header.place(table.path, 0), message)
    if len(found) > 1:
        place = table.header.place(table.path, table.index(found[1]))
        raise InvalidInput.at(place, f"the column '{found[0]}' already has scores; remove one of the two")
    return found[0]


def _unreadable(
    table: Table, column: str, keys: Sequence[str | None], numbers: Sequence[Decimal | None]
) -> Iterator[tuple[int, str, str]]:
    """The cells that hold no parameters, or no score, with complaints for `Table.refuse`."""
    for row, (key, number) in enumerate(zip(keys, numbers, strict=True)):
        cells = table.rows[row].cells
        if key is None:
            yield row, PARAMETERS, f"'{cells[table.index(PARAMETERS)][:40]}' is not a JSON object of parameters"
        if number is None:
            yield row, column, f"'{cells[table.index(column)][:40]}' is not a finite number"


def _doubles(table: Table, places: Sequence[tuple[str | None, str | None]]) -> Iterator[tuple[int, str, str]]:
    """The rows of a candidate that has a score already, with complaints for `Table.refuse`."""
    firsts: dict[tuple[str | None, str | None], int] = {}
    for row, place in enumerate(places):
        first = firsts.setdefault(place, row)
        if first < row and place[1] is not None:
            yield row, PARAMETERS, f"line {table.rows[first].line} already has a score of this candidate"


def _impossible(
    table: Table, column: str, rows: Sequence[int], numbers: Sequence[Decimal | None], highest: float
) -> Iterator[tuple[int, str, str]]:
    """The scores in these rows that no model can have, with complaints for `Table.refuse`."""
    advice = "write a percentage as a share of 1" if highest == 1 else "errors are negated"
    for row in rows:
        number, cell = numbers[row], table.rows[row].cells[table.index(column)]
        if number is not None and number > highest:
            yield row, column, f"{cell} is above {highest:g}, the best possible score; {advice}"
        elif number is not None and column == ACCURACY and number < 0:
            yield row, column, f"{cell} is not an accuracy"


def _misspelt(
    rows: Sequence[int], keys: Sequence[str | None], parameters: Collection[str] | None
) -> Iterator[tuple[int, str, str]]:
    """The parameters in these rows that the search has not, with complaints for `Table.refuse`."""
    if parameters is None:
        return
    for row in rows:
        for name in json.loads(keys[row] or "{}"):
            if name not in parameters:
                yield row, PARAMETERS, f"unknown parameter '{name}'; {nearest(name, parameters)}"


def _chosen(table: Table, wanted: str) -> str:
    """The experiment whose rows count."""
    known = table.column(EXPERIMENT)
    if wanted not in known:
        raise UnknownName(f"{table.path.name} has no scores of an experiment '{wanted}'; {nearest(wanted, known)}")
    return wanted


def _key_of(cell: str) -> str | None:
    """The key of the parameters in a cell; None when it holds no JSON object."""
    try:
        parameters = json.loads(cell, object_pairs_hook=_unique)
        return _key(parameters) if isinstance(parameters, dict) else None
    except (ValueError, RecursionError):
        return None


def _unique(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    """The pairs as a dict; ValueError when a key is repeated."""
    found = dict(pairs)
    if len(found) < len(pairs):
        raise ValueError("a key is repeated")
    return found


def _key(parameters: Mapping[str, Any]) -> str:
    """The parameters as canonical JSON, in which 1.0 is 1: others' programs may write it either way."""
    return canonical_json(_plain(parameters))


def _plain(value: Any) -> Any:
    if isinstance(value, Mapping):
        return {name: _plain(inner) for name, inner in value.items()}
    if isinstance(value, list | tuple):
        return [_plain(inner) for inner in value]
    return int(value) if isinstance(value, float) and value.is_integer() else value


def _number(cell: str) -> Decimal | None:
    """The number in a cell, None when there is none that a float can hold."""
    try:
        number = Decimal(cell)
    except ArithmeticError:
        return None
    return number if "_" not in cell and math.isfinite(number) else None


def _decimals(number: Decimal) -> int:
    exponent = number.as_tuple().exponent
    return max(0, -exponent) if isinstance(exponent, int) else 0
