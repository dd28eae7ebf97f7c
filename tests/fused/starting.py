"""A plugin with networks of every initializer, and networks whose first values come from elsewhere."""

from __future__ import annotations

import numpy as np

import gridloom
from gridloom import ModelBuilder

WIDTH = 60
INITIALIZERS = (
    *("glorot_uniform", "glorot_normal", "he_uniform", "he_normal", "lecun_uniform", "lecun_normal"),
    *("random_uniform", "random_normal", "truncated_normal", "orthogonal"),
)
SURVIVING = ("seeded", "pretrained", "adapted", "numpy", "custom", "custom_seed", "lstm")
PRETRAINED = np.linspace(-1, 1, 13 * 4, dtype="float32").reshape(13, 4)


def starting(task, name: str = "glorot_uniform"):
    """One hidden layer, begun as its name says."""
    import keras
    from keras import initializers, layers

    class Halves(initializers.Initializer):
        def __call__(self, shape, dtype=None):
            return keras.ops.full(shape, 0.5, dtype)

    class Drawing(initializers.Initializer):
        """Draws with a seed of its own that its config does not tell."""

        def __init__(self):
            self.seed = np.random.randint(2**30)  # noqa: NPY002  (as builders do)

        def __call__(self, shape, dtype=None):
            return keras.random.normal(shape, dtype=dtype, seed=self.seed)

    hidden = {
        "seeded": lambda: [layers.Dense(4, kernel_initializer=initializers.HeNormal(seed=4))],
        "pretrained": lambda: [layers.Dense(4)],
        "adapted": lambda: [layers.Normalization(), layers.Dense(4)],
        "numpy": lambda: [layers.Dense(4)],
        "custom": lambda: [layers.Dense(4, kernel_initializer=Halves())],
        "custom_seed": lambda: [layers.Dense(4, kernel_initializer=Drawing())],
        "lstm": lambda: [layers.Reshape((13, 1)), layers.LSTM(4)],
    }
    stack = hidden[name]() if name in hidden else [layers.Dense(WIDTH, kernel_initializer=name)]
    model = keras.Sequential([keras.Input(task.input_shape), *stack, layers.Dense(3, "softmax")])
    if name == "adapted":
        model.layers[0].adapt(np.arange(13 * 6, dtype="float32").reshape(6, 13))
    if name == "pretrained":
        model.layers[0].set_weights([PRETRAINED, np.ones(4)])
    if name == "numpy":
        model.layers[0].set_weights([np.random.normal(size=(13, 4)), np.ones(4)])  # noqa: NPY002
    return model


@gridloom.hookimpl
def gridloom_model_builders():
    yield ModelBuilder("starting", "A network of the tests.", starting)
