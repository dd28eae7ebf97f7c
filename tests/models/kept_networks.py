"""A script that keeps and loads networks with all kinds of outputs, and prints what they say by Keras and by Gridloom."""

from __future__ import annotations

import json
import os
import sys
from dataclasses import replace
from pathlib import Path

import numpy as np

import gridloom
from gridloom.core.split import ALL_ROWS, Split
from gridloom.core.trials import Fit
from gridloom.errors import StopRun
from gridloom.testing.experiments import read_tiny
from gridloom.training.calls import prepared
from gridloom.training.job import job_of
from gridloom.training.refitting import run_refit

OUTPUTS = {
    "one sigmoid": (2, 1, "sigmoid", "binary_crossentropy"),
    "one logit": (2, 1, None, "BinaryCrossentropy"),
    "one margin": (2, 1, None, "hinge"),
    "two logits": (2, 2, None, "SparseCategoricalCrossentropy"),
    "three of softmax": (3, 3, "softmax", "categorical_crossentropy"),
    "a number": (0, 1, None, "mse"),
    "two numbers": ("multioutput", 2, None, "mse"),
    "labels of logits": ("multilabel", 2, None, "BinaryCrossentropy"),
}
"""Classes (0: a number) or several targets, units, activation and loss; with a capital, of logits."""


def load(classes: int | str = 2, several: bool = False):
    """Numbers, maybe as two inputs; 0 classes are a number, or several targets."""
    rng = np.random.default_rng(1)
    X = rng.normal(3, 2, (60, 4))
    if isinstance(classes, str):
        is_labels = classes == "multilabel"
        return gridloom.Data(X, X[:, :2] > 3 if is_labels else X[:, :2], multilabel=is_labels)
    y = X[:, 0] if not classes else np.digitize(X[:, 0], [2.0, 4.0][: classes - 1])
    X = {"right": X[:, 1:], "left": X[:, :1]} if several else X
    return gridloom.Data(X, y, classes=("a", "b", "c")[:classes])


def build(task, outputs: str = "one sigmoid", special: str = "", units: int = 3):
    """A network with such an output."""
    import keras

    _, size, activation, loss = OUTPUTS[outputs]
    if special == "branches":
        return branches(task)
    if special == "inputs":
        return two_inputs(task)
    if loss[0].isupper():
        loss = getattr(keras.losses, loss)(from_logits=True)
    layers = [keras.Input(task.input_shape), keras.layers.Dense(units, "relu")]
    if special == "lambda":
        layers.append(keras.layers.Lambda(lambda x: x + 1))
    if special == "own":
        from models.own_layers import Shifted

        layers.append(Shifted())
    model = keras.Sequential([*layers, keras.layers.Dense(size, activation)])
    model.compile("sgd", loss)
    return model


def two_inputs(task):
    """A network with two inputs, in another order than that of the data."""
    import keras

    left, right = (keras.Input(task.inputs[name], name=name) for name in ("left", "right"))
    hidden = keras.layers.Dense(3, "tanh")(right)
    model = keras.Model([left, right], keras.layers.Dense(1, "sigmoid")(keras.layers.Concatenate()([left, hidden])))
    model.compile("sgd", "binary_crossentropy")
    return model


def branches(task):
    """A network that is no chain, with what else a script has to say."""
    import keras

    inputs = keras.Input(task.input_shape)
    one = keras.layers.Dense(3, "tanh", kernel_regularizer=keras.regularizers.L2(0.02))(inputs)
    both = keras.layers.Add()([one, keras.layers.Dense(3, kernel_initializer="he_uniform")(inputs)])
    model = keras.Model(inputs, keras.layers.Dense(1, "sigmoid")(both))
    rate = keras.optimizers.schedules.ExponentialDecay(0.1, 10, 0.9)
    model.compile(keras.optimizers.Adam(rate, clipnorm=1.0), "binary_crossentropy")
    return model


@gridloom.hookimpl
def gridloom_datasets():
    yield gridloom.Dataset("points", "Numbers.", load)


@gridloom.hookimpl
def gridloom_model_builders():
    yield gridloom.ModelBuilder("net", "A network.", build)


