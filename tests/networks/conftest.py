"""Keras as workers have it, and equal seeds for every test."""

from __future__ import annotations

import os

import pytest

from gridloom_plugins.networks import programs
from gridloom_plugins.networks.tensorflow_environment import tensorflow_environment


@pytest.fixture(scope="session", autouse=True)
def _environment():
    """Keras is imported with the settings that workers have."""
    os.environ.update(tensorflow_environment())


@pytest.fixture(autouse=True)
def _alone():
    """Every test begins with equal seeds and without compiled models of others."""
    import keras

    keras.utils.set_random_seed(1)
    programs._kept.clear()
