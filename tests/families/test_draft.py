"""The draft: which layers are hidden, where inserted ones stand, and which edits it notices."""

from __future__ import annotations

import pytest

from families.networks import dense, draft_of, kinds
from gridloom import Layer, Part
from gridloom_plugins.families.dropout import apply_dropout
from gridloom_plugins.families.weight_init import apply_weight_init


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


def test_the_block_of_a_layer_holds_what_normalizes_and_activates_it(normalized):
    wide, narrow = normalized.hidden
    assert [layer.class_name for layer in normalized.block(wide)] == ["Dense", "BatchNormalization", "Activation"]
    assert normalized.block(narrow) == [narrow]
    assert [layer.path[0] for layer in normalized.block(normalized.layers[-2])] == ["logit", "squash"]


def test_inserted_layers_that_normalize_or_activate_belong_to_the_block_and_others_end_it(draft, first):
    norm = draft.insert_after(first, "LayerNormalization")
    noise = draft.insert_after(norm, "GaussianNoise", stddev=0.1)
    draft.insert_after(noise, "ReLU")
    assert draft.block(first) == [first, norm]


def test_a_layer_that_does_not_continue_the_one_before_it_is_in_no_block_of_that(output):
    hidden, elsewhere = dense("hidden", 12), Layer("ReLU", path=("elsewhere",), continues=False)
    assert draft_of(hidden, elsewhere, output).block(hidden) == [hidden]


def test_layers_of_another_draft_have_no_block(draft):
    with pytest.raises(ValueError, match="is not a layer of this draft"):
        draft.block(dense("first", 12))


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


def test_leaving_a_layer_as_it_is_does_not_change_it(first):
    first.leave()
    assert not first.is_changed


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


def leave_layer(draft):
    draft.layers[0].leave()


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
        leave_layer,
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
