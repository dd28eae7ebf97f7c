"""Keras, quietly, on the backend that all tests of one process share."""

from __future__ import annotations

import os

import pytest


@pytest.fixture(scope="session")
def keras():
    os.environ.update(
        KERAS_BACKEND="tensorflow",
        CUDA_VISIBLE_DEVICES="-1",
        TF_CPP_MIN_LOG_LEVEL="3",
        TF_ENABLE_ONEDNN_OPTS="0",
    )
    import keras

    return keras
