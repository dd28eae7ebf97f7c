"""Reads networks that no compiled program may stand for, and writes what each is refused with as JSON; see test_refused."""

from __future__ import annotations

import json
from pathlib import Path

from fused.works import make_work
from gridloom_plugins.fused.networks import read_network

PLUGIN = """
import gridloom


def build(task, case: str = "plain"):
    import keras
    from keras import layers

    def overriding(name):
        return type("Mine", (keras.Sequential,), {name: lambda self, *args, **named: None})

    class Wrapped(keras.Sequential):
        def call(self, x, training=None):
            return super().call(x, training=training)

        def compute_loss(self, x=None, y=None, y_pred=None, sample_weight=None, training=True):
            return super().compute_loss(x, y, y_pred, sample_weight, training)

    class Penalty(layers.Layer):
        def call(self, x):
            self.add_loss(keras.ops.mean(x**2))
            return x

    class Counting(layers.Layer):
        def build(self, shape):
            self.seen = self.add_weight(shape=(), initializer="zeros", trainable=False)

        def call(self, x):
            self.seen.assign_add(1.0)
            return x + 0.0 * self.seen

    class Noise(layers.Layer):
        def __init__(self):
            super().__init__()
            self.dropout = layers.Dropout(0.5)

        def call(self, x):
            return self.dropout(x, training=True)

    class Final(keras.optimizers.SGD):
        def finalize_variable_values(self, variables):
            pass

    inside = {"add_loss": [Penalty()], "counting": [Counting()], "noise": [Noise()]}
    inside |= {"unadapted": [layers.Normalization()], "binned": [layers.Discretization(num_bins=3)]}
    inside |= {"given": [layers.Normalization(mean=0.2, variance=2.0)]}
    if case == "adapted":
        import numpy as np

        inside[case] = [layers.Normalization()]
        inside[case][0].adapt(np.random.default_rng(0).normal(size=(9, 6)))
    own, _, name = case.partition(" ")
    kind = overriding(name) if own == "own" else Wrapped if case == "wrapped" else keras.Sequential
    model = kind([keras.Input(task.input_shape), *inside.get(case, []), layers.Dense(1, "sigmoid")])
    optimizer = {"ema": keras.optimizers.SGD(use_ema=True), "final": Final()}.get(case, "sgd")
    model.compile(optimizer, "binary_crossentropy")
    if case == "put":
        model.predict = lambda x: x
    if case == "typo":
        raise KeyError("a mistake of the builder")
    return model


@gridloom.hookimpl
def gridloom_model_builders():
    yield gridloom.ModelBuilder("case", "A network.", build)


@gridloom.hookimpl
def gridloom_datasets():
    from fused.builders import load

    yield gridloom.Dataset("kind", "The data of the tests.", load)
"""


def main(folder):
    folder = Path(folder)
    cases = json.loads((folder / "cases.json").read_text())
    plugin = folder / "refused.py"
    plugin.write_text(PLUGIN)
    found = {}
    work = make_work(folder, {"model": {"case": cases}}, str(plugin))
    for fit in work.fits:
        case = fit.candidate.values["model"]["case"]
        if case in found:
            continue
        try:
            read_network(work, fit, weighted=False)
            found[case] = ""
        except Exception as error:
            found[case] = f"{type(error).__name__}: {error}"
    (folder / "found.json").write_text(json.dumps(found))
