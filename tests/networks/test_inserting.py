"""Making Keras models with inserted layers: where they stand, and what they may be."""

from __future__ import annotations

import numpy as np
import pytest

from gridloom_plugins.families.dropout import apply_dropout
from gridloom_plugins.networks.making import make_model, make_optimizer
from networks.models import X, functional, kinds, made_of, predict, read, sequential, sheet, wider

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module", autouse=True)
def _keras():
    """Import Keras when the first of these tests runs, and not when pytest collects them."""
    global keras, layers  # noqa: PLW0603
    import keras
    from keras import layers


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


@pytest.mark.parametrize(
    ("key", "value", "message"),
    [
        ("kernel_initializer", "unifrm", "Keras cannot make this Dense: Could not interpret initializer identifier: unifrm"),
        ("kernel_regularizer", {"class_name": "L2", "config": {"l4": 1}}, "Keras cannot make this Dense: .* argument 'l4'"),
    ],
)  # fmt: skip
def test_a_config_that_keras_makes_nothing_of_is_told_without_the_rest_of_it(key, value, message):
    model = sequential(layers.Dense(4), layers.Dense(1))
    with pytest.raises(ValueError, match=message) as caught:
        made_of(model, lambda draft: draft.layers[0].__setitem__(key, value))
    assert len(str(caught.value)) < 500


def test_an_inserted_layer_and_an_optimizer_that_keras_cannot_make_are_named():
    model = sequential(layers.Dense(4), layers.Dense(1))
    with pytest.raises(ValueError, match=r"^Keras cannot make this Dropout: .*rate=1\.5"):
        made_of(model, lambda draft: draft.insert_after(draft.layers[0], "Dropout", rate=1.5))
    draft = read(model, optimizer={"name": "sgd", "momentum": 9.0})
    with pytest.raises(ValueError, match=r"^Keras cannot make this SGD: `momentum` must be"):
        make_optimizer(draft, model)


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
