"""Features as one TensorFlow tensor that all fits of a worker share, and batches of its rows; see `estimators`."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Mapping
from contextlib import suppress
from mmap import mmap
from typing import Any

import numpy as np
import tensorflow as tf
from numpy.typing import NDArray

from gridloom import Fit, Work
from gridloom_plugins.networks.keeping import Kept
from gridloom_plugins.networks.narrow import narrowed

ALIGNED = 64
"""Bytes that the address of a tensor's memory is a multiple of."""

_tensors: Kept[Any] = Kept(2)


def features_tensor(work: Work, fit: Fit) -> Any:
    """The features of all rows, in their own narrow type or else in float32; made once for all fits that share them."""
    key = (work.recipe.key, work.data.fingerprint, work.features_key(fit))
    return _tensors.get(key, lambda: tensor_of(narrowed(work.features(fit))))


def tensor_of(X: Any) -> Any:
    """An array as a tensor: of one that is in a file which workers map into memory, without a copy of it."""
    # a part of a map has another array as its base, and does not tell where in the file it begins
    is_whole = isinstance(X, np.memmap) and isinstance(X.base, mmap) and X.filename is not None
    if is_whole and X.flags.c_contiguous and X.ctypes.data % ALIGNED == 0:
        with suppress(Exception):  # no such file any more, or a type that cannot be handed over: a copy does as well
            # TensorFlow takes what may be written only; what is written to this map would stay in this process
            own: NDArray[Any] = np.memmap(X.filename, X.dtype, "c", X.offset, X.shape)
            return tf.experimental.dlpack.from_dlpack(own.__dlpack__())
    return tf.constant(X)


def batches_of(
    features: Any, inputs: Mapping[str, tuple[int, ...]], orders: Callable[[], Iterator[Any]], size: int, *beside: Any
) -> Any:
    """Batches of these rows, in the orders given, as a `tf.data.Dataset`: float32 features, and what stands beside them.

    An order is a pair of arrays: the rows of the features, and their places among the arrays beside. With several
    inputs, the features of a batch are a dict of arrays.
    """
    # a generator is also what keeps TensorFlow from rewriting the graph, for which it would copy the features
    pair = (tf.TensorSpec((None,), tf.int64),) * 2
    whole = tf.data.Dataset.from_generator(orders, output_signature=pair)
    batches = whole.flat_map(lambda *order: tf.data.Dataset.from_tensor_slices(order).batch(size))
    values = tuple(map(tf.constant, beside))

    def gathered(rows: Any, places: Any) -> Any:
        own = _cut(tf.cast(tf.gather(features, rows), tf.float32), inputs)
        return (own, *(tf.gather(value, places) for value in values)) if values else own

    return batches.map(gathered).prefetch(tf.data.AUTOTUNE)


def batches_again(
    features: Any, inputs: Mapping[str, tuple[int, ...]], rows: NDArray[np.intp], size: int, *beside: Any
) -> Any:
    """The same batches of these rows in their order, for those who go through them after every epoch.

    The rows are copied, in their own type. Otherwise a pass through a hundred rows would take as long as five epochs of them:
    a `tf.data.Dataset` is optimized anew, and gets threads of its own, for every pass.
    """
    own = _cut(tf.gather(features, rows), inputs)
    batches = tf.data.Dataset.from_tensor_slices((own, *map(tf.constant, beside))).batch(size)
    if features.dtype != tf.float32:
        batches = batches.map(
            lambda X, *others: (tf.nest.map_structure(lambda part: tf.cast(part, tf.float32), X), *others)
        )
    options = tf.data.Options()
    options.experimental_optimization.apply_default_optimizations = False
    options.autotune.enabled = False
    options.threading.private_threadpool_size = 1
    return batches.with_options(options)


def _cut(X: Any, inputs: Mapping[str, tuple[int, ...]]) -> Any:
    """What `gridloom.cut_inputs` does, of a tensor."""
    if not inputs:
        return X
    parts = tf.split(X, [math.prod(shape) for shape in inputs.values()], axis=1)
    return {name: tf.reshape(part, (-1, *shape)) for part, (name, shape) in zip(parts, inputs.items(), strict=True)}
