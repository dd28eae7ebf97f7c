"""A kept network as code: readable layers, how it was compiled, and how it was trained."""

from __future__ import annotations

import importlib
import inspect
import json
import os
import sys
import zipfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from gridloom import Code, GridloomError, Script
from gridloom_plugins.networks.between_code import between_code

IGNORED = ("name", "trainable", "batch_shape", "build_config")
"""Settings of layers that code need not say: Keras names layers, and all are trained."""


class Unwritable(Exception):
    """A layer whose config is no code of constructors."""


def network_script(path: Path, note: Mapping[str, Any]) -> Script:
    """How the network in a file is trained and used by plain Keras.

    GridloomError for one that starts from more than its config says, or has layers or a loss of its own.
    """
    from gridloom_plugins.networks.saving import load_model

    if note["own_layers"]:
        raise GridloomError(f"the network has layers that are not Keras's: {', '.join(note['own_layers'])}")
    imports = frozenset(("import keras", "import numpy as np"))
    with _no_tensorflow(needed=needs_tensorflow(note)):
        model = load_model(path, note, ()).model
        _check_starts_anew(model)
        training = _training(model, path, note)
        more = ["import math"] if "math." in training else []
        return Script(Code(training, imports.union(more)), Code(_using(note), imports))


def needs_tensorflow(note: Mapping[str, Any]) -> bool:
    """Whether Keras runs on TensorFlow once it is imported: the variable KERAS_BACKEND goes before what a model was trained on."""
    return os.environ.get("KERAS_BACKEND", str(note["backend"])) == "tensorflow"


@contextmanager
def _no_tensorflow(*, needed: bool) -> Iterator[None]:
    """Keep Keras from importing TensorFlow, which takes seconds, only to ask whether a config holds something of it."""
    if needed or "tensorflow" in sys.modules:
        yield
        return
    modules: dict[str, Any] = sys.modules
    modules["tensorflow"] = None  # importing it raises
    try:
        yield
    finally:
        del sys.modules["tensorflow"]


def _check_starts_anew(model: Any) -> None:
    """GridloomError for layers whose weights come from elsewhere than from their initializers."""
    for layer in model._flatten_layers(include_self=False):
        if hasattr(layer, "adapt") and getattr(layer, "input_mean", None) is None:
            raise GridloomError(
                f"the layer '{layer.name}' was adapted to data by its builder, which a script cannot repeat"
            )
        if layer.weights and not layer.trainable:
            raise GridloomError(f"the weights of the layer '{layer.name}' are not trained, so they come from elsewhere")


def _training(model: Any, path: Path, note: Mapping[str, Any]) -> str:
    told = note["training"]
    by_input = " by input" if note.get("inputs") else ""
    coding = {
        "numbers": '{y}.astype("float32").reshape(len({y}), -1)',
        "labels": '{y}.astype("int32")',
        "one_hot": f'np.eye({int(note["classes"])}, dtype="float32")[{{y}}]',
    }
    coded = coding[told["targets"]].format(y="y")
    weighing = ""
    if told["class_weights"]:
        weighing = f"""    by_class = np.array({[float(weight) for weight in told["class_weights"]]})[y]  # how much rows of each class count
    weights = by_class if weights is None else weights * by_class
"""
    between = between_code(told, _rate(path))
    paragraphs = [between.left_out] if between.left_out else []
    held_out = holding = validation = ""
    if told.get("validation_rows"):
        held_out = ", held_out"
        paragraphs.insert(0, "`held_out` are these three of the rows that the training is validated on.")
        holding = f"""    held_X, held_y, held_weights = held_out
    held_targets = {coding[told["targets"]].format(y="held_y")}
"""
        validation = f"""        validation_data=({_features(note, "held_X")}, held_targets, held_weights),
"""
    about = "".join(f"\n\n    {text}" for text in paragraphs) + ("\n    " if paragraphs else "")
    return f'''def make_model():
    """The network, compiled, with new weights."""
    model = {_model_code(model)}
    model.compile({_compiled(path)})
    return model

{between.functions}
def train(X, y, weights{held_out}):
    """The network, trained on features{by_input}, class numbers or numbers, and row weights (or None).{about}"""
    keras.utils.set_random_seed({int(told["seed"])})
    model = make_model()
{weighing}    targets = {coded}
{holding}    model.fit(
        {_features(note, "X")},
        targets,
        sample_weight=weights,
        batch_size={int(told["batch_size"])},
        epochs={between.epochs},
{validation}{between.argument}        verbose=2,
    )
    return model


def save(model, folder):
    """Write the network."""
    model.save(folder / "model.keras")
'''


def _features(note: Mapping[str, Any], name: str) -> str:
    """The features of this name as the network takes them."""
    if note.get("inputs"):
        return f'{{name: values.astype("float32") for name, values in {name}.items()}}'
    return f'{name}.astype("float32")'


