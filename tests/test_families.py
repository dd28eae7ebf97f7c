"""Families edit drafts: which layers they change, which they leave alone, and what a draft notices of it."""

from __future__ import annotations

import pytest

from gridloom import Draft, Layer, Part, Settings
from gridloom_plugins.families import activation, dropout, neurons, weight_init
from gridloom_plugins.families.activation import apply_activation
from gridloom_plugins.families.dropout import apply_dropout
from gridloom_plugins.families.neurons import apply_neurons
from gridloom_plugins.families.weight_init import apply_weight_init


def dense(name, units, activation="relu", **more):
    settings = {"units": units, "activation": activation, "kernel_initializer": "glorot_uniform"}
    return Layer("Dense", settings | {"kernel_constraint": None, "bias_initializer": "zeros"}, path=(name,), **more)


def draft_of(*layers):
    return Draft(
        layers=list(layers),
        optimizer=Part("Adam", {"learning_rate": 0.001}),
        loss=Part("BinaryCrossentropy", {"label_smoothing": 0.0}),
        metrics=[Part("AUC", {"name": "auc"})],
        training=Settings({"epochs": 100, "batch_size": 10}),
    )


@pytest.fixture
def first():
    return dense("first", 12)


@pytest.fixture
def second():
    return dense("second", 6, "tanh")


@pytest.fixture
def output():
    return dense("output", 1, "sigmoid", is_output=True)


@pytest.fixture
def draft(first, second, output):
    """Two hidden layers, then the output."""
    return draft_of(first, second, output)


@pytest.fixture
def normalized(output):
    """A network that activates by a layer of its own, and so does its output."""
    return draft_of(
        dense("wide", 12, "linear"),
        Layer("BatchNormalization", {"momentum": 0.99}, path=("norm",)),
        Layer("Activation", {"activation": "relu"}, path=("act",)),
        dense("narrow", 6, "tanh"),
        dense("logit", 1, "linear", is_output=True),
        Layer("Activation", {"activation": "sigmoid"}, path=("squash",), is_output=True),
    )


def recurrent():
    return Layer(
        "LSTM",
        {
            "units": 4,
            "activation": "tanh",
            "recurrent_activation": "sigmoid",
            "kernel_initializer": "glorot_uniform",
            "recurrent_initializer": "orthogonal",
            "kernel_constraint": None,
        },
        path=("lstm",),
    )


def convolution():
    return Layer(
        "Conv2D",
        {"filters": 8, "activation": "relu", "kernel_initializer": "glorot_uniform", "kernel_constraint": None},
        path=("conv",),
    )


# The article's values


def values(family):
    return {parameter.name: parameter.default.values() for parameter in family.parameters}


def test_weight_init_tries_the_articles_eight_initializers():
    names = ("uniform", "lecun_uniform", "normal", "zero", "glorot_normal", "glorot_uniform", "he_normal", "he_uniform")
    assert values(weight_init.FAMILY) == {"init_mode": names}


def test_activation_tries_the_articles_eight_functions():
    names = ("softmax", "softplus", "softsign", "relu", "tanh", "sigmoid", "hard_sigmoid", "linear")
    assert values(activation.FAMILY) == {"activation": names}


def test_dropout_tries_the_articles_ten_rates_and_five_constraints():
    assert values(dropout.FAMILY) == {
        "dropout_rate": (0.0, 0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9),
        "weight_constraint": (1, 2, 3, 4, 5),
    }


def test_neurons_tries_the_articles_seven_widths():
    assert values(neurons.FAMILY) == {"neurons": (1, 5, 10, 15, 20, 25, 30)}


@pytest.mark.parametrize("family", [weight_init.FAMILY, activation.FAMILY, dropout.FAMILY, neurons.FAMILY])
def test_every_default_value_is_one_that_the_family_admits(family, tmp_path):
    for parameter in family.parameters:
        for value in parameter.default.values():
            assert family.options.known[parameter.name].validate(value, tmp_path) == (value, [])


