"""The methods of `validation:`: scikit-learn's splitters, each with the data it needs."""

from __future__ import annotations

import warnings
from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from typing import TYPE_CHECKING, Annotated, Any

from annotated_types import Ge, Gt, Le, Lt

from gridloom.core.data import Data
from gridloom.errors import DataError
from gridloom.registry.options import Options

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

Positive = Annotated[int, Ge(1), Le(10_000)]
Folds = Annotated[int, Ge(2), Le(10_000)]


def kfold(data: Data, seed: int, folds: Folds = 5, shuffle: bool = True, repeats: Positive = 1) -> Iterator[Any]:
    """Plain k-fold: shuffled rows, or contiguous blocks of them, as in the 2016 article (scikit-learn's default)."""
    from sklearn.model_selection import KFold

    for repeat in range(repeats):
        splitter = KFold(folds, shuffle=shuffle, random_state=_seed(seed, repeat) if shuffle else None)
        yield repeat, splitter.split(data.X)


def stratified_kfold(
    data: Data, seed: int, folds: Folds = 5, shuffle: bool = True, repeats: Positive = 1
) -> Iterator[Any]:
    """K-fold that keeps the proportions of the classes in every fold."""
    from sklearn.model_selection import StratifiedKFold

    _refuse_rare_classes(data, folds, "stratified_kfold", "kfold")
    for repeat in range(repeats):
        splitter = StratifiedKFold(folds, shuffle=shuffle, random_state=_seed(seed, repeat) if shuffle else None)
        yield repeat, splitter.split(data.X, data.y)


def shuffle_split(
    data: Data,
    seed: int,
    folds: Positive = 5,
    test_share: Annotated[float, Gt(0), Lt(1)] = 0.2,
    repeats: Positive = 1,
) -> Iterator[Any]:
    """Independent random splits with a share of the rows to test, stratified where there are classes."""
    from sklearn.model_selection import ShuffleSplit, StratifiedShuffleSplit

    refuse_lone_rows(data)
    splitter = StratifiedShuffleSplit if data.classes else ShuffleSplit
    for repeat in range(repeats):
        yield repeat, splitter(folds, test_size=test_share, random_state=_seed(seed, repeat)).split(data.X, data.y)


def group_kfold(data: Data, seed: int, folds: Folds = 5, shuffle: bool = True, repeats: Positive = 1) -> Iterator[Any]:
    """K-fold that keeps the rows of a group together, such as those of one patient: `groups` of the data set.

    With `shuffle`, groups are drawn at random, equally many for each fold; without it, they are distributed so that
    folds have about equally many rows.
    """
    from sklearn.model_selection import GroupKFold

    groups = _groups(data, folds, "group_kfold")
    for repeat in range(repeats):
        splitter = GroupKFold(folds, shuffle=shuffle, random_state=_seed(seed, repeat) if shuffle else None)
        yield repeat, splitter.split(data.X, groups=groups)


def stratified_group_kfold(
    data: Data, seed: int, folds: Folds = 5, shuffle: bool = True, repeats: Positive = 1
) -> Iterator[Any]:
    """K-fold that keeps the rows of a group together, and the proportions of the classes as far as possible."""
    from sklearn.model_selection import StratifiedGroupKFold

    groups = _groups(data, folds, "stratified_group_kfold")
    _refuse_rare_classes(data, folds, "stratified_group_kfold", "group_kfold")
    for repeat in range(repeats):
        splitter = StratifiedGroupKFold(folds, shuffle=shuffle, random_state=_seed(seed, repeat) if shuffle else None)
        yield repeat, splitter.split(data.X, data.y, groups)


def time_series(
    data: Data,
    seed: int,  # noqa: ARG001  (nothing is drawn)
    folds: Folds = 5,
    gap: Annotated[int, Ge(0)] = 0,
    test_rows: Annotated[int, Ge(1)] | None = None,
    train_rows: Annotated[int, Ge(1)] | None = None,
) -> Iterator[Any]:
    """Folds in time: each fold tests rows that are later than all its training rows, and than those of earlier folds.

    Rows are in the order of the data set's `order`; without it, as they are in the data. `gap` is the number of rows
    skipped between training and test. A fold tests `test_rows` rows (null: equally many in every fold) and trains on
    all rows before them, or on the last `train_rows` of these. `folds`, `gap`, `test_rows` and `train_rows` are
    `n_splits`, `gap`, `test_size` and `max_train_size` of scikit-learn's `TimeSeriesSplit`.
    """
    from sklearn.model_selection import TimeSeriesSplit

    rows = in_time(data)
    splitter = TimeSeriesSplit(folds, gap=gap, test_size=test_rows, max_train_size=train_rows)
    yield 0, ((rows[train], rows[test]) for train, test in splitter.split(rows))


def predefined(data: Data, seed: int) -> Iterator[Any]:  # noqa: ARG001  (nothing is drawn)
    """The folds of the data: `folds` of the data set, a number for each row; rows with -1 never test.

    There is one fold for each distinct number from 0 up, in ascending order.
    """
    from sklearn.model_selection import PredefinedSplit

    yield 0, PredefinedSplit(_folds(data)).split()


