"""The built-in families keep the contract of families."""

from __future__ import annotations

import pytest

from gridloom.testing import FamilyContract

pytestmark = pytest.mark.slow


class TestActivation(FamilyContract):
    name = "activation"
    refused = {"activation": ["rellu", 1, None]}


class TestDropout(FamilyContract):
    name = "dropout"
    refused = {"dropout_rate": [-0.1, 1.0, "much", None], "weight_constraint": [0, "tight"]}


class TestNeurons(FamilyContract):
    name = "neurons"
    refused = {"neurons": [0, 2.5, "many"]}


class TestWeightInit(FamilyContract):
    name = "weight_init"
    cannot_change = ()
    refused = {"init_mode": ["he", 0.5, None]}
