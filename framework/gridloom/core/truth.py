"""What a run's predictions are compared with: the true targets, and which rows each split tests."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

from gridloom.core.data import Data, TaskKind
from gridloom.core.split import Split

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray


@dataclass(frozen=True, eq=False)
class Truth:
    """The true targets of the rows that a search works on, as `Data` has them, and the row numbers that splits test.

    `y` has the shape (rows,), or (rows, targets) for several; of classes it holds their numbers, whose names are `classes`.
    `positive` is the class that scores such as recall are about, where there is one. `tests` are by repeat and fold, in the
    order of `FitResult.predicted`.
    """

    kind: TaskKind
    target: str
    classes: tuple[str, ...]
    positive: str | None
    y: NDArray[np.float64]
    tests: Mapping[tuple[int, int], NDArray[np.int64]]


def truth_of(data: Data, splits: Iterable[Split]) -> Truth:
    """The truth of these data, and of the splits that are not inside an outer fold."""
    import numpy as np

    tests = {(split.repeat, split.fold): np.asarray(split.test, np.int64) for split in splits if split.outer is None}
    positive = None if data.positive_class is None else data.classes[data.positive_class]
    return Truth(data.task.kind, data.target_name, data.classes, positive, np.asarray(data.y, np.float64), tests)