def leave_one_out(data: Data, seed: int) -> Iterator[Any]:  # noqa: ARG001  (nothing is drawn)
    """One fold per row, which tests this row; for scores that are means over rows, such as accuracy."""
    from sklearn.model_selection import LeaveOneOut

    yield 0, LeaveOneOut().split(data.X)


def in_time(data: Data) -> NDArray[np.intp]:
    """The row numbers in the order of time, those of equal time as they stand; all as they stand without an order."""
    import numpy as np

    return np.arange(len(data.y)) if data.order is None else np.argsort(data.order, kind="stable")


def in_order_of(method: str, data: Data) -> Data:
    """The data, whose rows are in the order in which they stand where the method takes them for that and nothing else says.

    So rows that are held out are the last ones in time as well, and not drawn from among those that train.
    """
    import numpy as np

    if METHODS[method] is not time_series or data.order is not None:
        return data
    return replace(data, order=np.arange(len(data.y)))


LONE = "no folds can both train and test on it; exclude its row, add rows, or merge it with another class"
"""What to do about a class of a single row."""


def refuse_lone_rows(data: Data) -> None:
    """Raise DataError for a class that has a single row: no way to split it has one to train and one to test."""
    import numpy as np

    if not data.classes:
        return
    counts = np.bincount(data.y.astype(int), minlength=len(data.classes))
    if counts.min() == 1:
        raise DataError(f"class '{data.classes[int(counts.argmin())]}' has a single row, so {LONE}")


def _refuse_rare_classes(data: Data, folds: int, method: str, other: str) -> None:
    """Raise DataError where the target is a number, or a class has fewer rows than folds are to be stratified."""
    import numpy as np

    if not data.classes:
        raise DataError(f"{method} needs classes, but {data.task.in_words}; use {other}")
    refuse_lone_rows(data)
    counts = np.bincount(data.y.astype(int))
    if counts.min() < folds:
        rare = data.classes[int(counts.argmin())]
        raise DataError(
            f"class '{rare}' has {counts.min()} row(s), fewer than the {folds} folds; use at most {counts.min()} folds"
        )


def _groups(data: Data, folds: int, method: str) -> NDArray[Any]:
    import numpy as np

    if data.groups is None:
        raise DataError(f"{method} needs groups, which these data do not have; {beside('groups')}")
    if (count := len(np.unique(data.groups))) < folds:
        raise DataError(f"{folds} folds need at least as many groups; there are {count}")
    return data.groups


def _folds(data: Data) -> NDArray[np.intp]:
    """The fold of each row, -1 for none; DataError where the data do not say, or not in whole numbers from -1."""
    import numpy as np

    if data.folds is None:
        raise DataError(f"predefined needs folds, which these data do not have; {beside('folds')}")
    wrong = data.folds[(data.folds != np.floor(data.folds)) | (data.folds < -1)]
    if len(wrong):
        raise DataError(
            f"the folds of predefined must be whole numbers from 0, or -1 for rows that never test, not {wrong[0]}"
        )
    if (data.folds == -1).all():
        raise DataError("the fold of every row is -1, so no row would test; number the folds from 0")
    return data.folds.astype(np.intp)


def beside(option: str) -> str:
    """What to write so that data have groups, an order or folds."""
    return f"write '{option}: COLUMN' next to the data set's name, as in {{name: csv, ..., {option}: COLUMN}}"


def _seed(seed: int, repeat: int) -> int:
    """The seed of a repeat, within the 32 bits that scikit-learn takes."""
    return (seed + repeat) % 2**32


DEFAULT_METHOD = "kfold"
"""What validates an experiment that does not say; each method has one set of defaults, wherever it is named."""

METHODS: Mapping[str, Callable[..., Iterator[Any]]] = {
    "kfold": kfold,
    "stratified_kfold": stratified_kfold,
    "shuffle_split": shuffle_split,
    "group_kfold": group_kfold,
    "stratified_group_kfold": stratified_group_kfold,
    "time_series": time_series,
    "predefined": predefined,
    "leave_one_out": leave_one_out,
}
"""The methods of `validation:`, by name; their options are the parameters after `data` and `seed`."""


def _number_of_folds(data: Data) -> int:
    import numpy as np

    folds = _folds(data)
    return len(np.unique(folds[folds != -1]))


COUNTED: Mapping[str, tuple[Callable[[Data], int], str]] = {
    "predefined": (_number_of_folds, "as many folds as the data have"),
    "leave_one_out": (lambda data: len(data.y), "as many folds as there are rows"),
}
"""Methods whose number of folds only the data tell: how many that is, and what to say before they are loaded."""


def method_options(method: str) -> Options:
    """The options of a validation method."""
    return Options(METHODS[method], fixed=2)


def pairs_of(
    method: str, data: Data, seed: int, options: Mapping[str, Any]
) -> list[tuple[int, int, NDArray[np.intp], NDArray[np.intp]]]:
    """Repeat, fold, training rows and test rows of every split; DataError where these data cannot be split so."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # scikit-learn's, of rare classes: what is wrong with them, we check
            return [
                (repeat, fold, train, test)
                for repeat, pairs in METHODS[method](data, seed, **options)
                for fold, (train, test) in enumerate(pairs)
            ]
    except ValueError as error:
        raise DataError(f"validation '{method}' cannot split the {len(data.y)} rows: {error}") from None
