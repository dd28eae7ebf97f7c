"""The builder `mlp`: its layers, loss and options."""

from __future__ import annotations

import numpy as np
import pytest

from gridloom import Layer, Task
from gridloom_plugins.families.dropout import apply_dropout
from gridloom_plugins.models import mlp
from networks.models import BINARY, made_of, predict, read

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module", autouse=True)
def _keras():
    """Import Keras when the first of these tests runs, and not when pytest collects them."""
    global keras  # noqa: PLW0603
    import keras


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
