"""The rows that `test:` holds out: the search never sees them, and its winner is scored on them once."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from typing import TYPE_CHECKING

from gridloom.core.data import Data
from gridloom.core.split import ALL_ROWS, Split
from gridloom.core.targets import constant
from gridloom.errors import DataError
from gridloom.experiment.split_methods import in_time

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray


@dataclass(frozen=True, eq=False)
class HeldOutRows:
    """The numbers of the rows that are searched and of those that are held out, ascending; and how these were chosen.

    They are rows of the experiment's data; or of `whole`, which goes on with those of a file that are held out.
    """

    searched: NDArray[np.intp]
    tested: NDArray[np.intp]
    how: str
    whole: Data | None = None

    def whole_of(self, data: Data) -> Data:
        """The data that have all these rows, given those of the experiment."""
        return data if self.whole is None else self.whole

    def searched_of(self, data: Data) -> Data:
        """The data that are searched, given those of the experiment."""
        return data.take(self.searched) if self.whole is None else data

    @property
    def split(self) -> Split:
        """What trains on all rows that are searched, and tests on those that are held out."""
        return Split(0, ALL_ROWS, self.searched, self.tested)

    def describe(self) -> dict[str, object]:
        """What a manifest says of them: their number, and a hash that is equal for the same rows."""
        digest = hashlib.sha256(self.tested.astype("<i8").tobytes())
        if self.whole is not None:
            for values in (self.whole.X, self.whole.y, self.whole.groups, self.whole.order):
                digest.update(b"" if values is None else values[self.tested].tobytes())
            digest.update(repr((self.whole.columns, self.whole.classes)).encode())
        return {"rows": len(self.tested), "sha256": digest.hexdigest(), "how": self.how}


def hold_out(data: Data, test: float, seed: int) -> HeldOutRows:
    """Hold out a share (a float below 1) or a number (an int) of the rows; DataError where these cannot be had.

    Of data with an order in time it is the last rows; of data with groups whole groups are drawn (the share is one of the
    groups then), else rows, so that classes keep their proportions.
    """
    import numpy as np

    total = len(data.y)
    if isinstance(test, int) and test > total - 2:
        raise DataError(f"{test} rows cannot be held out of {total}: the search needs at least two")
    try:
        tested, how = _last(data, test) if data.order is not None else _drawn(data, test, seed)
    except ValueError as error:
        raise DataError(f"{test} of the {total} rows cannot be held out: {error}") from None
    tested = np.sort(tested)
    searched = np.setdiff1d(np.arange(total), tested)
    if data.classes:
        _check_classes(data, searched, tested)
    if data.multilabel:
        _check_labels(data, searched)
    return HeldOutRows(searched, tested, how)


def _check_classes(data: Data, searched: NDArray[np.intp], tested: NDArray[np.intp]) -> None:
    """Raise DataError where a class has no row in one of the parts."""
    for rows, what in ((searched, "searched"), (tested, "held out")):
        missing = set(range(len(data.classes))) - set(data.y[rows].tolist())
        if missing:
            name = data.classes[min(missing)]
            raise DataError(f"no row of class '{name}' would be {what}; hold out another share, or exclude the class")


def _check_labels(data: Data, searched: NDArray[np.intp]) -> None:
    """Raise DataError where all rows that are searched have a label alike, so that there is nothing to learn of it."""
    if (alike := constant(data.y[searched])) is not None:
        raise DataError(
            f"the label '{data.target_names[alike]}' would be the same in all rows that are searched; hold out another "
            f"share, or exclude the label"
        )


def _last(data: Data, test: float) -> tuple[NDArray[np.intp], str]:
    from sklearn.model_selection import train_test_split

    _, tested = train_test_split(in_time(data), test_size=test, shuffle=False)
    return tested, "the last rows in time"


def _drawn(data: Data, test: float, seed: int) -> tuple[NDArray[np.intp], str]:
    import numpy as np
    from sklearn.model_selection import GroupShuffleSplit, train_test_split

    if data.groups is not None:
        share = test / len(data.y) if isinstance(test, int) else test
        splitter = GroupShuffleSplit(1, test_size=share, random_state=seed)
        (_, tested), *_ = splitter.split(data.X, groups=data.groups)
        return tested, "whole groups"
    stratify = data.y if data.classes else None
    _, tested = train_test_split(np.arange(len(data.y)), test_size=test, random_state=seed, stratify=stratify)
    return tested, "drawn in the proportions of the classes" if data.classes else "drawn"
