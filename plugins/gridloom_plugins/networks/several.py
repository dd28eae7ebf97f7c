"""Several targets as a network takes them: an output each, and a loss that compares them one by one."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
from numpy.typing import NDArray

from gridloom import Data, Task
from gridloom_plugins.networks.losses import check_numbers, kind_of, shown, takes_labels

BETWEEN = ("sigmoid", "hard_sigmoid")
"""Activations that make a probability of each output on its own."""

NUMBERS = "mean_squared_error, mean_absolute_error or huber"


def coded_several(data: Data, shape: tuple[int, ...], loss: Any) -> NDArray[Any]:
    """Labels or numbers as float32, shape (rows, targets), for a network whose output has this shape a row.

    ValueError where output, targets and loss do not suit each other.
    """
    task = data.task
    _check_shape(shape, task)
    if task.kind == "multilabel" and not takes_labels(loss):
        raise ValueError(
            f"the loss '{shown(loss)}' is not suitable for labels, each of which is 0 or 1; use binary_crossentropy"
        )
    if task.kind == "multioutput":
        if kind_of(loss) not in ("any", "own"):
            raise ValueError(
                f"the loss '{shown(loss)}' does not compare numbers one by one, but {task.in_words}; use {NUMBERS}"
            )
        check_numbers(data.y, loss)
    return np.asarray(data.y, "float32")


def check_activation(model: Any, task: Task) -> None:
    """ValueError for outputs that are no probabilities of labels, as far as the network's layers tell."""
    if task.kind != "multilabel":
        return
    found, logits = last_activation(model), bool(getattr(model.loss, "from_logits", False))
    if logits and found not in (None, "linear"):
        raise ValueError(
            f"the loss '{shown(model.loss)}' takes logits (from_logits=True), but the network ends in a {found}; make it linear"
        )
    if not logits and found not in (None, *BETWEEN):
        raise ValueError(
            f"the network ends in a {found}, but {task.in_words}, whose probabilities need one sigmoid each"
        )


def last_activation(model: Any) -> str | None:
    """The name of the activation that makes the output; None where the last layer does not tell."""
    import keras

    outputs = getattr(model, "outputs", None)
    if not outputs:
        return None
    last = outputs[0]._keras_history.operation  # noqa: SLF001  (a layer, or an operation such as keras.ops.sigmoid)
    if isinstance(last, keras.Model):
        return last_activation(last)
    if isinstance(last, keras.layers.Softmax):
        return "softmax"
    name: str | None = getattr(getattr(last, "activation", None), "__name__", None)
    return name


def _check_shape(shape: tuple[int, ...], task: Task) -> None:
    """ValueError unless a row's output has an entry for each target."""
    count = task.n_outputs
    if shape == (count,):
        return
    if len(shape) != 1:
        raise ValueError(
            f"the network's output has shape {shape} a row, but {task.in_words}: the output should have shape ({count},)"
        )
    outputs = "1 output" if math.prod(shape) == 1 else f"{math.prod(shape)} outputs"
    raise ValueError(f"the network has {outputs}, but {task.in_words}, so it should have {count}")
