"""Weights that a builder gives to its layers stay, whatever families edit, unless the edit is about how they begin."""

from __future__ import annotations

import numpy as np
import pytest

from gridloom_plugins.families.activation import apply_activation
from gridloom_plugins.families.dropout import apply_dropout
from gridloom_plugins.families.neurons import apply_neurons
from gridloom_plugins.families.weight_init import apply_weight_init
from networks.models import X, functional, made_of, sequential, sheet

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module", autouse=True)
def _keras():
    """Import Keras when the first of these tests runs, and not when pytest collects them."""
    global keras, layers  # noqa: PLW0603
    import keras
    from keras import layers


def given(trainable=True):
    """A model whose first layer was given the identity, and whose second one is as drawn."""
    model = sequential(layers.Dense(8, name="a", trainable=trainable), layers.Dense(4, name="b"), layers.Dense(1))
    model.get_layer("a").set_weights([np.eye(8), np.full(8, 0.5)])
    return model


def is_given(model):
    kernel, bias = model.get_layer("a").get_weights()
    return [np.array_equal(kernel, np.eye(8)), np.array_equal(bias, np.full(8, 0.5))]


@pytest.mark.parametrize(
    "edit",
    [
        lambda draft: apply_activation(draft, "tanh"),
        lambda draft: apply_dropout(draft, 0.1, 3),
        lambda draft: apply_neurons(draft, 8),
    ],
)
def test_given_weights_survive_edits_of_the_layer(edit):
    assert is_given(made_of(given(), edit)) == [True, True]


def test_drawn_weights_are_drawn_anew():
    model = given()
    before = model.get_layer("b").get_weights()[0]
    made = made_of(model, lambda draft: apply_activation(draft, "tanh"))
    assert not np.array_equal(made.get_layer("b").get_weights()[0], before)


def test_an_edited_initializer_draws_anew_what_it_is_for_and_nothing_else():
    made = made_of(given(), lambda draft: apply_weight_init(draft, "zero"))
    assert is_given(made) == [False, True]
    assert not made.get_layer("a").get_weights()[0].any()


def test_a_frozen_layer_is_not_initialized():
    made = made_of(given(trainable=False), lambda draft: apply_weight_init(draft, "zero"))
    assert is_given(made) == [True, True]
    assert not made.get_layer("b").get_weights()[0].any()


def test_nothing_is_kept_of_a_layer_that_has_another_shape():
    made = made_of(given(), lambda draft: apply_neurons(draft, 3))
    assert made.get_layer("a").kernel.shape == (8, 3)
    made = made_of(given(), lambda draft: sheet(draft, "b").__setitem__("units", 3))
    assert is_given(made) == [True, True]


def test_an_adapted_normalization_stays_adapted_when_it_is_edited():
    scale = layers.Normalization(name="scale")
    scale.adapt(X * 5 + 3)
    made = made_of(
        sequential(scale, layers.Dense(1)), lambda draft: sheet(draft, "scale").__setitem__("trainable", False)
    )
    assert made.get_layer("scale") is not scale
    np.testing.assert_allclose(np.mean(made.get_layer("scale")(X * 5 + 3), axis=0), 0, atol=1e-5)


@pytest.mark.parametrize(
    ("make", "initializer", "redrawn"),
    [
        (lambda: layers.DepthwiseConv1D(2, name="a"), "depthwise_initializer", "kernel"),
        (lambda: layers.SeparableConv1D(3, 2, name="a"), "pointwise_initializer", "pointwise_kernel"),
        (lambda: layers.LSTM(3, name="a"), "recurrent_initializer", "recurrent_kernel"),
        (lambda: layers.Embedding(5, 3, name="a"), "embeddings_initializer", "embeddings"),
    ],
)
def test_so_it_is_with_weights_of_other_names(make, initializer, redrawn):
    layer = make()
    shape = (4,) if isinstance(layer, layers.Embedding) else (4, 2)
    model = functional(shape, lambda x: layers.Dense(1)(layers.Flatten()(layer(x))))
    layer.set_weights([np.full(weight.shape, 0.25) for weight in layer.get_weights()])
    made = made_of(model, lambda draft: sheet(draft, "a").__setitem__(initializer, "ones")).get_layer("a")
    assert made is not layer
    assert {weight.name for weight in made.weights if not (np.asarray(weight) == 0.25).all()} == {redrawn}
