"""Real Keras models are read into drafts, made anew from edited ones, and trained on programs that are used again."""

from __future__ import annotations

import os
from types import SimpleNamespace
from typing import get_args

import numpy as np
import pytest

from gridloom import Layer, Task
from gridloom_plugins.families.activation import apply_activation
from gridloom_plugins.families.dropout import apply_dropout
from gridloom_plugins.families.neurons import apply_neurons
from gridloom_plugins.families.weight_init import apply_weight_init
from gridloom_plugins.models import mlp
from gridloom_plugins.networks import programs
from gridloom_plugins.networks.making import make_loss, make_model, make_optimizer
from gridloom_plugins.networks.names import ActivationName, InitializerName, OptimizerName
from gridloom_plugins.networks.programs import compiled_model
from gridloom_plugins.networks.reading import LOSSES, read_draft
from gridloom_plugins.networks.training import NetworkTraining

pytestmark = pytest.mark.slow

BINARY = Task("binary", (8,), 2)
RNG = np.random.default_rng(0)
X = RNG.normal(size=(50, 8)).astype("float32")
Y = (X[:, 0] > 0).astype("int64")


@pytest.fixture(scope="module", autouse=True)
def _keras():
    """Import Keras when the first of these tests runs, and not when pytest collects them."""
    global keras, layers  # noqa: PLW0603
    os.environ.update(
        KERAS_BACKEND="tensorflow",
        CUDA_VISIBLE_DEVICES="-1",
        TF_CPP_MIN_LOG_LEVEL="3",
        TF_ENABLE_ONEDNN_OPTS="0",
        TF_NUM_INTRAOP_THREADS="1",
        TF_NUM_INTEROP_THREADS="1",
    )
    import keras
    from keras import layers


@pytest.fixture(autouse=True)
def _alone():
    """Every test begins with equal seeds and without compiled models of others."""
    keras.utils.set_random_seed(1)
    programs._kept.clear()


def read(model, task=BINARY, **training):
    return read_draft(model, task, NetworkTraining(**training))


def sequential(*stack, shape=(8,)):
    return keras.Sequential([keras.Input(shape), *stack])


def functional(shape, connect):
    start = keras.Input(shape)
    return keras.Model(start, connect(start))


def names(draft, kept=lambda layer: True):
    return ["/".join(layer.path) or layer.class_name for layer in draft.layers if kept(layer)]


def outputs(draft):
    return names(draft, lambda layer: layer.is_output)


def sheet(draft, name):
    return next(layer for layer in draft.layers if layer.path and layer.path[-1] == name)


def kinds(model):
    return [type(layer).__name__ for layer in model.layers if type(layer).__name__ != "InputLayer"]


def predict(model, rows=X):
    return model.predict(rows, verbose=0)


def made_of(model, edit, task=BINARY):
    """The model made from the draft of `model` after `edit`."""
    draft = read(model, task)
    edit(draft)
    return make_model(draft, model)


def wider(draft):
    apply_neurons(draft, 7)


def tanh_output(draft):
    draft.layers[-1]["activation"] = "tanh"


# Reading: layers in order, and which make the output


def test_a_sequential_model_is_read_in_order_and_its_last_layer_is_the_output():
    draft = read(sequential(layers.Dense(4, name="a"), layers.Dropout(0.5, name="b"), layers.Dense(1, name="c")))
    assert names(draft) == ["a", "b", "c"]
    assert [layer.class_name for layer in draft.layers] == ["Dense", "Dropout", "Dense"]
    assert sheet(draft, "a")["units"] == 4
    assert outputs(draft) == ["c"]


def test_an_activation_behind_the_last_dense_layer_belongs_to_the_output():
    draft = read(
        sequential(
            layers.Dense(4, name="a"),
            layers.Activation("relu", name="b"),
            layers.Dense(1, name="c"),
            layers.Activation("sigmoid", name="d"),
        )
    )
    assert outputs(draft) == ["c", "d"]


def test_layers_behind_the_last_kernel_are_output_even_if_they_have_weights_such_as_normalization():
    back = layers.Normalization(invert=True, name="back")
    back.adapt(np.arange(10.0).reshape(-1, 1))
    draft = read(sequential(layers.Dense(4, name="a"), layers.Dense(1, name="b"), back))
    assert outputs(draft) == ["b", "back"]


def test_a_normalized_output_layer_is_no_hidden_layer():
    draft = read(
        sequential(
            layers.Dense(4, name="a"),
            layers.Dense(1, name="b"),
            layers.BatchNormalization(name="c"),
            layers.Activation("sigmoid", name="d"),
        )
    )
    assert outputs(draft) == ["b", "c", "d"]


def test_branches_are_hidden_and_the_layer_that_joins_them_is_the_output():
    def connect(x):
        left = layers.Dense(4, name="left")(x)
        right = layers.Dense(4, name="right")(x)
        return layers.Dense(1, name="out")(layers.Add(name="sum")([left, right]))

    draft = read(functional((8,), connect))
    assert names(draft) == ["left", "right", "sum", "out"]
    assert outputs(draft) == ["out"]


