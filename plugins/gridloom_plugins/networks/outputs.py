"""What a network's outputs say: probabilities of classes or labels by the loss that it was trained with, or numbers."""

from __future__ import annotations

from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from gridloom import Predictions
from gridloom_plugins.networks.finite import NotFinite
from gridloom_plugins.networks.losses import is_hinge

Activation = Literal["linear", "sigmoid", "softmax"]
"""What makes probabilities of a network's outputs; those that are probabilities already stay as they are."""


HALF = 0.5
"""From which probability on a label is predicted."""


def activation_for(loss: Any, *, is_single: bool) -> Activation:
    """What makes probabilities of the outputs of a network that was trained with this loss, one output or several.

    Outputs that are the probabilities of a label each are single ones.

    Where the loss takes logits (`from_logits=True`), it is their sigmoid or softmax. A hinge loss makes no probabilities,
    but says by the sign which of two classes it is: its output's sigmoid, cut at a half, says the same.
    """
    if getattr(loss, "from_logits", False):
        return "sigmoid" if is_single or type(loss).__name__.startswith("Binary") else "softmax"
    return "sigmoid" if is_single and is_hinge(loss) else "linear"


def probabilities(outputs: Any, loss: Any, kind: str) -> Any:
    """The outputs, shape (rows, outputs): probabilities of classes or labels, as scikit-learn's scorers take them, or numbers."""
    if kind in ("regression", "multioutput"):
        return outputs
    is_single = kind == "multilabel" or len(outputs.shape) == 1 or outputs.shape[-1] == 1
    return activated(outputs, activation_for(loss, is_single=is_single))


def activated(outputs: Any, activation: Activation) -> Any:
    """The outputs, of shape (rows, outputs), after this activation."""
    import keras

    return outputs if activation == "linear" else getattr(keras.ops, activation)(outputs)


def predictions_of(outputs: NDArray[Any], kind: str) -> Predictions:
    """The predictions of outputs with an entry for each row, for a task of this kind.

    Outputs are probabilities of the classes, or of the second of two, or of the labels. Raises NotFinite when one is not
    finite, ValueError for probabilities of labels that are none.
    """
    if not np.isfinite(outputs).all():
        raise NotFinite("the network predicts values that are not finite")
    outputs = outputs.reshape(len(outputs), -1)
    if kind in ("regression", "multioutput"):
        return Predictions(values=outputs[:, 0] if kind == "regression" else outputs)
    if kind == "multilabel":
        if outputs.size and (outputs.min() < 0 or outputs.max() > 1):
            raise ValueError(
                f"the network's outputs are not probabilities of labels (they range from {outputs.min():.3g} to "
                f"{outputs.max():.3g}); end it in a sigmoid, or use a loss with from_logits=True"
            )
        return Predictions((outputs > HALF).astype(np.int64), outputs)
    found = outputs if outputs.shape[1] > 1 else np.hstack([1 - outputs, outputs])
    return Predictions(found.argmax(axis=1), found)
