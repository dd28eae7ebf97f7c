"""Reading Keras models into drafts: layers in order, and which make the output."""

from __future__ import annotations

import numpy as np
import pytest

from networks.models import functional, names, outputs, read, sequential, sheet

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module", autouse=True)
def _keras():
    """Import Keras when the first of these tests runs, and not when pytest collects them."""
    global keras, layers  # noqa: PLW0603
    import keras
    from keras import layers


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


def test_layers_in_a_row_continue_each_other_and_are_read_in_a_row_where_a_model_has_branches():
    def connect(x):
        left, right = layers.Dense(4, name="left")(x), layers.Dense(4, name="right")(x)
        left, right = layers.ReLU(name="left_relu")(left), layers.ReLU(name="right_relu")(right)
        return layers.Dense(1, name="out")(layers.Add(name="sum")([left, right]))

    draft = read(functional((8,), connect))
    assert names(draft) == ["left", "left_relu", "right", "right_relu", "sum", "out"]
    assert names(draft, lambda layer: layer.continues) == ["left_relu", "right_relu", "out"]
    assert [layer.path[0] for layer in draft.block(sheet(draft, "right"))] == ["right", "right_relu"]


@pytest.mark.parametrize(
    "connect",
    [
        lambda x, first, relu: layers.Add()([first(x), relu(first.output)]),
        lambda x, first, relu: [first(x), relu(first.output)],
        lambda x, first, relu: relu(first(first(x))),
        lambda x, first, relu: layers.Add()([relu(first(x)), relu(x)]),
        lambda x, first, relu: relu(first(x) * 2),
        lambda x, first, relu: relu(keras.Sequential([keras.Input((8,)), first])(x)),
        lambda x, first, relu: keras.Sequential([keras.Input((8,)), relu])(first(x)),
    ],
    ids=["two takers", "an output", "called twice", "takes twice", "an operation between", "nested", "before a nested"],
)
def test_a_layer_that_takes_something_else_or_is_not_alone_does_not_continue(connect):
    first, relu = layers.Dense(8, name="first"), layers.ReLU(name="relu")
    draft = read(functional((8,), lambda x: connect(x, first, relu)))
    assert not sheet(draft, "relu").continues
    assert [layer.path[-1] for layer in draft.block(sheet(draft, "first"))] == ["first"]


def test_layers_of_a_nested_model_continue_each_other():
    inner = keras.Sequential([keras.Input((8,)), layers.Dense(4, name="a"), layers.ReLU(name="b")], name="inner")
    draft = read(sequential(inner, layers.BatchNormalization(name="c"), layers.ReLU(name="d"), layers.Dense(1)))
    assert [layer.continues for layer in draft.layers] == [False, True, False, True, True]
