"""What tests of drop-ins share: reference fits that Keras does not compile."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from stepwise import stepwise


@pytest.fixture(scope="package", autouse=True)
def _stepwise() -> Iterator[None]:
    """TensorFlow computes step by step: its fits here have a few steps each, and compiling a network takes as long as hundreds."""
    with stepwise():
        yield
