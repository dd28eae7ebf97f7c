"""Keras on TensorFlow without what prepares it for long training: reference fits of a few steps are then done much sooner."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any
from unittest.mock import patch

import tensorflow as tf
from keras.src.backend.tensorflow import trainer
from keras.src.trainers.epoch_iterator import EpochIterator


class Batches(EpochIterator):
    """The batches of an epoch as numpy cuts them, in the order of the rows; a queue of `tf.data` takes longer to open than to use."""

    def __init__(self, distribute_strategy: Any = None, **settings: Any) -> None:
        super().__init__(**settings | {"shuffle": False})

    def __next__(self) -> Any:
        return next(self._epoch_iterator)


@contextmanager
def numpy_batches() -> Iterator[None]:
    """Have networks that Keras does not compile train on rows in their order."""
    with patch.object(trainer, "TFEpochIterator", Batches):
        yield


@contextmanager
def stepwise() -> Iterator[None]:
    """The same, and Keras compiles none: for networks to which the order of the rows is all one."""
    before = tf.config.functions_run_eagerly()
    tf.config.run_functions_eagerly(run_eagerly=True)
    try:
        with numpy_batches():
            yield
    finally:
        tf.config.run_functions_eagerly(before)
