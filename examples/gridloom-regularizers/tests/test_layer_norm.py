"""The family `layer_norm`: where it stands, whichever way a network activates and whichever families edit it too."""

from __future__ import annotations

import itertools

import pytest

from gridloom import Layer, StopRun
from gridloom.testing import FamilyContract, draft_of, make_registry
from gridloom_regularizers.layer_norm import apply_layer_norm


class TestLayerNorm(FamilyContract):
    name = "layer_norm"
    cannot_change = ("linear", "normalized")
    experiment = {"model": {"name": "tiny-network", "network": "deep"}}
    refused = {"position": ["behind", True]}


def stack(draft):
    """The layers by class, each with its activation if it has one."""
    return [" ".join(filter(None, (layer.class_name, layer.get("activation")))) for layer in draft.layers]


@pytest.mark.parametrize(
    ("position", "hidden"),
    [
        ("before", ["Dense linear", "LayerNormalization", "Activation relu"]),
        ("after", ["Dense relu", "LayerNormalization"]),
        (None, ["Dense relu"]),
    ],
)
def test_it_stands_before_or_after_the_activation_that_is_a_setting_of_the_layer(position, hidden):
    draft = draft_of("dense")
    apply_layer_norm(draft, position)
    assert stack(draft) == [*hidden, "Dense sigmoid"]


@pytest.mark.parametrize(
    ("position", "hidden"),
    [
        ("before", ["Dense linear", "LayerNormalization", "Activation relu"]),
        ("after", ["Dense linear", "Activation relu", "LayerNormalization"]),
    ],
)
def test_it_stands_before_or_after_an_activation_that_is_a_layer_of_its_own(position, hidden):
    draft = draft_of("normalized")
    del draft.layers[1]
    apply_layer_norm(draft, position)
    assert stack(draft) == [*hidden, "Dense sigmoid"]


def test_no_normalization_is_an_edit_that_changes_nothing():
    draft = draft_of("deep")
    before = draft.state
    apply_layer_norm(draft, None)
    assert draft.state != before
    assert not any(layer.is_changed or layer.is_new for layer in draft.layers)


def test_convolutions_that_have_their_channels_first_are_normalized_there():
    draft = draft_of("convolutional")
    draft.hidden[0]["data_format"] = "channels_first"
    apply_layer_norm(draft, "after")
    assert [layer["axis"] for layer in draft.layers if layer.normalizes] == [1, -1]


@pytest.mark.parametrize("position", ["before", "after"])
def test_a_recurrent_layer_keeps_its_activation_and_is_normalized_behind_it(position):
    draft = draft_of("recurrent")
    apply_layer_norm(draft, position)
    assert stack(draft) == ["Reshape", "LSTM tanh", "LayerNormalization", "Dense sigmoid"]


def test_a_layer_that_the_builder_normalizes_is_named_and_nothing_is_edited():
    draft = draft_of("normalized")
    before = draft.state
    with pytest.raises(
        StopRun, match=r"layer_norm: the layer 'wide' is already normalized; remove that from the model"
    ):
        apply_layer_norm(draft, "after")
    assert draft.state == before


EDITS = {
    "layer_norm": {},
    "dropout": {"dropout_rate": 0.5},
    "activation": {"activation": "tanh"},
    "neurons": {"neurons": 7},
}


def linear_before_relu():
    draft = draft_of("dense")
    draft.layers[0]["activation"] = "linear"
    draft.layers.insert(1, Layer("ReLU", {}, path=("relu",)))
    return draft


def linear():
    draft = draft_of("dense")
    draft.layers[0]["activation"] = "linear"
    return draft


@pytest.mark.parametrize("network", [linear, linear_before_relu, lambda: draft_of("deep")])
@pytest.mark.parametrize("position", ["before", "after"])
def test_families_may_edit_a_network_in_any_order(network, position):
    """Normalization, activation and dropout end up where Keras users put them, whoever comes first."""
    families = {item.record.name: item.record for item in make_registry().provided if item.record.kind == "family"}
    made = set()
    for order in itertools.permutations(EDITS):
        draft = network()
        for name in order:
            families[name].apply(draft, **EDITS[name], **({"position": position} if name == "layer_norm" else {}))
        made.add(tuple(stack(draft)))
    (only,) = made
    hidden = only[: only.index("Dropout") + 1]
    if position == "before":
        assert hidden == ("Dense linear", "LayerNormalization", "Activation tanh", "Dropout")
    else:
        assert hidden[-2:] == ("LayerNormalization", "Dropout")
        assert hidden[:-2] in [("Dense tanh",), ("Dense linear", "Activation tanh")]
