"""Small Keras models and their data, drafts of them, models made from edited drafts, and what is in each."""

from __future__ import annotations

import numpy as np

from gridloom import Task
from gridloom_plugins.families.neurons import apply_neurons
from gridloom_plugins.networks.making import make_model
from gridloom_plugins.networks.reading import read_draft
from gridloom_plugins.networks.training import NetworkTraining

BINARY = Task("binary", (8,), 2)
RNG = np.random.default_rng(0)
X = RNG.normal(size=(50, 8)).astype("float32")
Y = (X[:, 0] > 0).astype("int64")


def read(model, task=BINARY, **training):
    return read_draft(model, task, NetworkTraining(**training))


def sequential(*stack, shape=(8,)):
    import keras

    return keras.Sequential([keras.Input(shape), *stack])


def functional(shape, connect):
    import keras

    start = keras.Input(shape)
    return keras.Model(start, connect(start))


def names(draft, kept=lambda layer: True):
    return ["/".join(layer.path) or layer.class_name for layer in draft.layers if kept(layer)]


def outputs(draft):
    return names(draft, lambda layer: layer.is_output)


def sheet(draft, name):
    return next(layer for layer in draft.layers if layer.path and layer.path[-1] == name)


def kinds(model):
    return [type(layer).__name__ for layer in model.layers if type(layer).__name__ != "InputLayer"]


def predict(model, rows=X):
    return model.predict(rows, verbose=0)


def made_of(model, edit, task=BINARY):
    """The model made from the draft of `model` after `edit`."""
    draft = read(model, task)
    edit(draft)
    return make_model(draft, model)


def wider(draft):
    apply_neurons(draft, 7)


def tanh_output(draft):
    draft.layers[-1]["activation"] = "tanh"


def compiled(optimizer="adam", loss="binary_crossentropy"):
    from keras import layers

    model = sequential(layers.Dense(4, "relu"), layers.Dense(1, "sigmoid"))
    model.compile(optimizer, loss)
    return model
