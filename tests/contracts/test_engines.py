"""The built-in engines keep the contract of engines."""

from __future__ import annotations

import pytest

from gridloom.testing import EngineContract

pytestmark = pytest.mark.slow


class TestFused(EngineContract):
    name = "fused"


class TestScikeras(EngineContract):
    name = "scikeras"
    experiment = {"validation": {"method": "shuffle_split", "folds": 1}}  # it takes long to train a network at a time
    refused = {"threads": [0, 1.5, "all"]}


class TestSklearn(EngineContract):
    name = "sklearn"
