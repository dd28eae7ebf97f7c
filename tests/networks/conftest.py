"""Keras as workers have it, and equal seeds for every test."""

from __future__ import annotations

import os

import pytest

from gridloom_plugins.networks import programs


@pytest.fixture(scope="session", autouse=True)
def _environment():
    """Keras is imported with the settings that workers have."""
    os.environ.update(
        KERAS_BACKEND="tensorflow",
        CUDA_VISIBLE_DEVICES="-1",
        TF_CPP_MIN_LOG_LEVEL="3",
        TF_ENABLE_ONEDNN_OPTS="0",
        TF_NUM_INTRAOP_THREADS="1",
        TF_NUM_INTEROP_THREADS="1",
    )


@pytest.fixture(autouse=True)
def _alone():
    """Every test begins with equal seeds and without compiled models of others."""
    import keras

    keras.utils.set_random_seed(1)
    programs._kept.clear()
