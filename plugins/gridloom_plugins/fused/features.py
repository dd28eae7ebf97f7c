"""The features on the device, put there once for all fits of a worker: a numpy array would be copied in every call."""

from __future__ import annotations

from typing import Any

import jax
import numpy as np

from gridloom import Work
from gridloom_plugins.networks.keeping import Kept

_NARROW = ("bool", "int8", "int16", "uint8", "uint16")
"""Types that stay as they are, since every value is a float32 as well: pixels take a quarter of the memory."""

_features: Kept[Any] = Kept(1)


def features_of(work: Work) -> Any:
    """The features of all rows, as a JAX array of their own narrow type or else of float32."""
    X = work.data.X

    def put() -> Any:
        return jax.device_put(X if X.dtype.name in _NARROW else np.asarray(X, "float32"))

    return _features.get(work.data.fingerprint, put)


def taken(X: Any, rows: Any) -> Any:
    """The features of these rows as a network takes them, float32."""
    return X[rows].astype("float32")