def test_a_sum_of_two_layers_makes_both_of_them_outputs_and_an_operation_is_no_layer():
    def connect(x):
        hidden = layers.Dense(4, name="hidden")(x)
        return keras.activations.sigmoid(layers.Dense(1, name="a")(hidden) + layers.Dense(1, name="b")(hidden))

    draft = read(functional((8,), connect))
    assert names(draft) == ["hidden", "a", "b"]
    assert outputs(draft) == ["a", "b"]


def test_every_output_of_a_model_has_its_own_output_layer():
    def connect(x):
        hidden = layers.Dense(4, name="hidden")(x)
        return [layers.Dense(1, name="a")(hidden), layers.Activation("tanh")(layers.Dense(2, name="b")(hidden))]

    draft = read(functional((8,), connect))
    assert [layer.path[0] for layer in draft.hidden] == ["hidden"]
    assert set(outputs(draft)) >= {"a", "b"}


def test_a_layer_that_is_called_twice_is_one_layer_of_the_draft():
    def connect(x):
        shared = layers.Dense(8, name="shared")
        return layers.Dense(1, name="out")(shared(shared(x)))

    draft = read(functional((8,), connect))
    assert names(draft) == ["shared", "out"]


def test_layers_of_nested_models_are_read_with_the_names_of_the_models_they_are_in():
    inner = keras.Sequential([keras.Input((8,)), layers.Dense(4, name="a")], name="inner")
    outer = keras.Sequential([keras.Input((8,)), inner, layers.Dense(1, name="b")], name="outer")
    draft = read(functional((8,), outer))
    assert [layer.path for layer in draft.layers] == [("outer", "inner", "a"), ("outer", "b")]
    assert outputs(draft) == ["outer/b"]


def test_the_end_of_a_nested_model_at_the_end_is_the_output():
    head = keras.Sequential([keras.Input((4,)), layers.Dense(3, name="a"), layers.Dense(1, name="b")], name="head")
    draft = read(sequential(layers.Dense(4, name="first"), head))
    assert outputs(draft) == ["head/b"]
    assert [layer.path[-1] for layer in draft.hidden] == ["first", "a"]


def test_recurrent_and_convolutional_layers_are_hidden_layers():
    draft = read(sequential(layers.Conv1D(4, 2, name="conv"), layers.GRU(3, name="gru"), layers.Dense(1), shape=(6, 2)))
    assert [layer.path[0] for layer in draft.hidden] == ["conv", "gru"]


def test_a_separable_convolution_is_a_hidden_layer():
    draft = read(sequential(layers.SeparableConv1D(4, 2, name="conv"), layers.Flatten(), layers.Dense(1), shape=(6, 2)))
    assert [layer.path[0] for layer in draft.hidden] == ["conv"]


# Making models: what is kept


def test_an_unchanged_draft_gives_the_model_itself():
    model = sequential(layers.Dense(4), layers.Dense(1))
    assert make_model(read(model), model) is model


def test_a_value_written_again_is_no_change():
    model = sequential(layers.Dense(4, name="a"), layers.Dense(1))
    assert made_of(model, lambda draft: apply_neurons(draft, 4)) is model


def test_layers_before_a_change_are_the_same_objects_with_the_same_weights():
    model = sequential(layers.Dense(6, name="a"), layers.Dense(4, name="b"), layers.Dense(1, name="c"))
    before = model.get_layer("a").get_weights()
    made = made_of(model, lambda draft: sheet(draft, "b").__setitem__("units", 9))
    assert made.get_layer("a") is model.get_layer("a")
    np.testing.assert_array_equal(made.get_layer("a").get_weights()[0], before[0])
    assert made.get_layer("b").kernel.shape == (6, 9)
    assert made.get_layer("c").kernel.shape == (9, 1)


def test_layers_behind_a_change_that_keeps_the_shape_are_the_same_objects():
    model = sequential(layers.Dense(6, name="a"), layers.Dense(4, name="b"), layers.Dense(1, name="c"))
    made = made_of(model, lambda draft: sheet(draft, "b").__setitem__("activation", "tanh"))
    assert made.get_layer("b") is not model.get_layer("b")
    assert made.get_layer("b").activation is keras.activations.tanh
    assert made.get_layer("c") is model.get_layer("c")


def test_an_adapted_normalization_stays_adapted():
    scale = layers.Normalization(name="scale")
    scale.adapt(X * 5 + 3)
    model = sequential(scale, layers.Dense(4), layers.Dense(1))
    made = made_of(model, wider)
    assert made.get_layer("scale") is scale
    np.testing.assert_allclose(np.mean(made.get_layer("scale")(X * 5 + 3), axis=0), 0, atol=1e-5)


