"""Making Keras models from edited drafts: what is kept, and what follows from a change."""

from __future__ import annotations

import numpy as np
import pytest

from gridloom_plugins.families.activation import apply_activation
from gridloom_plugins.families.dropout import apply_dropout
from gridloom_plugins.families.neurons import apply_neurons
from gridloom_plugins.families.weight_init import apply_weight_init
from gridloom_plugins.networks.making import make_model
from networks.models import RNG, X, Y, functional, kinds, made_of, predict, read, sequential, sheet, tanh_output, wider

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module", autouse=True)
def _keras():
    """Import Keras when the first of these tests runs, and not when pytest collects them."""
    global keras, layers  # noqa: PLW0603
    import keras
    from keras import layers


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


@pytest.mark.parametrize("units", [10**20, 10**12])
def test_sizes_that_no_machine_holds_are_refused_before_a_weight_is_made(units):
    model = sequential(layers.Dense(2, name="wide"), layers.Dense(1))
    with pytest.raises(
        ValueError, match=rf"the layer 'wide' would have a weight of shape \(\d+, {units}\), which needs"
    ):
        made_of(model, lambda draft: apply_neurons(draft, units))
