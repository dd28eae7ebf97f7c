"""Targets as a network's loss and output want them: one rule, whichever engine trains it."""

from __future__ import annotations

import math
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from gridloom import Data, Fit, StopRun, Task, Work, spelled
from gridloom_plugins.networks.inputs import check_inputs, check_values, zeros_for
from gridloom_plugins.networks.losses import check_numbers, kind_of, shown
from gridloom_plugins.networks.prepared import check_layers
from gridloom_plugins.networks.several import check_activation, coded_several

Wanted = Literal["one_hot", "labels"] | None
"""What `training: targets` says that a loss of the user's own takes."""

BINARY = 2

JOIN = "join them with keras.layers.Concatenate(), and compile the network with a single loss"
"""What to do about a network with several outputs, for several targets."""


def targets_of(work: Work, fit: Fit, model: Any) -> NDArray[Any]:
    """The targets of all rows as a compiled network takes them, see `coded_targets`.

    ValueError where the network does not suit the data, or has layers that are not adapted.
    """
    check_layers(model)
    shape = output_shape(model, work.task(fit))
    check_values(work, fit, model)
    targets = coded_targets(work.data, shape, model.loss, work.training(fit).targets)
    check_activation(model, work.data.task)
    return targets


def output_shape(model: Any, task: Task) -> tuple[int, ...]:
    """The shape of the network's output for one row of features.

    ValueError when the network has several outputs, or other inputs than the data.
    """
    import keras

    check_inputs(model, task)
    if getattr(model, "inputs", None):
        if len(model.outputs) != 1:
            raise ValueError(f"the network has {len(model.outputs)} outputs, not one; {JOIN}")
        shape = tuple(model.outputs[0].shape[1:])
        if None not in shape:
            return shape
    outputs = keras.tree.flatten(model(zeros_for(task, BINARY), training=False))
    if len(outputs) != 1:
        raise ValueError(f"the network has {len(outputs)} outputs, not one; {JOIN}")
    return tuple(outputs[0].shape[1:])


def coded_targets(data: Data, shape: tuple[int, ...], loss: Any, wanted: Wanted) -> NDArray[Any]:
    """The targets of all rows, for a network whose output has this shape a row, as its loss takes them.

    Numbers, and two classes told by one output (0 and 1), are float32 of the shape (rows, *shape). More outputs get
    int32 class numbers of shape (rows,), or float32 one-hot codes of shape (rows, classes). Several targets are float32 of
    shape (rows, targets). Raises ValueError where
    output, target and loss do not suit each other, and StopRun for a setting that no candidate can follow.
    """
    if data.task.n_outputs > 1:
        if wanted:
            raise StopRun(f"training: targets is for classification, but {data.task.in_words}")
        return coded_several(data, shape, loss)
    kind, several = kind_of(loss), math.prod(shape) != 1 or len(shape) > 1
    if wanted and not data.classes:
        raise StopRun("training: targets is for classification; these data have numbers as targets")
    _check_shape(shape, len(data.classes))
    if kind == "none" or (kind in ("labels", "one_hot") and not several):
        raise ValueError(_unsuitable(shown(loss), kind, len(data.classes)))
    if not several:
        check_numbers(data.y, loss)
        if wanted == "one_hot":
            raise ValueError("training: targets cannot be one_hot, since the network has a single output")
        return np.asarray(data.y, "float32").reshape(-1, *shape)
    coded = _coding(kind, shown(loss), wanted)
    if coded == "labels":
        return np.asarray(data.y, "int32")
    one_hot: NDArray[Any] = np.eye(len(data.classes), dtype="float32")[data.y]
    return one_hot


def _check_shape(shape: tuple[int, ...], classes: int) -> None:
    """ValueError unless one row's output can be compared with one target."""
    if shape == (1,) and classes in (0, BINARY):
        return
    if len(shape) == 1 and shape[0] == classes:
        return
    right = {0: "(1,)", BINARY: "(1,) or (2,)"}.get(classes, f"({classes},)")
    if len(shape) == 1 and classes:
        count, suits = shape[0], "1 or 2" if classes == BINARY else classes
        outputs = "1 output" if count == 1 else f"{count} outputs"
        raise ValueError(f"the network has {outputs}, but there are {classes} classes, so it should have {suits}")
    target = f"one of {classes} classes" if classes else "one number"
    raise ValueError(
        f"the network's output has shape {shape} a row, but the target is {target}: the output should have shape {right}"
    )


def _unsuitable(loss: str, kind: str, classes: int) -> str:
    if kind == "none":
        return f"the loss '{loss}' does not give {'scores of classes' if classes else 'predictions'}; use another loss"
    if not classes:
        return f"the loss '{loss}' compares several outputs, but the target is one number"
    return f"the loss '{loss}' takes one output per class, but the network has a single output; make it {classes}"


def _coding(kind: str, loss: str, wanted: Wanted) -> str:
    """What several outputs are compared with: "labels" or "one_hot"."""
    if kind == "own":
        if wanted is None:
            raise ValueError(
                f"the loss '{loss}' is not part of Keras: write whether it takes one-hot rows or class "
                f"numbers: {spelled('targets', 'one_hot')} or {spelled('targets', 'labels', 'training')}"
            )
        return wanted
    known = "labels" if kind == "labels" else "one_hot"
    if wanted not in (None, known):
        raise ValueError(f"training: targets cannot be {wanted}, since the loss '{loss}' takes {known}")
    return known