def test_a_lambda_with_a_closure_survives():
    table = {"factor": 3.0}

    def connect(x):
        tripled = layers.Lambda(lambda value: value * table["factor"], name="triple")(x)
        return layers.Dense(1)(layers.Dense(4)(tripled))

    model = functional((8,), connect)
    made = made_of(model, wider)
    np.testing.assert_array_equal(made.get_layer("triple")(X), X * 3)


def test_a_lambda_behind_a_changed_layer_survives():
    table = {"factor": 3.0}
    triple = layers.Lambda(lambda x: x * table["factor"])
    made = made_of(sequential(layers.Dense(4), triple, layers.Dense(1)), wider)
    assert made.layers[1] is triple
    assert made.layers[2].kernel.shape == (7, 1)


def test_layers_that_keras_cannot_describe_are_kept_when_no_family_touches_them():
    class Scaled(layers.Layer):
        def __init__(self, factors):
            super().__init__(name="scaled")
            self.factors = factors

        def call(self, inputs):
            return inputs * self.factors

    model = sequential(Scaled(np.full(8, 2.0)), layers.Dense(4), layers.Dense(1))
    made = made_of(model, wider)
    assert made.get_layer("scaled") is model.get_layer("scaled")


def test_a_recurrent_layer_with_an_initial_state_keeps_its_weights():
    def connect(x):
        _, *state = layers.LSTM(4, return_state=True, name="encoder")(x)
        decoded = layers.LSTM(4, name="decoder")(x, initial_state=state)
        return layers.Dense(1, name="out")(decoded)

    model = functional((6, 2), connect)
    made = made_of(model, tanh_output)
    assert made.get_layer("decoder") is model.get_layer("decoder")


def test_a_frozen_layer_stays_frozen_when_it_is_made_anew():
    model = sequential(layers.Dense(4, name="a"), layers.Dense(1))
    model.get_layer("a").trainable = False
    made = made_of(model, wider)
    assert not made.get_layer("a").trainable
    assert len(made.trainable_weights) == 2


def test_custom_training_steps_are_not_lost_silently():
    class Own(keras.Sequential):
        def train_step(self, data):
            return {"loss": 42.0}

    model = Own([keras.Input((8,)), layers.Dense(4), layers.Dense(1)])
    try:
        made = made_of(model, wider)
    except Exception as error:
        assert "Own" in str(error)  # noqa: PT017
    else:
        assert isinstance(made, Own)


# Making models: what follows from a change


def test_reshaping_layers_follow_a_changed_width():
    def connect(x):
        wide = layers.Dense(6, name="a")(x)
        return layers.Dense(1, name="out")(layers.Flatten()(layers.Reshape((-1, 1))(wide)))

    made = made_of(functional((8,), connect), wider)
    assert made.get_layer("out").kernel.shape == (7, 1)
    assert predict(made).shape == (50, 1)


def test_a_layer_made_of_layers_is_made_anew_when_its_input_changes():
    @keras.saving.register_keras_serializable("gridloom-tests")
    class Residual(layers.Layer):
        def __init__(self, units, **kwargs):
            super().__init__(**kwargs)
            self.inner = layers.Dense(units)

        def call(self, inputs):
            return self.inner(inputs)

    made = made_of(sequential(layers.Dense(4), Residual(3, name="block"), layers.Dense(1)), wider)
    assert made.get_layer("block").inner.kernel.shape == (7, 3)


def test_a_normalization_behind_a_changed_width_is_made_anew():
    model = sequential(layers.Dense(4), layers.BatchNormalization(name="norm"), layers.Dense(1))
    made = made_of(model, wider)
    assert made.get_layer("norm").gamma.shape == (7,)
    assert model.get_layer("norm").gamma.shape == (4,)


def test_the_original_model_is_not_damaged():
    model = sequential(layers.Dense(6), layers.Dense(4), layers.Dense(1))
    before, weights = predict(model), model.get_weights()
    made_of(model, lambda draft: (wider(draft), apply_dropout(draft, 0.5, 1)))
    assert kinds(model) == ["Dense", "Dense", "Dense"]
    np.testing.assert_array_equal(predict(model), before)
    for old, new in zip(weights, model.get_weights(), strict=True):
        np.testing.assert_array_equal(new, old)


def test_the_draft_can_make_two_models_that_share_no_changed_layer():
    model = sequential(layers.Dense(4, name="a"), layers.Dense(1))
    draft = read(model)
    wider(draft)
    one, two = make_model(draft, model), make_model(draft, model)
    assert one.get_layer("a") is not two.get_layer("a")


