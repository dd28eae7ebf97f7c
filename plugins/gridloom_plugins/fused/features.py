"""The features on the device, put there once for all fits of a worker: a numpy array would be copied in every call."""

from __future__ import annotations

from collections.abc import Hashable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import jax
import numpy as np
from numpy.typing import NDArray

from gridloom import Fit, Work
from gridloom_plugins.networks.keeping import Kept
from gridloom_plugins.networks.narrow import narrowed

_features: Kept[Any] = Kept(2)


@dataclass(frozen=True, eq=False)
class Features:
    """The features of a chunk of fits, one block of all rows after the other, and where the block of each fit begins.

    There is one block unless splits are preprocessed: then each split has its own.
    """

    key: Hashable
    arrays: Sequence[NDArray[Any]]
    blocks: int
    """How many there are; those that no fit of the chunk has are 0."""
    begins: Mapping[str, int]

    @property
    def X(self) -> Any:  # noqa: N802  (as everywhere)
        """All blocks on the device, of the features' own narrow type or else of float32."""
        return _features.get(self.key, self._put)

    def _put(self) -> Any:
        blocks = [narrowed(array) for array in self.arrays]
        if self.blocks > 1:
            spare = [np.zeros_like(blocks[0])] * (self.blocks - len(blocks))
            blocks = [np.concatenate([*blocks, *spare])]
        return jax.device_put(blocks[0])

    @property
    def shape(self) -> Any:
        """Shape and type of `X`."""
        rows, *rest = self.arrays[0].shape
        return jax.ShapeDtypeStruct((rows * self.blocks, *rest), narrowed(self.arrays[0][:0]).dtype)

    @property
    def rows(self) -> int:
        """How many rows a block has."""
        return len(self.arrays[0])

    def repeated(self, values: NDArray[Any]) -> NDArray[Any]:
        """What each row of the data has, for all blocks."""
        return values if self.blocks == 1 else np.concatenate([values] * self.blocks)

    def begin(self, work: Work, fit: Fit) -> int:
        """The place of the first row of the fit's block."""
        return self.begins[work.features_key(fit)]


def features_of(work: Work, fits: Sequence[Fit]) -> Features:
    """The features of these fits, all of one shape.

    There are as many blocks as there are splits at least, so that programs for them are alike whatever is left to train.
    """
    first = {work.features_key(fit): fit for fit in fits}
    keys = sorted(first)
    splits = {split.place for split in work.splits if split.outer is None} if work.recipe.preprocess else ()
    return Features(
        (work.recipe.key, work.data.fingerprint, tuple(keys), len(splits)),
        [work.features(first[key]) for key in keys],
        max(len(splits), len(keys)),
        {key: place * len(work.data.y) for place, key in enumerate(keys)},
    )


def taken(X: Any, rows: Any) -> Any:
    """The features of these rows as a network takes them, float32."""
    return X[rows].astype("float32")
