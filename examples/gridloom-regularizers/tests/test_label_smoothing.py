"""The family `label_smoothing`: which losses it edits, and what it says of the others."""

from __future__ import annotations

import pytest

from gridloom import Part, StopRun
from gridloom.testing import FamilyContract, draft_of
from gridloom_regularizers.label_smoothing import apply_label_smoothing


class TestLabelSmoothing(FamilyContract):
    name = "label_smoothing"
    cannot_change = ("regression",)
    experiment = {"model": {"name": "tiny-network", "network": "deep"}}
    refused = {"label_smoothing": [-0.1, 1.0, None, "some"]}


def smoothed(loss):
    draft = draft_of()
    draft.loss = loss
    apply_label_smoothing(draft, 0.1)
    return draft.loss.class_name, dict(draft.loss)


@pytest.mark.parametrize(
    "class_name", ["BinaryCrossentropy", "CategoricalCrossentropy", "CategoricalFocalCrossentropy"]
)
def test_a_loss_that_the_builder_only_named_is_smoothed(class_name):
    assert smoothed(Part(class_name)) == (class_name, {"label_smoothing": 0.1})


def test_the_other_settings_of_a_loss_are_kept():
    loss = Part("BinaryCrossentropy", {"from_logits": True, "label_smoothing": 0.0})
    assert smoothed(loss) == ("BinaryCrossentropy", {"from_logits": True, "label_smoothing": 0.1})


def test_the_categorical_loss_takes_the_place_of_the_sparse_one_with_its_settings():
    loss = Part(
        "SparseCategoricalCrossentropy", {"name": "sparse", "from_logits": True, "ignore_class": None, "axis": -1}
    )
    assert smoothed(loss) == ("CategoricalCrossentropy", {"from_logits": True, "axis": -1, "label_smoothing": 0.1})


@pytest.mark.parametrize(
    "loss",
    [
        Part("MeanSquaredError"),
        Part("Hinge"),
        Part("my_loss"),
        Part("SparseCategoricalCrossentropy", {"ignore_class": 0}),
    ],
)
def test_a_loss_without_labels_to_smooth_is_named_and_left_alone(loss):
    before = repr(loss)
    with pytest.raises(StopRun, match=f"label_smoothing: the loss {loss.class_name} has no label_smoothing"):
        smoothed(loss)
    assert repr(loss) == before
