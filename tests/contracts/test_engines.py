"""The built-in engines keep the contract of engines."""

from __future__ import annotations

import pytest

from gridloom.testing import EngineContract

pytestmark = pytest.mark.slow


class TestFused(EngineContract):
    name = "fused"


class TestScikeras(EngineContract):
    name = "scikeras"
    refused = {"threads": [0, 1.5, "all"]}


class TestSklearn(EngineContract):
    name = "sklearn"
