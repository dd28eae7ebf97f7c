"""Float32 numbers as few bytes: what a journal keeps of curves and predictions."""

from __future__ import annotations

import json
import zlib
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

_WIDTH = 4
"""Bytes of a number."""


def packed_history(history: Mapping[str, Sequence[float]]) -> bytes | None:
    """A history in about 3 bytes a number, NaN and infinities included; None where it is empty."""
    if not history:
        return None
    lengths = {name: len(values) for name, values in history.items()}
    numbers = [np.asarray(values, dtype="<f4") for values in history.values()]
    return _packed(lengths, np.concatenate(numbers))


def unpacked_history(content: bytes | None) -> dict[str, list[float]]:
    """What `packed_history` was given, as float32 has it."""
    if content is None:
        return {}
    lengths, numbers = _unpacked(content)
    ends = np.cumsum(list(lengths.values()))[:-1]
    return {name: part.tolist() for name, part in zip(lengths, np.split(numbers, ends), strict=True)}


def packed_array(array: NDArray[Any] | None) -> bytes | None:
    """An array of any shape; None for None."""
    return None if array is None else _packed(array.shape, np.asarray(array, dtype="<f4").ravel())


def unpacked_array(content: bytes | None) -> NDArray[np.float32] | None:
    """What `packed_array` was given, as float32 has it."""
    if content is None:
        return None
    shape, numbers = _unpacked(content)
    return numbers.astype(np.float32, copy=False).reshape(shape)


def _packed(head: Any, numbers: NDArray[np.float32]) -> bytes:
    """A line of JSON, then the first bytes of all numbers, their second ones, ..., compressed by zlib.

    Signs and exponents hardly change from number to number; side by side, they take almost no room.
    """
    raw = numbers.tobytes()
    planes = b"".join(raw[place::_WIDTH] for place in range(_WIDTH))
    return zlib.compress(json.dumps(head, separators=(",", ":")).encode() + b"\n" + planes)


def _unpacked(content: bytes) -> tuple[Any, NDArray[np.float32]]:
    head, _, planes = zlib.decompress(content).partition(b"\n")
    raw = bytearray(len(planes))
    count = len(planes) // _WIDTH
    for place in range(_WIDTH):
        raw[place::_WIDTH] = planes[place * count : (place + 1) * count]
    return json.loads(head), np.frombuffer(raw, dtype="<f4")