def test_a_remade_network_predicts_as_one_built_by_hand_with_its_weights():
    model = sequential(layers.Dense(6, "relu"), layers.Dense(4, "relu"), layers.Dense(1, "sigmoid"))
    made = made_of(
        model, lambda draft: (wider(draft), apply_activation(draft, "softsign"), apply_dropout(draft, 0.3, 2))
    )
    by_hand = sequential(
        layers.Dense(7, "softsign"),
        layers.Dropout(0.3),
        layers.Dense(7, "softsign"),
        layers.Dropout(0.3),
        layers.Dense(1, "sigmoid"),
    )
    assert kinds(made) == kinds(by_hand)
    by_hand.set_weights(made.get_weights())
    np.testing.assert_array_equal(predict(made), predict(by_hand))


def test_a_remade_branching_network_predicts_as_one_built_by_hand():
    def connect(width, drop):
        def inner(x):
            shared = layers.Dense(width, "tanh")
            left = drop(shared(x))
            right = drop(shared(keras.ops.flip(x, axis=1)))
            joined = layers.Concatenate()([left * 2.0, left + right])
            return layers.Dense(1, "sigmoid")(joined)

        return inner

    made = made_of(functional((8,), connect(4, lambda x: x)), lambda draft: (wider(draft), apply_dropout(draft, 0.5)))
    by_hand = functional((8,), connect(7, layers.Dropout(0.5)))
    assert sorted(kinds(made)) == sorted(kinds(by_hand))
    by_hand.set_weights(made.get_weights())
    np.testing.assert_array_equal(predict(made), predict(by_hand))


def test_an_initializer_fills_the_kernels_it_names():
    made = made_of(sequential(layers.Dense(4), layers.Dense(1)), lambda draft: apply_weight_init(draft, "one"))
    assert all(np.all(layer.kernel.numpy() == 1) for layer in made.layers)


# Making models: inserted layers


def test_inserted_layers_stand_behind_theirs_in_a_sequential_model():
    made = made_of(
        sequential(layers.Dense(4), layers.Dense(3), layers.Dense(1)), lambda draft: apply_dropout(draft, 0.25)
    )
    assert kinds(made) == ["Dense", "Dropout", "Dense", "Dropout", "Dense"]
    assert made.layers[1].rate == 0.25


def test_several_inserted_layers_keep_their_order():
    def edit(draft):
        noise = draft.insert_after(draft.layers[0], "GaussianNoise", stddev=0.1)
        draft.insert_after(noise, "BatchNormalization")
        draft.insert_after(draft.layers[-1], "Rescaling", scale=2.0, offset=1.0)

    made = made_of(sequential(layers.Dense(4), layers.Dense(1)), edit)
    assert kinds(made) == ["Dense", "GaussianNoise", "BatchNormalization", "Dense", "Rescaling"]


def test_an_inserted_layer_feeds_every_branch_behind_its_layer():
    def connect(x):
        hidden = layers.Dense(4, name="hidden")(x)
        return layers.Dense(1)(layers.Add()([layers.ReLU(name="relu")(hidden), hidden]))

    model = functional((8,), connect)
    made = made_of(model, lambda draft: draft.insert_after(sheet(draft, "hidden"), "Rescaling", scale=0.0, offset=0.0))
    np.testing.assert_array_equal(predict(made), np.zeros((50, 1)))
    assert kinds(made).count("Rescaling") == 1


def test_a_layer_inserted_behind_a_shared_one_follows_each_of_its_calls():
    def connect(x):
        shared = layers.Dense(8, name="shared")
        return layers.Concatenate()([shared(x), shared(shared(x))])

    model = functional((8,), connect)
    model.get_layer("shared").set_weights([np.eye(8), np.zeros(8)])
    made = made_of(model, lambda draft: draft.insert_after(sheet(draft, "shared"), "Rescaling", scale=2.0, offset=0.0))
    np.testing.assert_array_equal(predict(made), np.hstack([X * 2, X * 4]))
    assert kinds(made).count("Rescaling") == 1


@pytest.mark.parametrize("outer", ["sequential", "functional"])
@pytest.mark.parametrize("inner", ["sequential", "functional"])
def test_layers_of_nested_models_are_edited_in_their_place(outer, inner):
    stack = [layers.Dense(4, name="deep"), layers.Dense(3, name="deeper")]
    body = sequential(*stack) if inner == "sequential" else functional((8,), lambda x: stack[1](stack[0](x)))
    last = layers.Dense(1, name="out")
    model = sequential(body, last) if outer == "sequential" else functional((8,), lambda x: last(body(x)))
    made = made_of(model, lambda draft: (wider(draft), apply_dropout(draft, 0.4, 3)))
    remade = next(layer for layer in made.layers if isinstance(layer, keras.Model))
    assert kinds(remade) == ["Dense", "Dropout", "Dense", "Dropout"]
    assert remade.name == body.name
    assert made.get_layer("out").kernel.shape == (7, 1)
    assert predict(made).shape == (50, 1)
    assert kinds(body) == ["Dense", "Dense"]


