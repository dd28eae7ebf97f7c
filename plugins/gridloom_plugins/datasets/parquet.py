"""The data set `parquet`: columns and a target from a Parquet file of your own."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from gridloom import Data, Dataset, InputFile
from gridloom_plugins.datasets.behind import put_behind, task_of, wanted_of
from gridloom_plugins.datasets.cells import Rules
from gridloom_plugins.datasets.frames import data_of, read_parquet, rows_of
from gridloom_plugins.datasets.kinds import Kind
from gridloom_plugins.datasets.proposing import propose_parquet
from gridloom_plugins.datasets.targets import TaskName
from gridloom_plugins.datasets.wanted import Name, Target, Wanted


def load(
    path: InputFile,
    target: Target,
    features: list[Name] | None = None,
    task: TaskName | None = None,
    drop: list[Name] | None = None,
    types: dict[str, Kind] | None = None,
    missing: list[str | int | float] | None = None,
    groups: Name | None = None,
    order: Name | None = None,
    folds: Name | None = None,
    weights: Name | None = None,
) -> Data:
    """Read a Parquet file; `pip install 'gridloom[parquet]'`.

    `path` is relative to the experiment file. The types of the columns determine what they contain: numbers, booleans,
    dates and times, or text, which is categories if there are few different values or if the type is a dictionary;
    `types` overrides this, as in {zip: category}. Nulls, NaN and blank text are missing, and so are the values in
    `missing`.

    As with the data set `csv`, `target` is the column to predict (or a list of columns), and `features` are those to
    learn from (null: all others), or `drop` those to exclude; `task` says whether whole numbers are classes, and
    several targets labels. `groups`, `order`, `folds` and `weights` are columns that `validation` or training uses;
    they are not features.
    """
    beside = {"groups": groups, "order": order, "folds": folds, "weights": weights}
    wanted = Wanted.of(target, task, features, drop, types, beside)
    rules = Rules(frozenset(map(str, missing or ())))
    return data_of(read_parquet(path), str(path), wanted, task, rules)


def extend(
    data: Data,
    file: Path,
    *,
    missing: Sequence[str | int | float] | None = None,
    groups: Name | None = None,
    order: Name | None = None,
    **_: Any,
) -> Data:
    """The data and behind them the rows of another file, read by the options of `load` and as what the columns are."""
    rules = Rules(frozenset(map(str, missing or ())))
    rows = rows_of(read_parquet(file), file, wanted_of(data, groups, order), task_of(data), rules)
    return put_behind(data, rows, rules)


DATASET = Dataset(
    name="parquet",
    summary="Columns and a target from a Parquet file.",
    load=load,
    extend=extend,
    opens=(".parquet", ".pq"),
    propose=propose_parquet,
)
