"""The family `depth`: how many hidden layers there are."""

from __future__ import annotations

import copy
from typing import Annotated

from annotated_types import Ge

from gridloom import Choices, Draft, Family, Parameter, StopRun
from gridloom_plugins.families.blocks import whole_block

NOT_COPIED = ("name", "trainable")
"""Every layer has a name of its own, and a copy of a frozen layer would be frozen with weights that nobody trained."""


def apply_depth(draft: Draft, depth: Annotated[int, Ge(1)]) -> None:
    """Insert copies of the last hidden Dense layer after it until there are `depth` hidden Dense layers.

    A copy takes the settings, and the normalization, activation, dropout and noise that follow the layer; its weights
    are newly initialized. The run stops if the builder makes more layers than `depth`, since families cannot remove
    layers.
    """
    dense = [layer for layer in draft.hidden if layer.class_name == "Dense"]
    if not dense:
        raise StopRun("depth: the network has no hidden Dense layer to copy")
    if len(dense) > depth:
        raise StopRun(
            f"depth: the model builder makes {len(dense)} hidden Dense layers, and a family cannot remove layers; "
            f"search {len(dense)} or more instead of {depth}, or make fewer in the builder"
        )
    draft.training.leave()
    block = whole_block(draft, dense[-1])
    last = block[-1]
    for _ in range(depth - len(dense)):
        for layer in block:
            config = {key: copy.deepcopy(value) for key, value in layer.items() if key not in NOT_COPIED}
            last = draft.insert_after(last, layer.class_name, **config)


FAMILY = Family(
    name="depth",
    summary="Number of hidden Dense layers.",
    apply=apply_depth,
    parameters=(Parameter("depth", Choices(2, 3, 4), simpler="smaller"),),
)