def test_a_nested_model_that_is_called_twice_stays_one_model():
    tower = keras.Sequential([keras.Input((8,)), layers.Dense(4, name="a")], name="tower")

    def connect(x):
        return layers.Dense(1, name="out")(layers.Subtract()([tower(x), tower(x * 2)]))

    made = made_of(functional((8,), connect), wider)
    assert len(made.trainable_weights) == 4
    assert made.get_layer("out").kernel.shape == (7, 1)


def test_an_inserted_layer_needs_no_more_arguments_than_its_class():
    model = sequential(layers.Dense(4), layers.Dense(1))
    made = made_of(model, lambda draft: draft.insert_after(draft.layers[-1], "Rescaling", scale=2.0))
    np.testing.assert_allclose(predict(made), predict(model) * 2)


@pytest.mark.parametrize("kind", ["sequential", "functional"])
def test_an_inserted_layer_does_not_clash_with_a_name_that_the_builder_gave(kind):
    keras.backend.clear_session()
    first, last = layers.Dense(4, name="dropout"), layers.Dense(1, name="dropout_1")
    model = sequential(first, last) if kind == "sequential" else functional((8,), lambda x: last(first(x)))
    made = made_of(model, lambda draft: apply_dropout(draft, 0.5))
    assert kinds(made) == ["Dense", "Dropout", "Dense"]


def test_a_registered_layer_of_the_users_own_can_be_inserted_and_edited():
    @keras.saving.register_keras_serializable("gridloom-tests")
    class Shift(layers.Layer):
        def __init__(self, by=0.0, **kwargs):
            super().__init__(**kwargs)
            self.by = by

        def call(self, inputs):
            return inputs + self.by

        def get_config(self):
            return {**super().get_config(), "by": self.by}

    model = sequential(Shift(1.0, name="first"), layers.Dense(1, use_bias=False, kernel_initializer="zeros"))

    def edit(draft):
        sheet(draft, "first")["by"] = 5.0
        draft.insert_after(draft.layers[-1], "gridloom-tests>Shift", by=3.0)

    made = made_of(model, edit)
    assert made.get_layer("first").by == 5.0
    np.testing.assert_array_equal(predict(made), np.full((50, 1), 3.0))


def test_a_layer_that_nobody_knows_is_named_in_the_error():
    model = sequential(layers.Dense(4), layers.Dense(1))
    with pytest.raises(ValueError, match="Keras has no layer 'Droput'"):
        made_of(model, lambda draft: draft.insert_after(draft.layers[0], "Droput", rate=0.5))


def test_a_layer_of_another_class_takes_the_place_of_the_old_one():
    def edit(draft):
        draft.layers[1].class_name = "GaussianDropout"
        draft.layers[1]["rate"] = 0.3

    made = made_of(sequential(layers.Dense(4), layers.Dropout(0.5), layers.Dense(1)), edit)
    assert kinds(made) == ["Dense", "GaussianDropout", "Dense"]
    assert made.layers[1].rate == 0.3


def test_a_layer_taken_out_of_the_draft_is_not_ignored():
    model = sequential(layers.Dense(4), layers.Dropout(0.5), layers.Dense(1))
    draft = read(model)
    del draft.layers[1]
    try:
        made = make_model(draft, model)
    except ValueError as error:
        assert "dropout" in str(error)  # noqa: PT017
    else:
        assert kinds(made) == ["Dense", "Dense"]


# Making models: several inputs and outputs, and constraints


def test_a_model_with_named_inputs_keeps_them():
    a, b = keras.Input((3,), name="a"), keras.Input((2,), name="b")
    joined = layers.Concatenate()([layers.Dense(4, name="left")(a), b])
    model = keras.Model({"a": a, "b": b}, layers.Dense(1, name="out")(joined))
    made = made_of(model, wider)
    assert made.get_layer("out").kernel.shape == (9, 1)
    assert predict(made, {"a": np.ones((5, 3)), "b": np.ones((5, 2))}).shape == (5, 1)


def test_a_model_with_named_outputs_keeps_them():
    def connect(x):
        hidden = layers.Dense(4)(x)
        return {"one": layers.Dense(1)(hidden), "two": layers.Dense(2)(hidden)}

    made = made_of(functional((8,), connect), wider)
    assert {name: value.shape for name, value in predict(made).items()} == {"one": (50, 1), "two": (50, 2)}


def column_norms(kernel):
    return np.linalg.norm(np.asarray(kernel).reshape(-1, kernel.shape[-1]), axis=0)


@pytest.mark.parametrize("kind", ["dense", "convolution"])
def test_max_norm_bounds_the_weights_into_each_neuron_after_training(kind):
    if kind == "dense":
        model, rows = sequential(layers.Dense(4, name="hidden"), layers.Dense(1)), X
    else:
        stack = (layers.Conv2D(4, 3, name="hidden"), layers.Flatten(), layers.Dense(1))
        model, rows = sequential(*stack, shape=(6, 6, 2)), RNG.normal(size=(50, 6, 6, 2))
    made = made_of(model, lambda draft: apply_dropout(draft, 0.1, 1))
    hidden = made.get_layer("hidden")
    hidden.kernel.assign(hidden.kernel * 20)
    assert column_norms(hidden.kernel.numpy()).min() > 1
    made.compile("sgd", "mse")
    made.fit(rows, Y, epochs=1, verbose=0)
    assert column_norms(hidden.kernel.numpy()).max() <= 1.0001