@pytest.mark.parametrize(
    ("family", "name", "value"),
    [
        (neurons.FAMILY, "neurons", 0),
        (neurons.FAMILY, "neurons", 2.5),
        (activation.FAMILY, "activation", "rellu"),
        (weight_init.FAMILY, "init_mode", "he"),
        (dropout.FAMILY, "dropout_rate", 1.0),
        (dropout.FAMILY, "dropout_rate", -0.1),
        (dropout.FAMILY, "weight_constraint", 0),
    ],
)
def test_a_value_that_makes_no_sense_is_found_before_anything_trains(family, name, value, tmp_path):
    _, findings = family.options.known[name].validate(value, tmp_path)
    assert len(findings) == 1


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


def kinds(draft):
    return [layer.class_name for layer in draft.layers]


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


# The draft


def test_hidden_layers_are_those_with_a_kernel_that_do_not_make_the_output(normalized):
    assert [layer.path[0] for layer in normalized.hidden] == ["wide", "narrow"]


def separable():
    kernels = ("depthwise", "pointwise")
    settings = {f"{kernel}_initializer": "zeros" for kernel in kernels} | {
        f"{kernel}_constraint": None for kernel in kernels
    }
    return Layer("SeparableConv2D", settings | {"bias_initializer": "zeros"}, path=("separable",))


def depthwise():
    settings = {"depthwise_initializer": "zeros", "depthwise_constraint": None, "bias_initializer": "zeros"}
    return Layer("DepthwiseConv2D", settings, path=("depthwise",))


def test_convolutions_whose_kernels_have_other_names_are_hidden_layers_too(output):
    layers = [separable(), depthwise()]
    assert draft_of(*layers, output).hidden == layers


def test_families_reach_the_kernels_of_separable_convolutions(output):
    layer = separable()
    draft = draft_of(layer, output)
    apply_weight_init(draft, "normal")
    apply_dropout(draft, 0.5, 3)
    assert (layer["depthwise_initializer"], layer["pointwise_initializer"]) == ("normal", "normal")
    assert layer["depthwise_constraint"]["class_name"] == layer["pointwise_constraint"]["class_name"] == "MaxNorm"
    assert layer["bias_initializer"] == "zeros"
    assert "kernel_constraint" not in layer


def test_an_inserted_layer_stands_right_behind_its_layer_with_its_settings(draft, first):
    new = draft.insert_after(first, "GaussianNoise", stddev=0.1)
    assert draft.layers[1] is new
    assert (new.class_name, dict(new)) == ("GaussianNoise", {"stddev": 0.1})
    assert new.is_new
    assert not first.is_new


def test_the_layer_inserted_last_stands_nearest(draft, first):
    draft.insert_after(first, "Dropout", rate=0.5)
    draft.insert_after(first, "BatchNormalization")
    assert kinds(draft)[:3] == ["Dense", "BatchNormalization", "Dropout"]


def test_a_layer_can_be_inserted_behind_an_inserted_one(draft, first):
    noise = draft.insert_after(first, "GaussianNoise", stddev=0.1)
    draft.insert_after(noise, "Dropout", rate=0.5)
    assert kinds(draft)[:3] == ["Dense", "GaussianNoise", "Dropout"]


def test_what_follows_an_output_layer_makes_the_output_as_well(draft, output):
    assert draft.insert_after(output, "Dense", units=1, kernel_initializer="zeros").is_output
    assert len(draft.hidden) == 2


def test_behind_a_layer_of_another_draft_nothing_can_be_inserted(draft):
    stranger = dense("first", 12)
    with pytest.raises(ValueError, match=r"Layer.*'units': 12.*is not a layer of this draft"):
        draft.insert_after(stranger, "Dropout", rate=0.5)
    assert len(draft.layers) == 3


