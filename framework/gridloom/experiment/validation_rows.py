"""The rows that `training: validation` holds out of those that train a split, so that its training can be watched."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from gridloom.core.data import Data
from gridloom.core.following import TEST_FOLD, Watched
from gridloom.core.split import ALL_ROWS, Split
from gridloom.errors import DataError
from gridloom.experiment.split_methods import in_time

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray


def watched(splits: Sequence[Split], data: Data, by: Watched, *, method: str, seed: int) -> list[Split]:
    """The splits with their validation rows, which no longer train where they are a share of those that did.

    Of rows with an order in time they are the last ones, of rows with groups whole groups, else rows that are drawn so that
    classes keep their proportions where there are enough of each. A split that has validation rows of its own keeps them.
    DataError where there are too few rows.
    """
    if by is None:
        return [*splits]
    if by == TEST_FOLD:  # a model that is to be used is trained on all rows, and tested on none
        return [replace(split, validation=None if len(split.train) == len(data.y) else split.test) for split in splits]
    import numpy as np

    rows = len(data.y)
    light = replace(data, X=np.zeros((rows, 1), np.float32), feature_names=(), columns=(), inputs={})
    return [split if split.validation is not None else _cut(split, light, float(by), method, seed) for split in splits]


def _cut(split: Split, data: Data, share: float, method: str, seed: int) -> Split:
    import numpy as np

    where = "all rows" if split.fold == ALL_ROWS else f"the training rows of fold {split.fold}"
    total, train = len(split.train), split.train
    count = math.ceil(round(share * total, 9))
    if count >= total:
        raise DataError(
            f"validation {share:g} of {where} leaves none of these {total} rows to train on; hold out fewer"
        )
    try:
        held = _chosen(data, train, count, method, seed)
    except ValueError as error:
        raise DataError(f"validation {share:g} of {where} cannot be held out: {error}") from None
    rest = np.setdiff1d(train, held)
    missing = set(np.unique(data.y[train]).tolist()) - set(np.unique(data.y[rest]).tolist()) if data.classes else set()
    if missing:
        name = data.classes[int(min(missing))]
        raise DataError(
            f"validation {share:g} of {where} would leave no row of class '{name}' to train on; hold out fewer, or "
            f"exclude the class"
        )
    return replace(split, train=rest, validation=np.sort(held))


def _chosen(data: Data, rows: NDArray[np.intp], count: int, method: str, seed: int) -> NDArray[np.intp]:
    """So many of these rows; ValueError where they cannot be chosen."""
    import numpy as np
    from sklearn.model_selection import GroupShuffleSplit, train_test_split

    if method == "time_series" or data.order is not None:
        among = np.zeros(len(data.y), bool)
        among[rows] = True
        ordered = in_time(data)
        last: NDArray[np.intp] = ordered[among[ordered]][-count:]
        return last
    if data.groups is not None:
        if len(np.unique(data.groups[rows])) == 1:
            raise ValueError(
                "they all belong to one group, and groups stay together; use data with more groups, or fewer folds"
            )
        splitter = GroupShuffleSplit(1, test_size=count / len(rows), random_state=seed)
        ((_, places),) = splitter.split(rows, groups=data.groups[rows])
        found: NDArray[np.intp] = rows[places]
        return found
    y: NDArray[Any] | None = data.y[rows] if data.classes else None
    if y is not None:
        counts = np.unique(y, return_counts=True)[1]
        if counts.min() == 1 or min(count, len(rows) - count) < len(counts):
            y = None
    _, drawn = train_test_split(rows, test_size=count, random_state=seed, stratify=y)
    return np.asarray(drawn)
