"""The family `l1_l2`."""

from __future__ import annotations

from gridloom.testing import FamilyContract, draft_of
from gridloom_regularizers.penalties import apply_l1_l2


class TestPenalties(FamilyContract):
    name = "l1_l2"
    experiment = {"model": {"name": "tiny-network", "network": "deep"}}
    refused = {"l1": [-0.1, "much"], "l2": [-0.1, None]}


def test_penalties_are_on_the_kernels_of_hidden_layers_alone():
    draft = draft_of("deep")
    apply_l1_l2(draft, l1=0.5, l2=0.25)
    *hidden, output = draft.layers
    assert [layer["kernel_regularizer"] for layer in hidden] == [
        {"class_name": "L1L2", "config": {"l1": 0.5, "l2": 0.25}}
    ] * 2
    assert output["kernel_regularizer"] is None


def test_biases_are_not_penalized():
    draft = draft_of("dense")
    apply_l1_l2(draft, l1=0.5)
    assert draft.layers[0]["bias_regularizer"] is None


def test_penalties_of_the_builder_are_replaced():
    draft = draft_of("dense")
    draft.layers[0]["kernel_regularizer"] = {"class_name": "L1", "config": {"l1": 3.0}}
    apply_l1_l2(draft)
    assert draft.layers[0]["kernel_regularizer"] == {"class_name": "L1L2", "config": {"l1": 0.0, "l2": 0.0}}
