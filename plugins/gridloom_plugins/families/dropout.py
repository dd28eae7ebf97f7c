"""The family `dropout`: dropout behind hidden layers, with a max-norm constraint on their kernels."""

from __future__ import annotations

from typing import Annotated

from annotated_types import Ge, Gt, Lt

from gridloom import Choices, Draft, Family, Layer, Parameter


def apply_dropout(
    draft: Draft,
    dropout_rate: Annotated[float, Ge(0), Lt(1)],
    weight_constraint: Annotated[int | float, Gt(0)] | None = None,
) -> None:
    """Insert Dropout after every hidden layer and its activation, and constrain the norm of its kernel's columns.

    `dropout_rate` is the share of a layer's outputs that are zeroed in training; `weight_constraint` is the largest
    norm that the weights into one neuron may have, or null for no constraint.
    Dropout with max-norm: Srivastava et al., "Dropout", JMLR 15 (2014), section 5.1.
    """
    for layer in draft.hidden:
        for kernel in layer.kernels if weight_constraint is not None else ():
            config = {"max_value": weight_constraint, "axis": _incoming_axes(layer, kernel)}
            layer[f"{kernel}_constraint"] = {"class_name": "MaxNorm", "config": config}
        draft.insert_after(draft.block(layer)[-1], "Dropout", rate=dropout_rate)


def _incoming_axes(layer: Layer, kernel: str) -> int | list[int]:
    """The axes of a kernel that lead into one neuron: the first, or all but the last of a convolution's."""
    if "kernel_size" not in layer:
        return 0
    window = len(layer["kernel_size"])
    return list(range(window if kernel == "depthwise" else window + 1))


FAMILY = Family(
    name="dropout",
    summary="Dropout rate and max-norm constraint of the hidden layers.",
    apply=apply_dropout,
    parameters=(
        Parameter("dropout_rate", Choices(0.0, 0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9)),
        Parameter("weight_constraint", Choices(1, 2, 3, 4, 5)),
    ),
)
