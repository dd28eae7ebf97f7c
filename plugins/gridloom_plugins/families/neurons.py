"""The family `neurons`: how wide the hidden layers are."""

from __future__ import annotations

from typing import Annotated

from annotated_types import Ge

from gridloom import Choices, Draft, Family, Parameter


def apply_neurons(draft: Draft, neurons: Annotated[int, Ge(1)]) -> None:
    """Give every hidden layer that has units (Dense and recurrent layers, wrapped ones too) as many as `neurons` says."""
    for layer in draft.hidden:
        if "units" in layer:
            layer["units"] = neurons


FAMILY = Family(
    name="neurons",
    summary="Number of neurons in each hidden layer.",
    apply=apply_neurons,
    parameters=(Parameter("neurons", Choices(1, 5, 10, 15, 20, 25, 30), simpler="smaller"),),
)
