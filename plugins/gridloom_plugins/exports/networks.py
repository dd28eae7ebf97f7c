"""Networks as ONNX and as SavedModel, written by Keras on TensorFlow."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from types import ModuleType
from typing import TYPE_CHECKING, Any

from gridloom import Code, Exporter, GridloomError
from gridloom_plugins.exports.common import ONNX, check_same, require, tried_rows
from gridloom_plugins.networks.tensorflow_environment import tensorflow_environment

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

SAVED = "saved_model"

ENVIRONMENT = tensorflow_environment()


def write_onnx(path: Path, note: Mapping[str, Any], modules: Sequence[ModuleType], folder: Path) -> Code:
    """Write the network in a file to `model.onnx`; its outputs are those of the network."""
    require("onnx", "tf2onnx", "onnxruntime")
    import onnxruntime

    X, outputs = _exported(path, note, modules, folder / ONNX, "onnx")
    session = onnxruntime.InferenceSession(folder / ONNX)
    (given,) = session.get_inputs()
    check_same(outputs, session.run(None, {given.name: X})[0], ONNX)
    return _code(_ONNX, note, "import onnxruntime")


def write_saved_model(path: Path, note: Mapping[str, Any], modules: Sequence[ModuleType], folder: Path) -> Code:
    """Write the network in a file to the folder `saved_model`; its outputs are those of the network."""
    import tensorflow as tf

    X, outputs = _exported(path, note, modules, folder / SAVED, "tf_saved_model")
    again = tf.saved_model.load(str(folder / SAVED))  # with a name, or its variables would be gone
    check_same(outputs, again.serve(X), SAVED)
    return _code(_SAVED, note, "import tensorflow as tf")


def _exported(
    path: Path, note: Mapping[str, Any], modules: Sequence[ModuleType], target: Path, form: str
) -> tuple[NDArray[np.float32], Any]:
    """Rows and what the network in a file makes of them, once Keras has exported it; GridloomError where it cannot."""
    from gridloom_plugins.networks.saving import load_model

    model = load_model(path, note, modules).model
    X = tried_rows(model.inputs[0].shape[1:])
    outputs = model(X, training=False)
    try:
        model.export(str(target), format=form, verbose=False)
    except Exception as error:
        reason = " ".join(str(error).split())[:300]
        raise GridloomError(f"Keras cannot export this network as {form}: {type(error).__name__}: {reason}") from error
    return X, outputs


def _code(template: str, note: Mapping[str, Any], needed: str) -> Code:
    """The code that loads what was written and predicts with it."""
    made = {
        "linear": "",
        "sigmoid": "    outputs = 1 / (1 + np.exp(-outputs))  # they are logits\n",
        "softmax": """    outputs = np.exp(outputs - outputs.max(axis=1, keepdims=True))  # they are logits
    outputs = outputs / outputs.sum(axis=1, keepdims=True)
""",
    }
    answer = "outputs.reshape(len(outputs), -1)[:, 0]"
    if note.get("task") in ("multilabel", "multioutput"):
        answer = "outputs"
    elif note["classes"]:
        answer = "outputs if outputs.shape[1] > 1 else np.hstack([1 - outputs, outputs])"
    activated = made[note["activation"]]
    text = (
        template
        + f'''

def predict(model, X):
    """Probabilities of the classes or labels, shape (rows, classes); or the predicted numbers."""
    outputs = run(model, X.astype("float32")).astype("float64")
{activated}    return {answer}
'''
    )
    return Code(text, frozenset((needed, "import numpy as np")))


_ONNX = f'''def load(folder):
    """The network in the folder."""
    return onnxruntime.InferenceSession(folder / "{ONNX}")


def run(model, X):
    """The outputs of the network."""
    (given,) = model.get_inputs()
    return model.run(None, {{given.name: X}})[0]
'''

_SAVED = f'''def load(folder):
    """The network in the folder."""
    return tf.saved_model.load(str(folder / "{SAVED}"))


def run(model, X):
    """The outputs of the network."""
    return model.serve(X).numpy()
'''

EXPORTS: tuple[Exporter, ...] = tuple(
    Exporter(name, write, ENVIRONMENT) for name, write in (("onnx", write_onnx), ("savedmodel", write_saved_model))
)
