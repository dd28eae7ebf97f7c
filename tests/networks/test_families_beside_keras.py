"""What families make of a network is what plain Keras makes of the same layers, written by hand."""

from __future__ import annotations

import numpy as np
import pytest

from gridloom_plugins.families.batch_norm import apply_batch_norm
from gridloom_plugins.families.depth import apply_depth
from gridloom_plugins.families.learning_rate import apply_learning_rate
from gridloom_plugins.families.noise import apply_noise
from gridloom_plugins.families.optimizer import apply_optimizer
from gridloom_plugins.families.regularization import apply_regularization
from gridloom_plugins.networks.making import make_model, make_optimizer
from gridloom_plugins.networks.names import OPTIMIZER_CLASSES
from networks.models import X, Y, compiled, kinds, made_of, predict, read, sequential

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module", autouse=True)
def _keras():
    """Import Keras when the first of these tests runs, and not when pytest collects them."""
    global keras, layers  # noqa: PLW0603
    import keras
    from keras import layers


def described(model):
    """The layers of a model by class, with their configs but for names."""

    def nameless(value):
        if isinstance(value, dict):
            return {key: nameless(inner) for key, inner in value.items() if key != "name"}
        return value

    return [(type(layer).__name__, nameless(layer.get_config())) for layer in model.layers]


def built():
    return sequential(layers.Dense(6, "tanh", kernel_initializer="he_normal"), layers.Dense(1, "sigmoid"))


def hidden(**more):
    return layers.Dense(6, "tanh", kernel_initializer="he_normal", **more)


def both():
    return {"kernel_regularizer": keras.regularizers.L1L2(0.01, 0.02)}


BY_HAND = {
    "depth": (
        lambda draft: apply_depth(draft, 3),
        lambda: (hidden(), hidden(), hidden(), layers.Dense(1, "sigmoid")),
    ),
    "batch_norm before": (
        lambda draft: apply_batch_norm(draft, "before", 0.9),
        lambda: (
            layers.Dense(6, kernel_initializer="he_normal"),
            layers.BatchNormalization(momentum=0.9),
            layers.Activation("tanh"),
            layers.Dense(1, "sigmoid"),
        ),
    ),
    "batch_norm after": (
        lambda draft: apply_batch_norm(draft, "after"),
        lambda: (hidden(), layers.BatchNormalization(), layers.Dense(1, "sigmoid")),
    ),
    "noise": (
        lambda draft: apply_noise(draft, 0.1),
        lambda: (hidden(), layers.GaussianNoise(0.1), layers.Dense(1, "sigmoid")),
    ),
    "regularization": (
        lambda draft: apply_regularization(draft, 0.01, 0.02),
        lambda: (hidden(**both()), layers.Dense(1, "sigmoid", **both())),
    ),
}


@pytest.mark.parametrize("name", BY_HAND)
def test_the_layers_are_those_of_a_model_written_by_hand(name):
    edit, stack = BY_HAND[name]
    assert described(made_of(built(), edit)) == described(sequential(*stack()))


def test_layers_that_families_insert_train_as_those_written_by_hand():
    def edit(draft):
        apply_depth(draft, 2)
        apply_batch_norm(draft, "before", 0.9)
        apply_regularization(draft, 0.01, 0.02)
        apply_optimizer(draft, "sgd")
        apply_learning_rate(draft, 0.1, 0.5)

    model = built()
    draft = read(model)
    edit(draft)
    made = make_model(draft, model)
    block = [
        lambda: layers.Dense(6, kernel_initializer="he_normal", **both()),
        lambda: layers.BatchNormalization(momentum=0.9),
        lambda: layers.Activation("tanh"),
    ]
    by_hand = sequential(*(make() for make in block * 2), layers.Dense(1, "sigmoid", **both()))
    by_hand.set_weights(made.get_weights())
    made.compile(make_optimizer(draft, model), "binary_crossentropy", run_eagerly=True)
    by_hand.compile(keras.optimizers.SGD(0.1, momentum=0.5), "binary_crossentropy", run_eagerly=True)
    before = predict(made)
    for first in (0, 10, 20):
        rows = slice(first, first + 10)
        assert made.train_on_batch(X[rows], Y[rows]) == by_hand.train_on_batch(X[rows], Y[rows])
    np.testing.assert_array_equal(predict(made), predict(by_hand))
    assert not np.allclose(predict(made), before)


def test_a_copied_layer_begins_with_weights_of_its_own():
    made = made_of(sequential(layers.Dense(8, "relu"), layers.Dense(1)), lambda draft: apply_depth(draft, 3))
    first, second, third = (layer.kernel.numpy() for layer in made.layers[:3])
    assert not np.allclose(first, second)
    assert not np.allclose(second, third)


def test_an_activation_of_the_builders_own_goes_into_the_layers_that_families_insert():
    def cubed(x):
        return x**3

    def edit(draft):
        apply_depth(draft, 2)
        apply_batch_norm(draft, "before")

    made = made_of(sequential(layers.Dense(4, cubed), layers.Dense(1)), edit)
    assert kinds(made) == ["Dense", "BatchNormalization", "Activation"] * 2 + ["Dense"]
    assert [layer.activation for layer in made.layers if type(layer).__name__ == "Activation"] == [cubed, cubed]


@pytest.mark.parametrize("name", OPTIMIZER_CLASSES)
def test_every_optimizer_has_the_settings_of_keras_and_none_of_the_builders(name):
    model = compiled(keras.optimizers.RMSprop(0.5) if name != "rmsprop" else keras.optimizers.Adam(0.5))
    draft = read(model)
    apply_optimizer(draft, name)
    made, own = make_optimizer(draft, model), keras.optimizers.get(name)
    assert type(made) is type(own)
    assert type(made).__name__ == OPTIMIZER_CLASSES[name]
    assert {**made.get_config(), "name": ""} == {**own.get_config(), "name": ""}


def test_the_builders_own_optimizer_keeps_its_settings():
    model = compiled(keras.optimizers.RMSprop(0.5, rho=0.7))
    draft = read(model)
    apply_optimizer(draft, "rmsprop")
    made = make_optimizer(draft, model)
    assert (float(made.learning_rate), made.rho) == (0.5, 0.7)


def test_a_learning_rate_of_the_family_takes_the_place_of_the_builders_schedule():
    model = compiled(keras.optimizers.SGD(keras.optimizers.schedules.ExponentialDecay(0.1, 5, 0.5)))
    draft = read(model)
    apply_learning_rate(draft, 0.2, 0.9)
    made = make_optimizer(draft, model)
    assert (float(made.learning_rate), made.momentum) == (pytest.approx(0.2), 0.9)
    draft = read(model)
    apply_learning_rate(draft, momentum=0.9)
    assert isinstance(make_optimizer(draft, model)._learning_rate, keras.optimizers.schedules.ExponentialDecay)
