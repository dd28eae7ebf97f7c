"""Families edit drafts: which layers they change, and which they leave alone."""

from __future__ import annotations

import pytest

from families.networks import convolution, dense, draft_of, kinds, recurrent
from gridloom import Layer
from gridloom_plugins.families.activation import apply_activation
from gridloom_plugins.families.dropout import apply_dropout
from gridloom_plugins.families.neurons import apply_neurons
from gridloom_plugins.families.weight_init import apply_weight_init

# neurons


def test_neurons_widens_every_hidden_layer_and_leaves_the_output_alone(draft, first, second, output):
    apply_neurons(draft, 30)
    assert (first["units"], second["units"], output["units"]) == (30, 30, 1)


def test_neurons_counts_units_of_recurrent_layers_but_no_filters_of_convolutions(output):
    lstm, conv = recurrent(), convolution()
    apply_neurons(draft_of(conv, lstm, output), 9)
    assert lstm["units"] == 9
    assert "units" not in conv
    assert conv["filters"] == 8


@pytest.mark.parametrize("apply", [lambda draft: apply_neurons(draft, 5), lambda draft: apply_dropout(draft, 0.5, 3)])
def test_a_network_without_hidden_layers_is_left_as_it_is(apply, output):
    only = draft_of(output)
    before = only.state
    apply(only)
    assert only.state == before
    assert only.layers == [output]


# activation


def test_activation_changes_every_hidden_layer_and_leaves_the_output_alone(draft, first, second, output):
    apply_activation(draft, "softsign")
    assert [layer["activation"] for layer in (first, second, output)] == ["softsign", "softsign", "sigmoid"]


def test_activation_layers_of_their_own_change_and_the_linear_layers_before_them_stay_linear(normalized):
    apply_activation(normalized, "elu")
    found = {layer.path[0]: layer["activation"] for layer in normalized.layers if "activation" in layer}
    assert found == {"wide": "linear", "act": "elu", "narrow": "elu", "logit": "linear", "squash": "sigmoid"}


def test_linear_hidden_layers_are_activated_where_no_activation_layer_follows(output):
    hidden = dense("hidden", 12, "linear")
    apply_activation(draft_of(hidden, output), "relu")
    assert hidden["activation"] == "relu"


def test_activation_leaves_the_gates_of_recurrent_layers_alone(output):
    lstm = recurrent()
    apply_activation(draft_of(lstm, output), "relu")
    assert (lstm["activation"], lstm["recurrent_activation"]) == ("relu", "sigmoid")


def test_activation_changes_convolutions(output):
    conv = convolution()
    apply_activation(draft_of(conv, output), "tanh")
    assert conv["activation"] == "tanh"


def test_a_hidden_layer_without_an_activation_gets_none(output):
    plain = Layer("EinsumLike", {"kernel_initializer": "zeros"}, path=("plain",))
    apply_activation(draft_of(plain, output), "tanh")
    assert "activation" not in plain


# weight_init


def test_weight_init_changes_the_kernels_of_all_layers_the_output_included(draft):
    apply_weight_init(draft, "he_normal")
    assert [layer["kernel_initializer"] for layer in draft.layers] == ["he_normal"] * 3
    assert {layer["bias_initializer"] for layer in draft.layers} == {"zeros"}


def test_weight_init_leaves_recurrent_weights_and_layers_without_kernels_alone():
    lstm, norm = recurrent(), Layer("BatchNormalization", {"gamma_initializer": "ones"}, path=("norm",))
    apply_weight_init(draft_of(lstm, norm), "zero")
    assert (lstm["kernel_initializer"], lstm["recurrent_initializer"]) == ("zero", "orthogonal")
    assert dict(norm) == {"gamma_initializer": "ones"}


# dropout


def test_dropout_follows_every_hidden_layer_and_not_the_output(draft):
    apply_dropout(draft, 0.3, 4)
    assert kinds(draft) == ["Dense", "Dropout", "Dense", "Dropout", "Dense"]
    assert [layer["rate"] for layer in draft.layers if layer.is_new] == [0.3, 0.3]


def test_dropout_constrains_the_kernels_of_hidden_layers_only(draft, first, second, output):
    apply_dropout(draft, 0.3, 4)
    for layer in (first, second):
        assert layer["kernel_constraint"]["class_name"] == "MaxNorm"
        assert layer["kernel_constraint"]["config"]["max_value"] == 4
    assert output["kernel_constraint"] is None


def test_dropout_without_a_constraint_keeps_the_builders_own(output):
    own = {"class_name": "UnitNorm", "config": {"axis": 0}}
    hidden = dense("hidden", 12)
    hidden["kernel_constraint"] = own
    apply_dropout(draft_of(hidden, output), 0.3)
    assert hidden["kernel_constraint"] is own


def test_a_dropout_rate_of_zero_is_an_edit_too_so_that_no_candidate_is_refused(draft):
    before = draft.state
    apply_dropout(draft, 0.0)
    assert draft.state != before


def test_dropout_follows_recurrent_layers_and_convolutions(output):
    draft = draft_of(convolution(), recurrent(), output)
    apply_dropout(draft, 0.2, 3)
    assert kinds(draft) == ["Conv2D", "Dropout", "LSTM", "Dropout", "Dense"]


def test_families_together_each_leave_the_edits_of_the_others(draft, first, output):
    apply_neurons(draft, 20)
    apply_dropout(draft, 0.1, 2)
    apply_activation(draft, "tanh")
    apply_weight_init(draft, "normal")
    assert kinds(draft) == ["Dense", "Dropout", "Dense", "Dropout", "Dense"]
    assert (first["units"], first["activation"], first["kernel_initializer"]) == (20, "tanh", "normal")
    assert (output["units"], output["activation"], output["kernel_initializer"]) == (1, "sigmoid", "normal")


def test_dropout_follows_the_normalization_and_the_activation_of_a_hidden_layer(normalized):
    apply_dropout(normalized, 0.3)
    assert kinds(normalized)[:6] == ["Dense", "BatchNormalization", "Activation", "Dropout", "Dense", "Dropout"]


def test_dropout_follows_what_other_families_inserted_to_normalize_and_activate(draft, first):
    norm = draft.insert_after(first, "BatchNormalization")
    draft.insert_after(norm, "Activation", activation="relu")
    apply_dropout(draft, 0.3)
    assert kinds(draft)[:4] == ["Dense", "BatchNormalization", "Activation", "Dropout"]
