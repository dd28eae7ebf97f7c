"""Keras as workers have it, and one worker for each engine, as on a machine with one core."""

from __future__ import annotations

import pytest
from command_line import ONE_CORE

from gridloom_plugins.networks.tensorflow_environment import tensorflow_environment


@pytest.fixture(scope="package", autouse=True)
def _environment():
    """Keras is imported with the settings that workers have, and by no more workers than are needed."""
    with pytest.MonkeyPatch.context() as patch:
        for name, value in (tensorflow_environment() | ONE_CORE).items():
            patch.setenv(name, value)
        yield
