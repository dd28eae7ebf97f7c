"""Sizes that no machine can hold: refused before a weight is made, not by a crash or a minute of swapping."""

from __future__ import annotations

import functools
import math
import os
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any
from unittest.mock import patch

BYTES_EACH = 4
GIB = 1024**3


@contextmanager
def bounded_sizes() -> Iterator[None]:
    """Raise ValueError for a layer that asks for a weight larger than this machine's memory."""
    import keras

    most, original = _memory(), keras.Layer.add_weight

    @functools.wraps(original)
    def add_weight(self: Any, shape: Any = None, *arguments: Any, **named: Any) -> Any:
        sizes = shape if isinstance(shape, list | tuple) else ()
        needed = BYTES_EACH * math.prod(size for size in sizes if isinstance(size, int))
        if needed > most:
            raise ValueError(
                f"the layer '{self.name}' would have a weight of shape {tuple(sizes)}, which needs {needed / GIB:,.0f} "
                f"GiB of memory; this machine has {most / GIB:,.0f}"
            )
        return original(self, shape, *arguments, **named)

    with patch.object(keras.Layer, "add_weight", add_weight):
        yield


@functools.cache
def _memory() -> float:
    """The bytes of memory that the machine has; no bound where the system does not tell."""
    try:
        return float(os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES"))
    except (AttributeError, OSError, ValueError):
        return math.inf
