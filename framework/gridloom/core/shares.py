"""Which rows train a fit whose budget is a share of them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from gridloom.core.data import Data


def rows_of_share(train: NDArray[np.intp], share: float, data: Data, seed: int) -> NDArray[np.intp]:
    """So much of the row numbers `train`, in their order: the same for all candidates, and among those of a larger share.

    Of classes, each has its share, rounded so that none that is there goes missing as long as there are rows enough: the first
    rung of a search is for comparing candidates, which models of a single class do not.
    """
    import numpy as np

    number = max(1, round(share * len(train)))
    order = np.random.default_rng(seed).permutation(len(train))
    if data.task.n_classes and data.y.ndim == 1:
        order = order[np.argsort(_place_in_class(data.y[train][order]), kind="stable")]
    return train[np.sort(order[:number])]


def _place_in_class(y: NDArray[Any]) -> NDArray[np.float64]:
    """How far in its class each row comes, 0 for the first of each."""
    import numpy as np

    place = np.empty(len(y))
    for label in np.unique(y):
        (members,) = np.nonzero(y == label)
        place[members] = np.arange(len(members)) / len(members)
    return place
