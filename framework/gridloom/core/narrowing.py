"""Data as workers share them, for engines that compute with float32: of half the size, and converted once, not in each worker."""

from __future__ import annotations

from dataclasses import replace

from gridloom.core.data import Data
from gridloom.core.inputs import EXACT, SMALL

KEPT = (*SMALL, "float32")
"""Types of which every value is a float32 as well, in no more bytes."""

FEWEST_BYTES = 1024 * 1024
"""Less is not worth another copy."""


def narrowed(data: Data) -> Data:
    """The data with features of float32, under the fingerprint of those that were given.

    They stay as they are where that saves nothing, and where it would round whole numbers, of which engines may complain.
    """
    X = data.X
    if X.dtype.name in KEPT or X.nbytes < FEWEST_BYTES or not -EXACT <= X.min() <= X.max() <= EXACT:
        return data
    made = replace(data, X=X.astype("float32"))
    vars(made)["fingerprint"] = data.fingerprint
    return made
