"""Data that a layer can learn, and networks of one layer with every loss and shape of output: a plugin."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np

import gridloom

ROWS, COLUMNS = 90, 4


def load(target: str = "3 classes") -> gridloom.Data:
    """Classes that lie apart, or positive numbers on a line."""
    rng = np.random.default_rng(0)
    if target == "a number":
        X = rng.uniform(0, 1, (ROWS, COLUMNS))
        return gridloom.Data(X, X @ [1.0, 2.0, 0.5, 0.0] + 0.5)
    count = int(target.split(maxsplit=1)[0])
    y = np.arange(ROWS) % count
    X = rng.normal(0, 0.4, (ROWS, COLUMNS)) + 3 * np.eye(COLUMNS)[y]
    return gridloom.Data(X, y, classes=("a", "b", "c")[:count])


def one_hot_loss(y_true: Any, y_pred: Any) -> Any:
    """A focal loss that takes one-hot codes."""
    import keras

    y_pred = keras.ops.clip(y_pred, 1e-6, 1.0)
    return -keras.ops.sum(y_true * (1 - y_pred) ** 2 * keras.ops.log(y_pred), axis=-1)


def label_loss(y_true: Any, y_pred: Any) -> Any:
    """The same, taking class numbers."""
    import keras

    labels = keras.ops.cast(keras.ops.reshape(y_true, (-1,)), "int32")
    return one_hot_loss(keras.ops.one_hot(labels, y_pred.shape[-1]), y_pred)


OWN = {"one_hot_loss": one_hot_loss, "label_loss": label_loss}


def build(task: gridloom.Task, case: str = "mean_squared_error, 3") -> Any:
    """A loss and the shape of the output: "hinge, 1", or "mean_squared_error, 4 x 1" for an output of steps."""
    import keras

    loss, _, shape = case.partition(", ")
    *steps, outputs = map(int, shape.split(" x "))
    if outputs > 1 and task.n_classes:
        activation = "softmax"
    elif task.n_classes:
        activation = "linear" if "hinge" in loss else "sigmoid"
    else:
        activation = "softplus"
    reshaped = [keras.layers.Reshape((*steps, COLUMNS // steps[0]))] if steps else []
    last = keras.layers.Dense(outputs, activation=activation)
    model = keras.Sequential([keras.Input(task.input_shape), *reshaped, last])
    model.compile(keras.optimizers.Adam(0.05), OWN.get(loss, loss))
    return model


@gridloom.hookimpl
def gridloom_datasets() -> Iterator[gridloom.Dataset]:
    """The data."""
    yield gridloom.Dataset("learnable", "Data that a layer can learn.", load)


@gridloom.hookimpl
def gridloom_model_builders() -> Iterator[gridloom.ModelBuilder]:
    """The networks."""
    yield gridloom.ModelBuilder("one_layer", "One layer.", build)