def test_families_edit_a_network_of_separable_convolutions():
    stack = (layers.SeparableConv2D(4, 3), layers.Flatten(), layers.Dense(1))
    made = made_of(
        sequential(*stack, shape=(6, 6, 2)),
        lambda draft: (apply_dropout(draft, 0.1, 1), apply_weight_init(draft, "ones")),
    )
    assert kinds(made) == ["SeparableConv2D", "Dropout", "Flatten", "Dense"]
    assert np.all(made.layers[0].pointwise_kernel.numpy() == 1)
    assert made.layers[0].pointwise_constraint.max_value == 1


# Optimizers and losses


def compiled(optimizer="adam", loss="binary_crossentropy"):
    model = sequential(layers.Dense(4, "relu"), layers.Dense(1, "sigmoid"))
    model.compile(optimizer, loss)
    return model


def test_an_uncompiled_model_gets_adam_and_the_usual_loss_of_its_task():
    model = sequential(layers.Dense(1))
    for kind, loss in LOSSES.items():
        draft = read(model, Task(kind, (8,), 3))
        assert isinstance(make_optimizer(draft, model), keras.optimizers.Adam)
        assert isinstance(make_loss(draft, model), getattr(keras.losses, loss))


def test_the_optimizer_of_the_experiment_goes_before_the_builders():
    model = compiled(keras.optimizers.Adam(0.5))
    sgd = make_optimizer(read(model, optimizer={"name": "sgd", "momentum": 0.9, "learning_rate": 0.25}), model)
    assert isinstance(sgd, keras.optimizers.SGD)
    assert (sgd.momentum, float(sgd.learning_rate)) == (0.9, 0.25)


def test_an_optimizer_named_by_the_experiment_has_its_defaults_even_when_the_builders_is_of_its_class():
    model = compiled(keras.optimizers.Adam(0.5, beta_1=0.1))
    adam = make_optimizer(read(model, optimizer="adam"), model)
    assert (float(adam.learning_rate), adam.beta_1) == (pytest.approx(0.001), 0.9)


def test_the_builders_optimizer_is_kept_with_its_settings_as_a_new_object():
    own = keras.optimizers.RMSprop(0.25, rho=0.5)
    model = compiled(own)
    made = make_optimizer(read(model), model)
    assert isinstance(made, keras.optimizers.RMSprop)
    assert made is not own
    assert (float(made.learning_rate), made.rho) == (0.25, 0.5)


def test_an_optimizer_class_of_the_users_own_is_kept():
    class Slow(keras.optimizers.SGD):
        pass

    model = compiled(Slow(0.25))
    made = make_optimizer(read(model, learning_rate=0.5), model)
    assert type(made) is Slow
    assert float(made.learning_rate) == 0.5


def test_the_learning_rate_of_the_experiment_goes_into_whatever_optimizer_there_is():
    model = compiled(keras.optimizers.RMSprop(0.25, rho=0.5))
    made = make_optimizer(read(model, learning_rate=0.125), model)
    assert (float(made.learning_rate), made.rho) == (0.125, 0.5)


def test_a_learning_rate_schedule_is_kept():
    model = compiled(keras.optimizers.SGD(keras.optimizers.schedules.ExponentialDecay(0.5, 1, 0.5)))
    trained = compiled_model(read(model), model, "builder", steps=5)
    assert isinstance(trained.optimizer._learning_rate, keras.optimizers.schedules.ExponentialDecay)
    trained.fit(X, Y, batch_size=25, epochs=1, verbose=0)
    assert float(trained.optimizer.learning_rate) == pytest.approx(0.125)


def test_a_family_may_choose_another_optimizer():
    model = compiled(keras.optimizers.RMSprop(0.25))
    draft = read(model)
    draft.optimizer.class_name = "SGD"
    draft.optimizer["momentum"] = 0.5
    made = make_optimizer(draft, model)
    assert (type(made), made.momentum) == (keras.optimizers.SGD, 0.5)


def test_a_loss_function_of_the_users_own_is_kept():
    def halved(truth, predicted):
        return keras.ops.mean(keras.ops.square(truth - predicted)) / 2

    model = compiled(loss=halved)
    draft = read(model)
    assert draft.loss.class_name == "halved"
    assert make_loss(draft, model) is halved


@pytest.mark.parametrize("loss", ["binary_crossentropy", "BinaryCrossentropy", "object"])
def test_a_family_may_smooth_the_labels_however_the_loss_was_named(loss):
    model = compiled(loss=keras.losses.BinaryCrossentropy() if loss == "object" else loss)
    draft = read(model)
    draft.loss["label_smoothing"] = 0.25
    made = make_loss(draft, model)
    assert isinstance(made, keras.losses.BinaryCrossentropy)
    assert made.label_smoothing == 0.25


