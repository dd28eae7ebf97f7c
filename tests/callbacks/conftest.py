"""Keras, quietly, on the backend that all tests of one process share."""

from __future__ import annotations

import os

import pytest

from gridloom_plugins.networks.tensorflow_environment import tensorflow_environment


@pytest.fixture(scope="session")
def keras():
    os.environ.update(tensorflow_environment())
    import keras

    return keras