def _using(note: Mapping[str, Any]) -> str:
    made = {"linear": "outputs", "sigmoid": "keras.ops.sigmoid(outputs)", "softmax": "keras.ops.softmax(outputs)"}
    if note.get("task") in ("multilabel", "multioutput"):
        answer = "outputs"
    elif not note["classes"]:
        answer = "outputs.reshape(len(outputs), -1)[:, 0]"
    else:
        answer = "outputs if outputs.shape[1] > 1 else np.hstack([1 - outputs, outputs])"
    activated = (
        ""
        if note["activation"] == "linear"
        else f"""    outputs = np.asarray({made[note["activation"]]})  # they are logits
"""
    )
    return f'''def load(folder):
    """The network in the folder."""
    return keras.saving.load_model(folder / "model.keras", compile=False)


def predict(model, X):
    """Probabilities of the classes or labels, shape (rows, classes); or the predicted numbers."""
    outputs = model.predict({_features(note, "X")}, batch_size=1024, verbose=0)
{activated}    return {answer}
'''


def _model_code(model: Any) -> str:
    """The network as a Sequential of layers where it is a chain of them, else from the JSON of its config."""
    try:
        layers = [f"keras.Input({tuple(model.inputs[0].shape[1:])!r})", *map(_code, _chain(model))]
    except Unwritable:
        return f"keras.models.model_from_json({model.to_json()!r})"
    lines = "".join(f"            {layer},\n" for layer in layers)
    return f"keras.Sequential(\n        [\n{lines}        ]\n    )"


def _chain(model: Any) -> Iterator[Any]:
    """The layers of a network in which each gets what the one before it makes; Unwritable for any other network."""
    import keras

    tensor = model.inputs[0]
    for layer in model.layers:
        if isinstance(layer, keras.layers.InputLayer):
            continue
        is_used_once = len(layer._inbound_nodes) == 1
        if not isinstance(model, keras.Sequential) and not (is_used_once and layer.input is tensor):
            raise Unwritable
        tensor = layer.output
        yield layer
    if len(model.inputs) != 1 or len(model.outputs) != 1:
        raise Unwritable


def _code(thing: Any) -> str:
    """The call that makes a layer, an optimizer or another of Keras's objects; its settings that are not the default."""
    import keras

    kind = type(thing)
    exported = _exported(kind)
    config = thing.get_config()
    parameters = inspect.signature(kind.__init__).parameters
    required = [
        name
        for name, parameter in parameters.items()
        if parameter.default is parameter.empty and parameter.kind is parameter.POSITIONAL_OR_KEYWORD and name != "self"
    ]
    if not {*required} <= config.keys():
        raise Unwritable
    read = {name: keras.saving.deserialize_keras_object(config[name]) for name in required}
    default = kind(**read).get_config()
    changed = [name for name, value in config.items() if name not in IGNORED and value != default.get(name)]
    inherited = any(parameter.kind is parameter.VAR_KEYWORD for parameter in parameters.values())
    if any(name not in parameters and not inherited for name in changed):
        raise Unwritable
    given = [f"{_value(config[name])}" for name in required]
    given += [f"{name}={_value(config[name])}" for name in changed if name not in required]
    return f"{exported}({', '.join(given)})"


def _exported(kind: type) -> str:
    """The public name of one of Keras's classes; Unwritable for any other."""
    import keras

    for room in (
        "layers",
        "optimizers",
        "optimizers.schedules",
        "losses",
        "initializers",
        "regularizers",
        "constraints",
    ):
        if getattr(importlib.import_module(f"keras.{room}"), kind.__name__, None) is kind:
            return f"keras.{room}.{kind.__name__}"
    if getattr(keras, kind.__name__, None) is kind and not issubclass(kind, keras.Model):
        return f"keras.{kind.__name__}"
    raise Unwritable


def _value(value: Any) -> str:
    """A setting as code."""
    import keras
    import numpy as np

    if isinstance(value, dict) and "class_name" in value:
        if value["class_name"] == "function":
            raise Unwritable
        return _code(keras.saving.deserialize_keras_object(value))
    if isinstance(value, float) and float(np.float32(value)) == value:
        return str(float(str(np.float32(value))))  # 0.01, which float32 makes 0.009999999776482582
    if isinstance(value, list | tuple):
        parts = ", ".join(map(_value, value))
        return f"[{parts}]" if isinstance(value, list) else f"({parts}{',' if len(value) == 1 else ''})"
    if value is None or isinstance(value, bool | int | float | str):
        return repr(value)
    raise Unwritable


def _rate(path: Path) -> float | None:
    """The learning rate that the network was compiled with; None where that is a schedule."""
    rate = _compile_config(path)["optimizer"]["config"].get("learning_rate")
    return float(_value(rate)) if isinstance(rate, int | float) else None


def _compile_config(path: Path) -> dict[str, Any]:
    with zipfile.ZipFile(path) as file:
        found: dict[str, Any] = json.loads(file.read("config.json"))["compile_config"]
    return found


def _compiled(path: Path) -> str:
    """The arguments of `compile`, as the file has them."""
    config = _compile_config(path)
    parts = []
    for name in ("optimizer", "loss", "loss_weights"):
        value = config.get(name)
        if isinstance(value, dict) and value.get("class_name") == "function" and isinstance(value["config"], str):
            value = value["config"]  # one of Keras's functions, by its name
        try:
            if value is not None:
                parts.append(f"{name}={_value(value)}")
        except (Unwritable, TypeError, ValueError) as error:
            raise GridloomError(
                f"the {name} of the network is not part of Keras, so a script cannot name it"
            ) from error
    return ", ".join(parts)
