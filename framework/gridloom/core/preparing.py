"""Preprocessing inside a split: transformers are fitted on the rows that train, and applied to those that test."""

from __future__ import annotations

import warnings
from collections import OrderedDict
from collections.abc import Callable, Hashable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from gridloom.core.columns import Column, StepKind, frame_of
from gridloom.core.data import Data

if TYPE_CHECKING:
    import numpy as np
    import pandas as pd
    from numpy.typing import NDArray


@dataclass(frozen=True)
class Step:
    """A step of preprocessing: what makes its transformer, and which columns the transformer gets.

    See `gridloom.Transform` for `takes`, `gives` and `column_by_column`; `columns` are names that take the place of
    `takes`.
    """

    name: str
    make: Callable[[], Any]
    takes: tuple[StepKind, ...]
    gives: StepKind | None
    column_by_column: bool
    columns: tuple[str, ...] | None = None


@dataclass(frozen=True, eq=False)
class Prepared:
    """Features after all steps: of all rows, shape (rows, columns), 0 in rows of neither part; and the fitted pipeline.

    `pipeline` is a scikit-learn Pipeline of one ColumnTransformer a step, which takes and returns pandas tables.
    """

    X: NDArray[np.float64]
    names: tuple[str, ...]
    pipeline: Any


MOST_BYTES = 1024 * 1024 * 1024
"""How many bytes of prepared features a process keeps, besides the latest ones."""

KEEPS_ALL = "k=.* is greater than n_features"
"""What scikit-learn warns of where it is to select more columns than there are: candidates with such k would be one."""

_kept: OrderedDict[Hashable, Prepared] = OrderedDict()


def kept(key: Hashable, make: Callable[[], Prepared]) -> Prepared:
    """The features that are kept under this key, made if need be; those that were asked for the longest ago are let go."""
    if key not in _kept:
        _kept[key] = make()
    _kept.move_to_end(key)
    while len(_kept) > 1 and sum(item.X.nbytes for item in _kept.values()) > MOST_BYTES:
        _kept.popitem(last=False)
    return _kept[key]


def columns_of(data: Data) -> tuple[Column, ...]:
    """The columns of a table of features; all numeric where the data do not say."""
    if data.columns:
        return data.columns
    names = data.feature_names or tuple(f"feature {number}" for number in range(data.X.shape[1]))
    return tuple(Column(name) for name in names)


def prepare(data: Data, steps: Sequence[Step], train: NDArray[np.intp], test: NDArray[np.intp]) -> Prepared:
    """Fit all steps on the rows that train, in their order, and apply them to those that test.

    As in a scikit-learn Pipeline, what a step makes of the training rows is its `fit_transform`, and a later step is
    fitted on that. ValueError for a step that finds no columns, and where a model could not take what comes out.
    """
    import numpy as np

    columns = columns_of(data)
    pipeline, made = fitted(steps, columns, frame_of(columns, data.X[train]), data.y[train])
    parts = [(train, made)]
    if len(other := np.setdiff1d(test, train)):
        parts.append((other, pipeline.transform(frame_of(columns, data.X[other]))))
    X = np.zeros((len(data.y), made.shape[1]))
    for rows, part in parts:
        X[rows] = numbers_of(part)
    return Prepared(X, tuple(map(str, made.columns)), pipeline)


def fitted(
    steps: Sequence[Step], columns: Sequence[Column], frame: pd.DataFrame, y: NDArray[Any]
) -> tuple[Any, pd.DataFrame]:
    """The pipeline of all steps, fitted on a table and its targets, and what it makes of the table."""
    from sklearn.pipeline import Pipeline

    kinds: dict[str, StepKind] = {column.name: column.kind for column in columns}
    done = []
    for step in steps:
        names = _names(step, kinds)
        parts = (
            [(f"{step.name} {name}", step.make(), name) for name in names]
            if step.column_by_column
            else [(step.name, step.make(), names)]
        )
        _check_names(step, parts[0][1])
        transformer, frame = _fitted_step(step, parts, names, frame, y)
        taken = set(names)
        passed_on = {name: kind for name, kind in kinds.items() if name not in taken}
        kinds = {
            str(name): passed_on.get(name) or step.gives or kinds.get(name, "numeric")
            for name in map(str, frame.columns)
        }
        done.append((step.name, transformer))
    return Pipeline(done or [NO_STEP]), frame


NO_STEP = ("no step", "passthrough")
"""The pipeline of a candidate that skips all steps: scikit-learn needs one."""

