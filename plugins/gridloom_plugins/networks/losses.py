"""What losses need as targets: class numbers, one number per output, or what the user declares for their own loss."""

from __future__ import annotations

import functools
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

Kind = Literal["labels", "one_hot", "any", "none", "own"]
"""Class numbers; one-hot codes of several outputs; one target an output, one output or several; no classes; unknown."""

_KINDS: dict[str, Kind] = {
    "sparsecategoricalcrossentropy": "labels",
    "categoricalcrossentropy": "one_hot",
    "categoricalfocalcrossentropy": "one_hot",
    "categoricalhinge": "one_hot",
    "cosinesimilarity": "one_hot",
    "kldivergence": "one_hot",
    "binarycrossentropy": "any",
    "binaryfocalcrossentropy": "any",
    "dice": "any",
    "hinge": "any",
    "huber": "any",
    "logcosh": "any",
    "meanabsoluteerror": "any",
    "meanabsolutepercentageerror": "any",
    "meansquarederror": "any",
    "meansquaredlogarithmicerror": "any",
    "poisson": "any",
    "squaredhinge": "any",
    "tversky": "any",
    "circle": "none",
    "ctc": "none",
}
"""Keras's losses: "one_hot" are those that mean nothing for a single output, "none" those that make no class scores."""


def kind_of(loss: Any) -> Kind:
    """What a loss that Keras takes (a name, function or object) wants; "own" for one that is not Keras's."""
    return _KINDS.get(_keras_name(loss), "own")


def targets_for(loss: Any) -> str:
    """What single targets the loss means something for: "0 to 1", "-1, 0 and 1", or any number (empty)."""
    name = _keras_name(loss)
    if name in ("binarycrossentropy", "binaryfocalcrossentropy", "dice", "tversky"):
        return "0 to 1"
    return "-1, 0 and 1" if is_hinge(loss) else ""


def takes_labels(loss: Any) -> bool:
    """Whether the loss compares probabilities of labels, of which a row may have several; those of the user's own may."""
    return _keras_name(loss) in ("binarycrossentropy", "binaryfocalcrossentropy") or kind_of(loss) == "own"


def check_numbers(y: NDArray[Any], loss: Any) -> None:
    """ValueError for targets of which the loss makes nothing: a squared error of 150 is one, its cross-entropy is not."""
    taken = targets_for(loss)
    suits = {"": True, "0 to 1": bool(((y >= 0) & (y <= 1)).all()), "-1, 0 and 1": bool(np.isin(y, (-1, 0, 1)).all())}
    if not suits[taken]:
        raise ValueError(
            f"the loss '{shown(loss)}' takes targets of {taken}, but those of the data go from {y.min():g} to {y.max():g}"
        )


def is_hinge(loss: Any) -> bool:
    """Whether the sign of a single output says which of two classes it is."""
    return _keras_name(loss) in ("hinge", "squaredhinge")


def shown(loss: Any) -> str:
    """The loss's name, for messages."""
    return str(loss if isinstance(loss, str) else getattr(loss, "name", getattr(loss, "__name__", type(loss).__name__)))


def _keras_name(loss: Any) -> str:
    """The name of Keras's loss that it is, or is made from, in small letters alone; empty for one of the user's own."""
    import keras

    if isinstance(loss, str):
        loss = keras.losses.get(loss)
    while isinstance(loss, functools.partial):
        loss = loss.func
    if not isinstance(loss, keras.losses.Loss):
        is_own = not str(getattr(loss, "__module__", "")).startswith("keras.")
        return "" if is_own else loss.__name__.replace("_", "").lower()
    for base in type(loss).__mro__:
        if base.__module__.startswith("keras.") and base.__name__.lower() in _KINDS:
            return base.__name__.lower()
    return _keras_name(loss.fn) if hasattr(loss, "fn") else ""