def test_a_family_may_choose_another_loss():
    model = compiled()
    draft = read(model)
    draft.loss.class_name = "Hinge"
    assert isinstance(make_loss(draft, model), keras.losses.Hinge)


def test_label_smoothing_reaches_the_training():
    def loss_of(smoothing):
        keras.utils.set_random_seed(1)
        model = compiled()
        draft = read(model)
        draft.loss["label_smoothing"] = smoothing
        return compiled_model(draft, model, "builder", steps=5).evaluate(X, Y, verbose=0)

    assert loss_of(0.0) != loss_of(0.5)


@pytest.mark.parametrize("name", get_args(OptimizerName))
def test_keras_knows_every_optimizer_that_an_experiment_may_name(name):
    model = sequential(layers.Dense(1))
    made = make_optimizer(read(model, optimizer=name), model)
    assert type(made).__name__.lower() == name


def test_keras_knows_every_activation_that_an_experiment_may_name():
    for name in get_args(ActivationName):
        assert np.isfinite(keras.activations.get(name)(np.ones((2, 3), "float32"))).all(), name


def test_keras_knows_every_initializer_that_an_experiment_may_name():
    for name in get_args(InitializerName):
        assert keras.initializers.get(name)((3, 2)).shape == (3, 2), name


# Programs that are used again


def trained(seed, *, steps=5, edit=None, build=None, **training):
    """What came of training an mlp with dropout under this seed: its program's model, weights and losses."""
    keras.utils.set_random_seed(seed)
    model = build() if build else mlp.build(BINARY, hidden=(6,), dropout=0.25)
    draft = read(model, **training)
    if edit:
        edit(draft)
    program = compiled_model(draft, model, "tests:mlp", steps)
    keras.utils.set_random_seed(seed)
    history = program.fit(X, Y, epochs=3, batch_size=10, verbose=0)
    return SimpleNamespace(model=program, weights=program.get_weights(), losses=history.history["loss"])


def fresh(*args, **kwargs):
    programs._kept.clear()
    result = trained(*args, **kwargs)
    programs._kept.clear()
    return result


def assert_identical(one, two):
    assert one.losses == two.losses
    for left, right in zip(one.weights, two.weights, strict=True):
        np.testing.assert_array_equal(left, right)


OPTIMIZERS = ["adam", {"name": "sgd", "momentum": 0.9, "learning_rate": 0.05}]


@pytest.mark.parametrize("optimizer", OPTIMIZERS, ids=["adam", "momentum"])
def test_training_on_a_program_used_again_is_bit_identical_to_training_on_a_new_one(optimizer):
    seeds = (1, 2, 3)
    alone = [fresh(seed, optimizer=optimizer) for seed in seeds]
    again = [trained(seed, optimizer=optimizer) for seed in (*seeds, 1)]
    assert len({id(result.model) for result in again}) == 1
    for one, two in zip([*alone, alone[0]], again, strict=True):
        assert_identical(one, two)
    assert alone[0].losses != alone[1].losses


def test_another_initializer_in_between_changes_nothing():
    alone = fresh(1)
    trained(1)
    between = trained(2, edit=lambda draft: apply_weight_init(draft, "uniform"))
    again = trained(1)
    assert again.model is between.model
    assert_identical(alone, again)


def test_an_initializer_trains_from_its_own_weights_on_a_program_of_another():
    def ones(draft):
        apply_weight_init(draft, "one")

    alone = fresh(2, edit=ones)
    trained(1)
    assert_identical(alone, trained(2, edit=ones))


def test_statistics_of_batch_normalization_do_not_leak_from_fit_to_fit():
    def build():
        stack = (layers.Dense(4), layers.BatchNormalization(), layers.Dense(1, "sigmoid"))
        model = sequential(*stack)
        model.compile("adam", "binary_crossentropy")
        return model

    alone = fresh(2, build=build)
    first = trained(1, build=build)
    second = trained(2, build=build)
    assert first.model is second.model
    assert_identical(alone, second)


def test_a_schedule_begins_anew_with_every_fit():
    def build():
        return compiled(keras.optimizers.SGD(keras.optimizers.schedules.ExponentialDecay(0.5, 1, 0.5)))

    alone = fresh(2, build=build)
    trained(1, build=build)
    assert_identical(alone, trained(2, build=build))


