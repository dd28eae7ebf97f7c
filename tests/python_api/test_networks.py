"""Keras functions in one call: trained by `fused`, edited by families, and kept."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

import gridloom

pytestmark = pytest.mark.slow


def build(task, width: int = 4):
    """A hidden layer, for two classes."""
    import keras

    return keras.Sequential(
        [keras.Input(task.input_shape), keras.layers.Dense(width, "relu"), keras.layers.Dense(1, "sigmoid")]
    )


def side_by_side(task, units: int = 4):
    """Two inputs, for two classes; compiled."""
    import keras

    inputs = {name: keras.Input(shape, name=name) for name, shape in task.inputs.items()}
    joined = keras.layers.Concatenate()([keras.layers.Flatten()(one) for one in inputs.values()])
    hidden = keras.layers.Dense(units, activation="tanh")(joined)
    model = keras.Model(inputs, keras.layers.Dense(1, activation="sigmoid")(hidden))
    model.compile(optimizer=keras.optimizers.SGD(0.1), loss="binary_crossentropy")
    return model


def test_a_network_of_a_function_is_searched_edited_and_kept(search, data):
    X, y = data
    table = pd.DataFrame(X, columns=["a", "b", "c"])
    space = {
        "model": {"width": [4, 8]},
        "dropout": {"dropout_rate": [0.0, 0.3]},
        "training": {"learning_rate": {"low": 0.01, "high": 0.1, "scale": "log"}},
    }
    result = search(
        build,
        table,
        np.where(y, "yes", "no"),
        space=space,
        strategy={"name": "random", "candidates": 4},
        training={"epochs": 3, "batch_size": 16},
        preprocess=["standardize"],
        refit=True,
    )
    assert result.is_complete
    assert result.engine == "fused"
    assert set(result.best.params) == {"width", "dropout_rate", "learning_rate"}
    shares = result.load().predict_proba(table)
    assert shares.shape == (60, 2)
    np.testing.assert_allclose(shares.sum(axis=1), 1, atol=1e-6)


def test_a_dict_of_arrays_goes_to_the_inputs_of_these_names(search, data):
    X, y = data
    inputs = {"image": np.stack([X[:, :2], X[:, 1:]], axis=1), "age": X[:, 0]}
    result = search(side_by_side, inputs, y, space={"model": {"units": [2, 4]}}, training={"epochs": 2}, name="two")
    assert result.is_complete
    assert result.manifest["experiment"]["dataset"]["X"].startswith(
        "dict of image: ndarray of float64, shape (60, 2, 2); age: "
    )


OWN_LAYER = """
import keras


class Doubled(keras.layers.Layer):
    def call(self, x):
        return 2 * x


def build(task, width: int = 2):
    return keras.Sequential([keras.Input(task.input_shape), Doubled(), keras.layers.Dense(1, "sigmoid")])
"""


def test_a_layer_of_your_own_is_found_where_the_function_is(search, data, tmp_path, monkeypatch):
    (tmp_path / "layered.py").write_text(OWN_LAYER)
    monkeypatch.syspath_prepend(tmp_path)
    from layered import build

    result = search(build, space={"model": {"width": [2]}}, training={"epochs": 1}, refit=True)
    assert result.load().predict(data[0]).shape == (60,)
    with pytest.raises(gridloom.GridloomError, match="Keras cannot find class 'Doubled'"):
        gridloom.load(result.folder)


def test_a_function_that_returns_no_network_stops_the_run_in_words(search):
    def forgets(width: int = 4):
        import keras

        keras.Sequential([keras.layers.Dense(width)])

    with pytest.raises(gridloom.GridloomError, match=r"the builder 'forgets' returned NoneType"):
        search(forgets, space={"model": {"width": [1, 2]}})
