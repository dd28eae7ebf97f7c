"""Keras as workers have it."""

from __future__ import annotations

import pytest

from gridloom_plugins.networks.tensorflow_environment import tensorflow_environment


@pytest.fixture(scope="package", autouse=True)
def _environment():
    """Keras is imported with the settings that workers have."""
    with pytest.MonkeyPatch.context() as patch:
        for name, value in tensorflow_environment().items():
            patch.setenv(name, value)
        yield
