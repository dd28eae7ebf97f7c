"""The transform `pca`: principal components in place of columns."""

from __future__ import annotations

from typing import Annotated, Any

from annotated_types import Ge, Gt, Lt

from gridloom import Transform

Components = Annotated[int, Ge(1)] | Annotated[float, Gt(0), Lt(1)]


def make(components: Components = 0.95, whiten: bool = False) -> Any:
    """Replace numbers by principal components: a number of them, or as many as explain a share of the variance.

    `components` is the number, or the share below 1; `whiten` makes them of equal variance.
    """
    from sklearn.decomposition import PCA

    return PCA(n_components=components, whiten=whiten, svd_solver="full", random_state=0)


TRANSFORM = Transform(
    "pca",
    "Replaces columns by principal components.",
    make,
    takes=("numeric", "boolean", "date", "indicator"),
    gives="numeric",
)
