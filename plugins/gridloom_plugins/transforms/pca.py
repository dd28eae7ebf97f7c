"""The transform `pca`: principal components in place of columns."""

from __future__ import annotations

from typing import Annotated, Any

from annotated_types import Gt

from gridloom import Transform


def make(components: Annotated[int | float, Gt(0)] = 0.95, whiten: bool = False) -> Any:
    """Put principal components in place of numbers: a number of them, or as many as tell a share of the variance.

    `components` is the number or the share; `whiten` makes them of equal variance.
    """
    from sklearn.decomposition import PCA

    return PCA(n_components=components, whiten=whiten, svd_solver="full", random_state=0)


TRANSFORM = Transform(
    "pca",
    "Principal components in place of columns.",
    make,
    takes=("numeric", "boolean", "date", "indicator"),
    gives="numeric",
)