Parts = list[tuple[str, Any, Any]]
"""What a ColumnTransformer does to which columns, each part with a name."""


def _fitted_step(
    step: Step, parts: Parts, names: list[str], frame: pd.DataFrame, y: NDArray[Any]
) -> tuple[Any, pd.DataFrame]:
    """The fitted transformer of a step, which passes other columns on, and what it makes of the table.

    Where a column that it makes is called as another one is, the columns that it makes get its name in front, as in
    `pca__pca0`. ValueError where two of them are called alike among themselves.
    """
    from sklearn.base import clone
    from sklearn.compose import ColumnTransformer

    transformer = _on_columns(parts)
    try:
        return transformer, _fit_transform(step, transformer, frame, y)
    except Exception as error:
        if type(error).__name__ == "DuplicateError":  # two of what one transformer makes; no public module has the type
            told = f"the step '{step.name}' makes two columns of the same name from {', '.join(names)}"[:400]
            raise ValueError(f"{told}; rename one of these columns, or one of their categories: {error}") from None
        if not _has_double_names(transformer):
            raise
    prefixed = ColumnTransformer([(name, clone(item), columns) for name, item, columns in parts], sparse_threshold=0)
    transformer = _on_columns([(step.name, prefixed, names)])
    return transformer, _fit_transform(step, transformer, frame, y)


def _fit_transform(step: Step, transformer: Any, frame: pd.DataFrame, y: NDArray[Any]) -> pd.DataFrame:
    """What a step makes of the training rows; ValueError where it would keep all columns, whatever its options are."""
    with warnings.catch_warnings():
        warnings.filterwarnings("error", message=KEEPS_ALL, category=UserWarning)
        try:
            made: pd.DataFrame = transformer.fit_transform(frame, y)
        except UserWarning as warning:
            told = str(warning).partition(". ")[0]
            raise ValueError(f"the step '{step.name}' would keep all columns: {told}") from None
    return made


def _on_columns(parts: Parts) -> Any:
    """A transformer of some columns of a table, which passes the others on."""
    from sklearn.compose import ColumnTransformer

    transformer = ColumnTransformer(parts, remainder="passthrough", sparse_threshold=0, verbose_feature_names_out=False)
    return transformer.set_output(transform="pandas")


def _has_double_names(transformer: Any) -> bool:
    """Whether a ColumnTransformer calls columns that it makes or passes on by one name; never before it is fitted."""
    made: list[str] = []
    for _, part, columns in getattr(transformer, "transformers_", ()):
        if part == "passthrough":
            made += columns
        elif part != "drop":
            made += map(str, part.get_feature_names_out([columns] if isinstance(columns, str) else columns))
    return len(set(made)) < len(made)


def _check_names(step: Step, transformer: Any) -> None:
    """ValueError for a transformer that cannot name the columns that it makes."""
    if not hasattr(transformer, "set_output"):
        raise ValueError(
            f"the transformer of the step '{step.name}' cannot name the columns that it makes: use a transformer of "
            f"scikit-learn, inherit from its TransformerMixin and OneToOneFeatureMixin, or define get_feature_names_out"
        )


def _names(step: Step, kinds: Mapping[str, StepKind]) -> list[str]:
    """The columns that a step gets."""
    if step.columns is None:
        names = [name for name, kind in kinds.items() if kind in step.takes]
        if not names:
            raise ValueError(f"the step '{step.name}' finds no column of kind {' or '.join(step.takes)}")
        return names
    if missing := [name for name in step.columns if name not in kinds]:
        raise ValueError(f"the step '{step.name}' finds no column '{missing[0]}'; there are {', '.join(kinds)}"[:500])
    return [*step.columns]


def numbers_of(frame: pd.DataFrame) -> NDArray[np.float64]:
    """What comes out of the last step as an array; ValueError where it does not hold finite numbers alone."""
    import numpy as np

    texts = [name for name, kind in frame.dtypes.items() if kind.kind not in "biuf"]
    if texts:
        raise ValueError(
            f"the column '{texts[0]}' does not contain numbers after preprocessing, so models cannot use it"
        )
    X = np.asarray(frame.to_numpy(dtype=np.float64))
    wrong = ~np.isfinite(X).all(axis=0)
    if wrong.any():
        name = frame.columns[int(wrong.argmax())]
        raise ValueError(f"the column '{name}' contains a missing or non-finite value after preprocessing")
    return X
