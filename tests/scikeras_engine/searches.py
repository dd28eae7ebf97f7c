"""A plugin file with builders of all kinds, small searches of them, and what became of their trials."""

from __future__ import annotations

import yaml

PLUGIN = '''
"""Builders and data as a user writes them."""

import gridloom
from gridloom import Data, Dataset, ModelBuilder


def functional(task, units: int = 4):
    import keras

    start = keras.Input(task.input_shape)
    left = keras.layers.Dense(units, activation="relu")(start)
    right = keras.layers.Dense(units, activation="tanh")(start)
    return keras.Model(start, keras.layers.Dense(task.n_classes, activation="softmax")(left + right))


def unbuilt(task, units: int = 4):
    import keras

    return keras.Sequential([keras.layers.Dense(units), keras.layers.Dense(1, activation="sigmoid")])


def own_optimizer(task, rate: float = 0.1):
    import keras

    model = keras.Sequential([keras.Input(task.input_shape), keras.layers.Dense(1, activation="sigmoid")])
    model.compile(keras.optimizers.SGD(rate), "binary_crossentropy")
    return model


def categorical(task, units: int = 4):
    import keras

    model = keras.Sequential([
        keras.Input(task.input_shape),
        keras.layers.Dense(units),
        keras.layers.Dense(task.n_classes, activation="softmax"),
    ])
    model.compile("adam", "categorical_crossentropy")
    return model


def subclassed(task, units: int = 4, built: bool = False):
    import keras

    class Own(keras.Model):
        def __init__(self):
            super().__init__()
            self.hidden = keras.layers.Dense(units, activation="relu")
            self.out = keras.layers.Dense(1, activation="sigmoid")

        def call(self, inputs):
            return self.out(self.hidden(inputs))

    model = Own()
    if built:
        model.build((None, *task.input_shape))
    return model


def divides(task, by: float = 1.0):
    import keras

    return keras.Sequential([
        keras.Input(task.input_shape),
        keras.layers.Lambda(lambda x: x / by - x / by),
        keras.layers.Dense(1, activation="sigmoid"),
    ])


def picky(task, units: int = 4):
    import keras

    if units == 13:
        raise ValueError("13 units bring bad luck")
    return keras.Sequential([keras.Input(task.input_shape), keras.layers.Dense(units), keras.layers.Dense(1)])


def no_model(task, units: int = 4):
    return "a network"


def load_images():
    import numpy as np

    rng = np.random.default_rng(0)
    y = rng.integers(0, 3, 60)
    return Data(rng.normal(size=(60, 4, 4)) + y[:, None, None], y, classes=("a", "b", "c"))


@gridloom.hookimpl
def gridloom_model_builders():
    for build in (functional, unbuilt, own_optimizer, categorical, subclassed, divides, picky, no_model):
        yield ModelBuilder(build.__name__, "A builder of the tests.", build)


@gridloom.hookimpl
def gridloom_datasets():
    yield Dataset("small-images", "Small images of three kinds.", load_images)
'''

BASE = {
    "dataset": {"name": "breast_cancer", "sample": 80},
    "training": {"epochs": 2, "batch_size": 16},
    "validation": {"method": "kfold", "folds": 2, "shuffle": True},
    "seed": 11,
    "reporters": ["csv"],
    "engine": "scikeras",
}


def write(folder, name, model, space, **changes):
    content = BASE | {"name": name, "model": model, "search": {"strategy": "grid", "space": space}} | changes
    file = folder / f"{name}.yaml"
    file.write_text(yaml.safe_dump(content, sort_keys=False))
    return file


def statuses(result):
    return [trial.status.value for trial in result.trials]


def reasons(result):
    return [found.error for trial in result.trials for _, found in trial.failures]
