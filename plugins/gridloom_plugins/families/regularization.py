"""The family `regularization`: L1 and L2 penalties of the kernels."""

from __future__ import annotations

from typing import Annotated

from annotated_types import Ge

from gridloom import Choices, Draft, Family, Parameter


def apply_regularization(draft: Draft, l1: Annotated[float, Ge(0)] = 0.0, l2: Annotated[float, Ge(0)] = 0.0) -> None:
    """Add the absolute values of all kernels, times `l1`, and their squares, times `l2`, to the loss.

    This includes kernels of the output and recurrent kernels, as in scikit-learn's MLPClassifier, but not biases and
    frozen layers (`trainable=False`). It replaces regularizers of the builder; 0 means no penalty. L2: Krogh and Hertz,
    "A Simple Weight Decay Can Improve Generalization", NIPS 1991.
    """
    for layer in draft.layers:
        if not layer.get("trainable", True):
            continue
        for kernel in (*layer.kernels, *(["recurrent"] if "recurrent_initializer" in layer else [])):
            layer[f"{kernel}_regularizer"] = {"class_name": "L1L2", "config": {"l1": l1, "l2": l2}}


FAMILY = Family(
    name="regularization",
    summary="L1 and L2 penalties of the kernels of all layers.",
    apply=apply_regularization,
    parameters=(
        Parameter("l1", Choices(0.0, 0.0001, 0.001)),
        Parameter("l2", Choices(0.0, 0.0001, 0.001, 0.01)),
    ),
)
