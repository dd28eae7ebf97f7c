"""The family `l1_l2`: penalties on large weights of the hidden layers."""

from __future__ import annotations

from typing import Annotated

from annotated_types import Ge

from gridloom import Choices, Draft, Family, Parameter


def apply_l1_l2(draft: Draft, l1: Annotated[float, Ge(0)] = 0.0, l2: Annotated[float, Ge(0)] = 0.0) -> None:
    """Add penalties on the kernels of the hidden layers to the loss.

    `l1` is the factor of the sum of their absolute weights, `l2` that of the sum of their squares; 0 is none. Biases are
    not penalized, and penalties that the model builder has set are replaced.
    """
    for layer in draft.hidden:
        for kernel in layer.kernels:
            layer[f"{kernel}_regularizer"] = {"class_name": "L1L2", "config": {"l1": l1, "l2": l2}}


FAMILY = Family(
    name="l1_l2",
    summary="L1 and L2 penalties on the weights of the hidden layers.",
    apply=apply_l1_l2,
    parameters=(
        Parameter("l1", Choices(0.0, 1e-5, 1e-4, 1e-3), simpler="larger"),
        Parameter("l2", Choices(0.0, 1e-4, 1e-3, 1e-2), simpler="larger"),
    ),
)
