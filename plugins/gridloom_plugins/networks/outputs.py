"""What a network's outputs say of classes, by the loss that it was trained with."""

from __future__ import annotations

from typing import Any

_HINGES = ("hinge", "squared_hinge")


def probabilities(outputs: Any, loss: Any) -> Any:
    """Probabilities of classes, of the shape of the outputs (rows, outputs), as scikit-learn's scorers take them.

    Where the loss takes logits (`from_logits=True`), they are their sigmoid or softmax. A hinge loss makes no
    probabilities, but says by the sign which of two classes it is: its output's sigmoid, cut at a half, says the same.
    """
    import keras

    is_single = outputs.shape[-1] == 1
    if getattr(loss, "from_logits", False):
        is_binary = is_single or type(loss).__name__.startswith("Binary")
        return keras.ops.sigmoid(outputs) if is_binary else keras.ops.softmax(outputs)
    is_hinge = isinstance(loss, keras.losses.Hinge | keras.losses.SquaredHinge)
    if is_single and (is_hinge or getattr(loss, "__name__", loss) in _HINGES):
        return keras.ops.sigmoid(outputs)
    return outputs
