"""A plugin with networks whose every number can be searched, and networks that hide a number where it cannot be lifted."""

from __future__ import annotations

import os
from typing import Any

import yaml

import gridloom
from gridloom import ModelBuilder


def stepwise(task, change: str = ""):
    """SGD with all that can go with it."""
    return _stepwise(task, **changed(change))


def adaptive(task, change: str = ""):
    """AdamW on the Huber loss, with normalization and noise."""
    return _adaptive(task, **changed(change))


def hiding(task, change: str = ""):
    """A number inside of a loop, or in an array that the layer holds."""
    return _hiding(task, **changed(change))


def hurried(task, epochs: int = 2, of: str = "rate"):
    """A learning rate, or initial weights, by an option that is called as the number of epochs is."""
    import keras

    weights = keras.initializers.Constant(1 / epochs if of == "weights" else 0.5)
    model = keras.Sequential(
        [keras.Input(task.input_shape), keras.layers.Dense(1, "sigmoid", kernel_initializer=weights)]
    )
    optimizer = keras.optimizers.SGD(1 / epochs if of == "rate" else 0.125)
    model.compile(
        keras.optimizers.LossScaleOptimizer(optimizer) if of == "scaled" else optimizer, "binary_crossentropy"
    )
    return model


def spoiling(task, spoils: float = 0.0):
    """A layer that changes the environment as it is traced, which no other fit may see."""
    import keras

    assert "POISON" not in os.environ

    class Spoiling(keras.layers.Layer):
        def call(self, x):
            if spoils:
                os.environ["POISON"] = "1"
            return x

    model = keras.Sequential([keras.Input(task.input_shape), Spoiling(), keras.layers.Dense(1, "sigmoid")])
    model.compile("sgd", "binary_crossentropy")
    return model


def normalized(task):
    """Adam, with batch normalization and dropout: all that a state has to hold."""
    import keras
    from keras import layers

    hidden = [layers.Dense(4, "relu"), layers.BatchNormalization(), layers.Dropout(0.3)]
    model = keras.Sequential([keras.Input(task.input_shape), *hidden, layers.Dense(1, "sigmoid")])
    model.compile("adam", "binary_crossentropy")
    return model


def changed(change: str) -> dict[str, Any]:
    """Options from text such as "rate=0.5, units=3"."""
    pairs = (part.split("=") for part in change.split(", ") if part)
    return {name: yaml.safe_load(value) for name, value in pairs}


def _stepwise(
    task,
    units: int = 5,
    activation: str = "tanh",
    rate: float = 0.3,
    norm: float = 0.9,
    momentum: float = 0.8,
    decay: float = 0.01,
    l1: float = 0.01,
    l2: float = 0.02,
    smoothing: float = 0.1,
    slope: float = 0.2,
    clip: float = 0.3,
    loss: str = "BinaryCrossentropy",
):
    import keras
    from keras import layers, regularizers

    model = keras.Sequential(
        [
            keras.Input(task.input_shape),
            layers.Dense(
                units,
                activation,
                kernel_constraint=keras.constraints.MaxNorm(norm),
                kernel_regularizer=regularizers.L1L2(l1, l2),
            ),
            layers.Dropout(rate),
            layers.Dense(4),
            layers.LeakyReLU(slope),
            layers.Dense(1, "sigmoid"),
        ]
    )
    optimizer = keras.optimizers.SGD(0.1, momentum=momentum, weight_decay=decay, clipnorm=clip)
    made = getattr(keras.losses, loss)(label_smoothing=smoothing) if smoothing else getattr(keras.losses, loss)()
    model.compile(optimizer, made)
    return model


def _adaptive(
    task,
    beta_1: float = 0.9,
    beta_2: float = 0.99,
    epsilon: float = 1e-6,
    rate: float = 0.02,
    delta: float = 0.5,
    moving: float = 0.9,
    noise: float = 0.2,
    weight_decay: float = 0.02,
):
    import keras
    from keras import layers

    model = keras.Sequential(
        [
            keras.Input(task.input_shape),
            layers.GaussianNoise(noise),
            layers.Dense(5, use_bias=False),
            layers.BatchNormalization(momentum=moving),
            layers.Dense(1),
        ]
    )
    optimizer = keras.optimizers.AdamW(rate, beta_1=beta_1, beta_2=beta_2, epsilon=epsilon, weight_decay=weight_decay)
    model.compile(optimizer, keras.losses.Huber(delta))
    return model


def _hiding(task, where: str = "scan", value: float = 0.5):
    import keras
    import numpy as np
    from keras import layers

    places: dict[str, Any] = {
        "scan": lambda: [layers.Reshape((2, 3)), layers.GRU(3, activation=lambda x: keras.ops.leaky_relu(x, value))],
        "array": lambda: [layers.Lambda(lambda x: x * np.linspace(value, 1, 6, dtype="float32")), layers.Dense(4)],
        "normalization": lambda: [layers.Normalization(mean=[value] * 6, variance=[1.0] * 6), layers.Dense(4)],
        "scalar": lambda: [layers.Lambda(lambda x: x * np.float32(value)), layers.Dense(4)],
        "power": lambda: [layers.Lambda(lambda x: keras.ops.abs(x) ** value), layers.Dense(4)],
        "whole": lambda: [layers.Lambda(lambda x: x * int(value * 10)), layers.Dense(4)],
        "branch": lambda: [layers.Lambda(lambda x: keras.ops.where(x > value, x, -x)), layers.Dense(4)],
    }
    model = keras.Sequential([keras.Input(task.input_shape), *places[where](), layers.Dense(1, "sigmoid")])
    model.compile(keras.optimizers.SGD(0.3), "binary_crossentropy")
    return model


@gridloom.hookimpl
def gridloom_model_builders():
    for builder in (stepwise, adaptive, hiding, spoiling, hurried, normalized):
        yield ModelBuilder(builder.__name__, "A network of the tests.", builder)