def refitted(folder, outputs, special=""):
    """What the refit of a network says, with the engine that is to load it."""
    folder.mkdir(parents=True)
    experiment = read_tiny(
        folder,
        __file__,
        dataset={"name": "points", "classes": OUTPUTS[outputs][0], "several": special == "inputs"},
        model={"name": "net", "outputs": outputs, "special": special},
        **({} if special == "inputs" else {"preprocess": ["standardize"]}),
        training={"epochs": 1},
        search={"space": {"model": {"units": [3]}}},
        engine="fused",
    )
    data = experiment.load_data()
    rows = np.arange(len(data.y))
    job = replace(
        job_of(experiment, data, Path(os.devnull)), plugins=(__file__,), splits=(Split(0, ALL_ROWS, rows, rows),)
    )
    fit = Fit(experiment.first_wave()[0], 0, ALL_ROWS)
    return run_refit(job, fit, folder), prepared(job).engine, data


def by_hand(model, X, outputs):
    """Probabilities by plain numpy, or the number."""
    found = np.asarray(model(X if isinstance(X, dict) else X.astype("float32")), np.float64)
    classes, size, activation, _ = OUTPUTS[outputs]
    if outputs == "a number":
        return found.ravel()
    if classes in ("multilabel", "multioutput"):
        return found if classes == "multioutput" else 1 / (1 + np.exp(-found))
    if activation is None:
        found = 1 / (1 + np.exp(-found)) if size == 1 else np.exp(found) / np.exp(found).sum(axis=1, keepdims=True)
    return np.hstack([1 - found, found]) if size == 1 else found


def main(folder):
    import keras

    for outputs in OUTPUTS:
        found, engine, data = refitted(folder / outputs.replace(" ", "_"), outputs)
        path = folder / outputs.replace(" ", "_") / found.file
        X = (data.X - data.X.mean(axis=0)) / data.X.std(axis=0)
        loaded = engine.load(path, found.note, ())
        predictions = loaded.predict(X)
        said = predictions.values if "number" in outputs else predictions.probabilities
        expected = by_hand(keras.saving.load_model(path, compile=False), X, outputs)
        wrong = float(np.abs(said - expected).max())
        same = is_same_network(engine.script(path, found.note), path)
        print(json.dumps({"outputs": outputs, "wrong": wrong, "shape": said.shape, "note": found.note, "same": same}))
    found, engine, _ = refitted(folder / "branches", "one sigmoid", "branches")
    path = folder / "branches" / found.file
    print(json.dumps({"outputs": "branches", "same": is_same_network(engine.script(path, found.note), path)}))
    print(json.dumps({"outputs": "inputs", **with_inputs(folder / "inputs")}))
    for special in ("lambda", "own"):
        found, engine, _ = refitted(folder / special, "one sigmoid", special)
        said = str(found)
        if not isinstance(found, StopRun):
            said = refusal_of(engine, folder / special / found.file, found.note)
            engine.load(folder / special / found.file, found.note, [sys.modules["models.own_layers"]])
        print(json.dumps({"outputs": special, "said": said}))


def with_inputs(folder):
    """How far predictions of a network with two inputs are from Keras's, loaded and by its script."""
    import keras

    found, engine, data = refitted(folder, "one sigmoid", "inputs")
    X = gridloom.cut_inputs(data.X, data.inputs)
    expected = by_hand(
        keras.saving.load_model(folder / found.file, compile=False), dict(reversed(X.items())), "one sigmoid"
    )
    script, names = engine.script(folder / found.file, found.note), {}
    for code in (script.train, script.predict):
        exec("\n".join([*code.imports, code.text]), names)
    said = names["predict"](names["load"](folder), X)
    return {
        "wrong": float(
            np.abs(engine.load(folder / found.file, found.note, ()).predict(data.X).probabilities - expected).max()
        ),
        "wrong by script": float(np.abs(said - expected).max()),
        "made": list(names["make_model"]()(X).shape),
    }


def is_same_network(script, path):
    """Whether the code makes the layers that the file has, compiled in the same way."""
    import keras

    names = {}
    exec("\n".join([*script.train.imports, script.train.text]), names)
    made, kept = names["make_model"](), keras.saving.load_model(path)
    layers = [
        [layer.get_config() | {"name": ""} for layer in model.layers if not isinstance(layer, keras.layers.InputLayer)]
        for model in (made, kept)
    ]
    compiled = [json.loads(json.dumps(model.get_compile_config())) for model in (made, kept)]
    for config in compiled:
        config.update(metrics=None)
        config["optimizer"]["config"]["name"] = ""
        config["loss"] = str(config["loss"]).lower().replace("_", "")
    return layers[0] == layers[1] and compiled[0] == compiled[1]


def refusal_of(engine, path, note):
    """What is said of a file that names a layer which nobody vouches for."""
    try:
        engine.load(path, note, ())
    except gridloom.GridloomError as error:
        return str(error)
    return ""


if __name__ == "__main__":
    main(Path(sys.argv[1]))
