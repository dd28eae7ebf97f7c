"""Families that insert layers or penalize their weights: depth, Gaussian noise, regularization."""

from __future__ import annotations

import itertools

import pytest

from families.networks import convolution, dense, draft_of, kinds, recurrent
from gridloom import Layer, StopRun
from gridloom_plugins.families.activation import apply_activation
from gridloom_plugins.families.batch_norm import apply_batch_norm
from gridloom_plugins.families.depth import apply_depth
from gridloom_plugins.families.dropout import apply_dropout
from gridloom_plugins.families.neurons import apply_neurons
from gridloom_plugins.families.noise import apply_noise
from gridloom_plugins.families.regularization import apply_regularization
from gridloom_plugins.families.weight_init import apply_weight_init

# depth


def test_depth_puts_copies_of_the_last_hidden_layer_behind_it(draft, second):
    apply_depth(draft, 4)
    assert [(layer["units"], layer["activation"]) for layer in draft.layers] == [
        (12, "relu"),
        *[(6, "tanh")] * 3,
        (1, "sigmoid"),
    ]
    assert draft.layers[1] is second
    assert [layer.is_new for layer in draft.layers] == [False, False, True, True, False]


def test_a_copy_has_settings_of_its_own_but_neither_the_name_nor_the_frozen_weights(output):
    hidden = dense("hidden", 6)
    hidden.update(name="hidden", trainable=False, kernel_initializer={"class_name": "Zeros", "config": {}})
    draft = draft_of(hidden, output)
    apply_depth(draft, 2)
    copied = draft.layers[1]
    assert {"name", "trainable"}.isdisjoint(copied)
    copied["kernel_initializer"]["config"]["seed"] = 1
    assert hidden["kernel_initializer"]["config"] == {}


def test_a_copy_takes_what_normalizes_activates_and_drops_out(output):
    draft = draft_of(
        dense("hidden", 12, "linear"),
        Layer("BatchNormalization", {"name": "norm", "momentum": 0.9}, path=("norm",)),
        Layer("ReLU", {}, path=("relu",)),
        Layer("Dropout", {"rate": 0.2}, path=("drop",)),
        output,
    )
    apply_depth(draft, 3)
    assert kinds(draft) == ["Dense", "BatchNormalization", "ReLU", "Dropout"] * 3 + ["Dense"]


def test_what_is_more_than_a_hidden_block_is_not_copied(output):
    draft = draft_of(dense("hidden", 12), Layer("Flatten", {}, path=("flat",)), output)
    apply_depth(draft, 2)
    assert kinds(draft) == ["Dense", "Dense", "Flatten", "Dense"]


def test_as_many_hidden_layers_as_there_are_is_an_edit_that_changes_nothing(draft):
    before = draft.state
    apply_depth(draft, 2)
    assert draft.state != before
    assert len(draft.layers) == 3


def test_fewer_hidden_layers_than_the_builder_makes_stop_the_run(draft):
    with pytest.raises(
        StopRun, match=r"^depth: the model builder makes 2 hidden Dense layers, and a family cannot remove"
    ):
        apply_depth(draft, 1)


def test_a_network_without_a_hidden_dense_layer_stops_the_run(output):
    with pytest.raises(StopRun, match=r"^depth: the network has no hidden Dense layer to copy$"):
        apply_depth(draft_of(recurrent(), output), 2)


EDITS = {
    "depth": lambda draft: apply_depth(draft, 3),
    "dropout": lambda draft: apply_dropout(draft, 0.5, 3),
    "noise": lambda draft: apply_noise(draft, 0.1),
    "norm": lambda draft: apply_batch_norm(draft, "before", 0.9),
    "activation": lambda draft: apply_activation(draft, "softsign"),
    "neurons": lambda draft: apply_neurons(draft, 7),
    "init": lambda draft: apply_weight_init(draft, "he_normal"),
    "penalty": lambda draft: apply_regularization(draft, 0.0, 0.01),
}


@pytest.mark.parametrize("others", [*itertools.combinations(sorted(EDITS.keys() - {"depth"}), 2)], ids="-".join)
def test_depth_and_other_families_edit_in_any_order(others):
    made = set()
    for order in itertools.permutations(("depth", *others)):
        draft = draft_of(dense("hidden", 6), dense("output", 1, "sigmoid", is_output=True))
        for name in order:
            EDITS[name](draft)
        made.add(str([(layer.class_name, sorted(layer.items())) for layer in draft.layers]))
    assert len(made) == 1


# noise


def test_noise_follows_every_hidden_layer_and_its_dropout_and_not_the_output(normalized):
    apply_dropout(normalized, 0.3)
    apply_noise(normalized, 0.1)
    assert kinds(normalized) == [
        *("Dense", "BatchNormalization", "Activation", "Dropout", "GaussianNoise"),
        *("Dense", "Dropout", "GaussianNoise"),
        *("Dense", "Activation"),
    ]
    assert [layer["stddev"] for layer in normalized.layers if layer.class_name == "GaussianNoise"] == [0.1, 0.1]


# regularization


def test_the_kernels_of_all_layers_are_penalized_recurrent_ones_included_and_nothing_else(output):
    layers = [convolution(), recurrent(), output]
    draft = draft_of(*layers)
    apply_regularization(draft, l1=0.1, l2=0.2)
    penalty = {"class_name": "L1L2", "config": {"l1": 0.1, "l2": 0.2}}
    assert [layer["kernel_regularizer"] for layer in layers] == [penalty] * 3
    assert layers[1]["recurrent_regularizer"] == penalty
    assert not any("bias_regularizer" in layer or "activity_regularizer" in layer for layer in layers)


def test_frozen_layers_are_not_penalized(draft, first):
    first["trainable"] = False
    apply_regularization(draft, l2=0.2)
    assert ["kernel_regularizer" in layer for layer in draft.layers] == [False, True, True]
