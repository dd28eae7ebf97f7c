"""What a network's outputs say: probabilities of classes by the loss that it was trained with, or a number."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from gridloom import Predictions
from gridloom_plugins.networks.finite import NotFinite
from gridloom_plugins.networks.losses import is_hinge


def probabilities(outputs: Any, loss: Any) -> Any:
    """Probabilities of classes, of the shape of the outputs (rows, outputs), as scikit-learn's scorers take them.

    Where the loss takes logits (`from_logits=True`), they are their sigmoid or softmax. A hinge loss makes no
    probabilities, but says by the sign which of two classes it is: its output's sigmoid, cut at a half, says the same.
    """
    import keras

    is_single = len(outputs.shape) == 1 or outputs.shape[-1] == 1
    if getattr(loss, "from_logits", False):
        is_binary = is_single or type(loss).__name__.startswith("Binary")
        return keras.ops.sigmoid(outputs) if is_binary else keras.ops.softmax(outputs)
    if is_single and is_hinge(loss):
        return keras.ops.sigmoid(outputs)
    return outputs


def predictions_of(outputs: NDArray[Any], classes: int) -> Predictions:
    """The predictions of outputs with an entry for each row, for so many classes (0: a number).

    Outputs are probabilities of the classes, or of the second of two. Raises NotFinite when one is not finite.
    """
    if not np.isfinite(outputs).all():
        raise NotFinite("the network predicts values that are not finite")
    outputs = outputs.reshape(len(outputs), -1)
    if not classes:
        return Predictions(values=outputs[:, 0])
    found = outputs if outputs.shape[1] > 1 else np.hstack([1 - outputs, outputs])
    return Predictions(found.argmax(axis=1), found)