def test_layers_with_equal_settings_are_told_apart(output):
    one, two = dense("one", 12), dense("two", 12)
    draft = draft_of(one, two, output)
    draft.insert_after(two, "Dropout", rate=0.5)
    assert kinds(draft) == ["Dense", "Dense", "Dropout", "Dense"]


def test_a_fresh_draft_is_unchanged(draft):
    assert not any(layer.is_changed or layer.writes for layer in draft.layers)
    assert draft.state == draft.state


def test_writing_another_value_changes_a_layer_and_writing_it_back_unchanges_it(first):
    first["units"] = 30
    assert first.is_changed
    first["units"] = 12
    assert not first.is_changed
    assert first.writes == 2


def test_deleting_a_setting_is_a_change(first):
    del first["units"]
    assert first.is_changed
    assert "units" not in first
    assert first.writes == 1


def test_a_change_deep_inside_a_setting_is_a_change():
    layer = Layer("Dense", {"kernel_initializer": {"class_name": "Zeros", "config": {}}}, path=("layer",))
    layer["kernel_initializer"]["config"]["seed"] = 1
    assert layer.is_changed


def test_the_settings_given_are_not_written_to():
    given = {"units": 12}
    Layer("Dense", given)["units"] = 30
    assert given == {"units": 12}


def edit_units(draft):
    draft.layers[0]["units"] = draft.layers[0]["units"]


def edit_deep(draft):
    draft.layers[0]["kernel_initializer"] = {"class_name": "Zeros", "config": {}}


def edit_optimizer(draft):
    draft.optimizer["learning_rate"] = 0.1


def edit_optimizer_class(draft):
    draft.optimizer.class_name = "SGD"


def edit_loss(draft):
    draft.loss["label_smoothing"] = 0.1


def edit_metrics(draft):
    draft.metrics[0]["name"] = "area"


def edit_epochs(draft):
    draft.training["epochs"] = 100


def remove_layer(draft):
    del draft.layers[1]


def add_metric(draft):
    draft.metrics.append(Part("Precision"))


@pytest.mark.parametrize(
    "edit",
    [
        edit_units,
        edit_deep,
        edit_optimizer,
        edit_optimizer_class,
        edit_loss,
        edit_metrics,
        edit_epochs,
        remove_layer,
        add_metric,
    ],
)
def test_every_edit_shows_in_the_state_of_the_draft_even_one_that_writes_the_same_value(draft, edit):
    before = draft.state
    edit(draft)
    assert draft.state != before


def test_an_edit_deep_inside_a_setting_shows_in_the_state():
    layer = Layer("Dense", {"kernel_initializer": {"class_name": "Zeros", "config": {}}}, path=("layer",))
    draft = draft_of(layer)
    before = draft.state
    layer["kernel_initializer"]["config"]["seed"] = 1
    assert draft.state != before


def test_reading_a_draft_does_not_change_its_state(draft):
    before = draft.state
    _ = (draft.hidden, dict(draft.optimizer), draft.training["epochs"], repr(draft), len(draft.layers[0]))
    assert draft.state == before


def test_another_class_starts_from_empty_settings():
    optimizer = Part("Adam", {"learning_rate": 0.001, "beta_1": 0.9})
    optimizer.class_name = "SGD"
    assert (optimizer.class_name, dict(optimizer)) == ("SGD", {})
    optimizer["momentum"] = 0.9
    assert dict(optimizer) == {"momentum": 0.9}
    assert optimizer.is_changed


def test_another_class_is_a_change_even_before_anything_is_set():
    loss = Part("MeanSquaredError")
    assert not loss.is_changed
    loss.class_name = "MeanAbsoluteError"
    assert loss.is_changed
    assert loss.writes == 1


def test_a_loss_of_another_class_with_the_same_settings_shows_in_the_state(draft):
    draft.loss = Part("BinaryCrossentropy")
    before = draft.state
    draft.loss = Part("BinaryFocalCrossentropy")
    assert draft.state != before
