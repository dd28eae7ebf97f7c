"""Networks whose training is the same wherever it happens: they begin with zeros, and see all rows in every step."""

from __future__ import annotations

import numpy as np
import pytest
from scikeras.wrappers import KerasClassifier, KerasRegressor
from sklearn.datasets import load_breast_cancer, load_diabetes, load_iris
from sklearn.preprocessing import StandardScaler

ALL_ROWS = 10_000

MARKS = [
    pytest.mark.slow,
    pytest.mark.filterwarnings("ignore:__array__ implementation:DeprecationWarning"),
    pytest.mark.filterwarnings("ignore:Even though the `tf.config:UserWarning"),
]
"""What tests that train by TensorFlow step by step are marked with."""


def linear(meta, scale=1.0, offset=None):
    """A linear model of as many outputs as the targets need, uncompiled."""
    import keras

    outputs = meta["n_classes_"] if meta["target_type_"] == "multiclass" else 1
    activation = {"binary": "sigmoid", "multiclass": "softmax"}.get(meta["target_type_"])
    bias = "zeros" if offset is None else offset.initializer()
    layers = [keras.layers.Rescaling(scale), keras.layers.Dense(outputs, activation, True, "zeros", bias)]
    return keras.Sequential([keras.Input(meta["X_shape_"][1:]), *layers])


def compiled(width=1, rate=0.5, fails=False):
    """A linear model of 30 features and two classes, compiled."""
    import keras

    if fails:
        raise ValueError("this network cannot be made")
    model = keras.Sequential([keras.Input((30,)), keras.layers.Dense(1, "sigmoid", True, "zeros")])
    model.compile(keras.optimizers.SGD(rate * width), "binary_crossentropy")
    return model


def by_tensorflow(rate=0.5):
    """The same, by a module that the engine `fused` does not have."""
    import tensorflow as tf

    model = tf.keras.Sequential([tf.keras.Input((30,)), tf.keras.layers.Dense(1, "sigmoid", True, "zeros")])
    model.compile(tf.keras.optimizers.SGD(rate), "binary_crossentropy")
    return model


def for_keras(X, y, rate=0.5):
    """A network as Keras's own wrappers make it, for classes."""
    import keras

    outputs = keras.layers.Dense(y.shape[1], "softmax", True, "zeros")
    model = keras.Sequential([keras.Input(X.shape[1:]), outputs])
    model.compile(keras.optimizers.SGD(rate), "categorical_crossentropy")
    return model


class Offset:
    """Where a bias begins; all of them print alike."""

    def __init__(self, value):
        self.value = value

    def initializer(self):
        """The initializer of the bias."""
        import keras

        return keras.initializers.Constant(self.value)

    def __repr__(self):
        return "an offset"


def classifier(model=linear, **settings):
    """A SciKeras classifier that takes one step an epoch."""
    return KerasClassifier(model, **{"loss": "binary_crossentropy", "optimizer": "sgd", "epochs": 5} | SAME | settings)


def regressor(**settings):
    """A SciKeras regressor that takes one step an epoch."""
    return KerasRegressor(linear, **{"loss": "mse", "optimizer": "sgd", "epochs": 5} | SAME | settings)


SAME = {"batch_size": ALL_ROWS, "verbose": 0}


def tumours():
    """Numbers of one size, and two classes."""
    X, y = load_breast_cancer(return_X_y=True)
    return StandardScaler().fit_transform(X).astype("float32"), y


def flowers():
    """Numbers, and the names of three classes."""
    X, y = load_iris(return_X_y=True)
    return X.astype("float32"), np.array(["setosa", "versicolor", "virginica"])[y]


def diabetes():
    """Numbers, and a number as the target."""
    X, y = load_diabetes(return_X_y=True, scaled=False)
    return X, (y - y.mean()) / y.std()