@pytest.mark.parametrize(
    "other",
    [
        {"edit": lambda draft: apply_neurons(draft, 7)},
        {"edit": lambda draft: apply_activation(draft, "tanh")},
        {"edit": lambda draft: apply_dropout(draft, 0.5)},
        {"edit": lambda draft: apply_dropout(draft, 0.0, 3)},
        {"edit": lambda draft: draft.loss.__setitem__("label_smoothing", 0.25)},
        {"learning_rate": 0.25},
        {"optimizer": "sgd"},
        {"steps": 1},
    ],
    ids=["width", "activation", "dropout", "constraint", "loss", "rate", "optimizer", "steps"],
)
def test_models_of_different_structure_share_no_program(other):
    keras.utils.set_random_seed(1)
    with_names = {"build": lambda: sequential(layers.Dense(6, "relu", name="a"), layers.Dense(1, "sigmoid", name="b"))}

    def program(steps=5, edit=None, **training):
        model = with_names["build"]()
        draft = read(model, **training)
        if edit:
            edit(draft)
        return compiled_model(draft, model, "tests:named", steps)

    plain = program()
    assert program(**other) is not plain
    assert program() is plain


def test_models_of_different_builders_share_no_program():
    def program(builder):
        model = sequential(layers.Dense(1, name="a"))
        return compiled_model(read(model), model, builder, 1)

    one = program("one {}")
    assert program("two {}") is not one
    assert program("one {}") is one


def test_only_the_programs_used_last_are_kept():
    def program(rate):
        model = sequential(layers.Dense(1, name="a"))
        return compiled_model(read(model, learning_rate=rate), model, "builder", 1)

    first = program(0.5)
    for number in range(programs.CAPACITY - 1):
        program(0.001 * (number + 1))
        assert program(0.5) is first
    assert len(programs._kept) == programs.CAPACITY
    for number in range(programs.CAPACITY):
        program(1.0 + number)
    assert len(programs._kept) == programs.CAPACITY
    assert program(0.5) is not first


# The builder mlp


def stack_of(model):
    return [
        (
            type(layer).__name__,
            getattr(layer, "units", None),
            getattr(getattr(layer, "activation", None), "__name__", None),
        )
        for layer in model.layers
    ]


def test_mlp_ends_in_one_sigmoid_for_two_classes():
    model = mlp.build(BINARY, hidden=(12, 6), activation="tanh")
    assert stack_of(model) == [("Dense", 12, "tanh"), ("Dense", 6, "tanh"), ("Dense", 1, "sigmoid")]
    assert isinstance(model.loss, keras.losses.BinaryCrossentropy)
    assert model.input_shape == (None, 8)


def test_mlp_ends_in_a_softmax_for_more_classes():
    model = mlp.build(Task("multiclass", (4,), 3))
    assert stack_of(model) == [("Dense", 12, "relu"), ("Dense", 3, "softmax")]
    assert isinstance(model.loss, keras.losses.SparseCategoricalCrossentropy)
    np.testing.assert_allclose(predict(model, np.ones((2, 4))).sum(axis=1), 1, rtol=1e-6)


def test_mlp_ends_in_a_linear_unit_for_numbers():
    model = mlp.build(Task("regression", (4,), 0))
    assert stack_of(model)[-1] == ("Dense", 1, "linear")
    assert isinstance(model.loss, keras.losses.MeanSquaredError)


def test_mlp_without_hidden_layers_is_a_linear_model():
    assert stack_of(mlp.build(BINARY, hidden=())) == [("Dense", 1, "sigmoid")]


@pytest.mark.parametrize("shape", [(8, 8), (4, 4, 3)])
def test_mlp_flattens_images(shape):
    model = mlp.build(Task("multiclass", shape, 10), hidden=(5,))
    assert [name for name, _, _ in stack_of(model)] == ["Flatten", "Dense", "Dense"]
    assert model.layers[1].kernel.shape == (np.prod(shape), 5)


def test_mlp_drops_out_behind_hidden_layers_only():
    model = mlp.build(BINARY, hidden=(4, 3), dropout=0.2)
    assert [name for name, _, _ in stack_of(model)] == ["Dense", "Dropout", "Dense", "Dropout", "Dense"]
    assert model.layers[1].rate == 0.2


def test_mlp_bounds_the_norms_of_hidden_layers_only():
    model = mlp.build(BINARY, hidden=(4, 3), max_norm=2)
    assert [getattr(layer.kernel_constraint, "max_value", None) for layer in model.layers] == [2, 2, None]


def test_mlp_initializes_all_kernels_alike():
    model = mlp.build(BINARY, hidden=(4,), initializer="one")
    assert all(np.all(layer.kernel.numpy() == 1) for layer in model.layers)


def test_the_dropout_family_makes_of_a_plain_mlp_what_the_options_of_mlp_make():
    edited = made_of(mlp.build(BINARY, hidden=(4, 3)), lambda draft: apply_dropout(draft, 0.2, 2))
    optioned = mlp.build(BINARY, hidden=(4, 3), dropout=0.2, max_norm=2)

    def described(model):
        return [{k: v for k, v in layer.get_config().items() if k != "name"} for layer in model.layers]

    assert described(edited) == described(optioned)
    assert isinstance(read(edited).layers[0], Layer)
