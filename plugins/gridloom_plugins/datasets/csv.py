"""The data set `csv`: columns and a target from a file of your own."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

from pydantic import Field

from gridloom import Column, Data, Dataset, InputFile, Location, Table
from gridloom_plugins.datasets import complaints
from gridloom_plugins.datasets.behind import Bad, Rows, put_behind, task_of, wanted_of
from gridloom_plugins.datasets.beside import read_beside
from gridloom_plugins.datasets.cells import MISSING, Decimal, Rules, all_numbers
from gridloom_plugins.datasets.headers import check_is_header
from gridloom_plugins.datasets.kinds import Found, Kind, Wrong, read_column, side_by_side
from gridloom_plugins.datasets.large_csv import LARGE, Large, read_large
from gridloom_plugins.datasets.layout import Encoding, Layout, layout_of
from gridloom_plugins.datasets.proposing import propose_csv
from gridloom_plugins.datasets.several_targets import targets_in, wrong_cells
from gridloom_plugins.datasets.targets import TaskName
from gridloom_plugins.datasets.wanted import Head, Name, Target, Wanted, tell_ids

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray


def load(
    path: InputFile,
    target: Target,
    features: list[Name] | None = None,
    task: TaskName | None = None,
    delimiter: Annotated[str, Field(min_length=1, max_length=1)] | None = None,
    drop: list[Name] | None = None,
    header: bool | None = None,
    types: dict[str, Kind] | None = None,
    missing: list[str | int | float] | None = None,
    decimal: Decimal = ".",
    encoding: Encoding = "utf-8",
    groups: Name | None = None,
    order: Name | None = None,
    folds: Name | None = None,
    weights: Name | None = None,
) -> Data:
    """Read a CSV file, with or without a header; a file whose name ends in .gz is decompressed.

    `path` is relative to the experiment file. `target` is the column to predict and `features` are the columns to learn
    from (null: all others that have a name). `drop` names columns to exclude, instead of `features`. A text target has
    classes, and so have whole numbers with at most 20 different values, unless `task` is regression. A list of columns,
    such as [price, rent], gives several targets: numbers, or labels of 0 and 1 (or false and true) if `task` is
    multilabel.

    A column contains numbers, booleans (true and false, yes and no, t and f), ISO 8601 dates, categories (at most 20
    different texts, or 5 % of the rows, and never more than 1,000) or other text; `types` overrides this, as in {zip:
    category}. Blank cells of features are missing, and so are NA, N/A, NaN, null, None and ?; `missing` lists other
    texts instead.

    `delimiter` separates cells (null: the one of comma, semicolon, tab and | that suits the first lines). `decimal` is
    the decimal mark, `encoding` the encoding of the file. `header` says whether the first line contains the names of
    the columns; without names, columns are called 0, 1 and so on (null: the first line contains names, and is refused
    if it looks like data).

    `groups`, `order` (numbers or dates), `folds` (whole numbers; -1 for rows that are never tested) and `weights` are
    columns that `validation` or training uses; they are not features. Every problem is reported with line and column.
    """
    beside = {"groups": groups, "order": order, "folds": folds, "weights": weights}
    wanted = Wanted.of(target, task, features, drop, types, beside)
    rules = _rules(missing, decimal)
    source = _opened(path, wanted, delimiter, header, decimal, encoding)
    _check_targets(source, wanted, task, rules)
    targets = targets_in(wanted.targets, source.cells, task, rules)
    X, columns = _features(source, wanted, rules)
    found = (Found(column, X[:, place]) for place, column in enumerate(columns or _plain(source.names)))
    tell_ids(source.head, found, wanted.written)
    arrays: dict[str, Any] = read_beside(wanted.beside, source.cells, rules, source.place)
    return Data(X=X, feature_names=tuple(source.names), columns=columns, **targets, **arrays)


def extend(
    data: Data,
    file: Path,
    *,
    delimiter: str | None = None,
    header: bool | None = None,
    missing: Sequence[str | int | float] | None = None,
    decimal: Decimal = ".",
    encoding: Encoding = "utf-8",
    groups: Name | None = None,
    order: Name | None = None,
    **_: Any,
) -> Data:
    """The data and behind them the rows of another file, read by the options of `load` and as what the columns are.

    The columns of folds and weights are not asked for: the rows do not train. InvalidInput with line and column.
    """
    wanted, rules = wanted_of(data, groups, order), _rules(missing, decimal)
    source = _opened(file, wanted, delimiter, header, decimal, encoding)
    _check_targets(source, wanted, task_of(data), rules)
    X, columns = _features(source, wanted, rules)
    beside = read_beside(wanted.beside, source.cells, rules, source.place)

    def refuse(bad: list[Bad]) -> None:
        if bad:
            source.table.refuse(bad, "cells like these")

    return put_behind(data, Rows(file, X, columns, source.cells, beside, refuse), rules)


def _rules(missing: Sequence[str | int | float] | None, decimal: Decimal) -> Rules:
    return Rules(MISSING if missing is None else frozenset(map(str, missing)), decimal)


def _plain(names: Sequence[str]) -> list[Column]:
    return [Column(name) for name in names]


def _check_targets(source: _Source, wanted: Wanted, task: TaskName | None, rules: Rules) -> None:
    """InvalidInput for cells that cannot be a target."""
    if wrong := wrong_cells(wanted.targets, source.cells, task, rules):
        source.table.refuse(wrong, "invalid targets")


@dataclass(frozen=True)
class _Source:
    """The cells of a file, and the names of the columns to learn from."""

    layout: Layout
    head: Head
    names: list[str]
    large: Large | None
    small: Table | None

    @cached_property
    def table(self) -> Table:
        """The table whose cells have places in the file."""
        return self.small or self.layout.table()

    def cells(self, name: str) -> list[str]:
        """The cells of a column."""
        return self.large.cells(name) if self.large else self.table.column(name)

    def place(self, row: int, name: str) -> Location:
        """Where a cell stands."""
        return self.table.rows[row].place(self.layout.path, self.table.index(name))

    def numbers(self) -> NDArray[np.float64] | None:
        """The features of shape (rows, columns); None where they are not all finite numbers."""
        return self.large.X if self.large else all_numbers(self.table, self.names)

    def column(self, name: str, kind: Kind | None, rules: Rules) -> Found | Wrong:
        """A column with its kind, or what is wrong with it."""
        numbers = self.large.numbers(name) if self.large and kind in (None, "numeric") and rules.are_usual else None
        return read_column(name, self.cells(name), kind, rules) if numbers is None else Found(Column(name), numbers)


def _opened(
    path: Path,
    wanted: Wanted,
    delimiter: str | None,
    header: bool | None,
    decimal: Decimal,
    encoding: Encoding,
) -> _Source:
    """The cells of a file that is laid out like this; InvalidInput where it is not, or lacks columns."""
    layout = layout_of(path, delimiter, encoding, header, named=wanted.named, comma_is_decimal=decimal == ",")
    if header is None and layout.start:
        check_is_header(path, layout.start)
    return _source(layout, wanted)


def _source(layout: Layout, wanted: Wanted) -> _Source:
    """The cells of a file, read by pandas where it is large and nothing in it needs a closer look."""
    if not layout.is_plain or not layout.start or layout.path.stat().st_size < LARGE:
        table = layout.table()
        head = _head(table)
        return _Source(layout, head, wanted.chosen(head), None, table)
    head = _head(layout.table(most=1))
    names = wanted.chosen(head)
    large = read_large(layout, head.names, [*names, *wanted.beside.values()], names, wanted.targets)
    return _Source(layout, head, names, large, None)


def _head(table: Table) -> Head:
    return Head(
        table.path,
        table.header.cells,
        table.require,
        lambda name: table.header.place(table.path, table.index(name)),
    )


def _features(source: _Source, wanted: Wanted, rules: Rules) -> tuple[NDArray[np.float64], tuple[Column, ...]]:
    """The features of shape (rows, columns), and what the columns are; no columns where all are plain numbers."""
    X = None
    if rules.are_usual and all(kind == "numeric" for kind in wanted.types.values()):
        X = source.numbers()
    if X is not None:
        return X, ()
    if source.large:
        given = wanted.types
        texts = [name for name in source.names if given.get(name, "numeric") != "numeric" or not rules.are_usual]
        source.large.read_texts(texts)
    read = [source.column(name, wanted.types.get(name), rules) for name in source.names]
    if wrong := [item for item in read if isinstance(item, Wrong)]:
        complaints.refuse(source.table, wrong, wanted.written, rules)
    return side_by_side([item for item in read if isinstance(item, Found)])


DATASET = Dataset(
    name="csv",
    summary="Columns and a target from a CSV file.",
    load=load,
    extend=extend,
    opens=(".csv", ".tsv", ".txt", ".csv.gz", ".tsv.gz", ".txt.gz"),
    propose=propose_csv,
)
