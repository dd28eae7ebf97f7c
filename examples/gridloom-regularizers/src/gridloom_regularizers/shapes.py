"""The data set `shapes`: small noisy images of discs, squares, crosses and rings, drawn on the spot."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any, Literal

from annotated_types import Ge, Le, MinLen

from gridloom import Data, DataError, Dataset

if TYPE_CHECKING:
    from numpy.typing import NDArray

SIZE = 12
"""Pixels to a side."""

Kind = Literal["disc", "square", "cross", "ring"]


def load(
    rows: Annotated[int, Ge(2)] = 600,
    kinds: Annotated[tuple[Kind, ...], MinLen(2)] = ("disc", "square", "cross"),
    noise: Annotated[float, Ge(0)] = 0.3,
    mislabelled: Annotated[float, Ge(0), Le(1)] = 0.0,
) -> Data:
    """Grey images of 12 by 12 pixels, each of one shape whose place and size are random; the same at every call.

    `rows` is how many images there are, equally many of each of the `kinds`; `noise` is the standard deviation of what is
    added to each pixel (shapes are 1 on 0), and `mislabelled` the share of images that get a random label.
    """
    import numpy as np

    if len(set(kinds)) < len(kinds) or rows < len(kinds):
        raise DataError(f"shapes: the kinds must differ, and there must be a row of each, not {rows} of {list(kinds)}")
    rng = np.random.default_rng(0)
    labels = rng.permutation(np.arange(rows) % len(kinds))
    radius = rng.uniform(2.5, 4.5, rows)[:, None, None]
    across, down = rng.uniform(4.5, 6.5, (2, rows, 1, 1))
    drawn = _draw(np.arange(SIZE) - across, np.arange(SIZE)[:, None] - down, radius)
    X = np.choose(labels[:, None, None], [drawn[kind] for kind in kinds]) + noise * rng.normal(size=(rows, SIZE, SIZE))
    wrong = rng.permutation(rows)[: round(mislabelled * rows)]
    labels[wrong] = rng.integers(len(kinds), size=len(wrong))
    return Data(X[..., None].astype("float32"), labels, target_name="shape", classes=tuple(kinds))


def _draw(x: NDArray[Any], y: NDArray[Any], radius: NDArray[Any]) -> dict[str, NDArray[Any]]:
    """Images of every kind around the middle, of shape (rows, SIZE, SIZE): 1 inside and 0 outside."""
    import numpy as np

    far, near = np.maximum(abs(x), abs(y)), np.minimum(abs(x), abs(y))
    distance = np.hypot(x, y)
    inside = {
        "disc": distance <= radius,
        "square": far <= 0.886 * radius,  # as large as the disc
        "cross": (far <= radius) & (near <= radius / 3),
        "ring": (distance <= radius) & (distance >= radius / 2),
    }
    return {kind: shape.astype("float64") for kind, shape in inside.items()}


DATASET = Dataset(name="shapes", summary="Small noisy images of discs, squares, crosses and rings.", load=load)
