"""What tests of drop-ins share: reference fits that Keras does not compile."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
import tensorflow as tf


@pytest.fixture(scope="package", autouse=True)
def _eager() -> Iterator[None]:
    """TensorFlow computes step by step: its fits here have a few steps each, and compiling a network takes as long as hundreds."""
    before = tf.config.functions_run_eagerly()
    tf.config.run_functions_eagerly(run_eagerly=True)
    yield
    tf.config.run_functions_eagerly(before)
