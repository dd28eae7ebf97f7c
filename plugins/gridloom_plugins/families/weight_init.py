"""The family `weight_init`: how the kernels of all layers are initialized."""

from __future__ import annotations

from gridloom import Choices, Draft, Family, Parameter
from gridloom_plugins.networks.names import InitializerName


def apply_weight_init(draft: Draft, init_mode: InitializerName) -> None:
    """Give the kernel of every layer, the output included, the initializer `init_mode` with its Keras defaults.

    Frozen layers (`trainable=False`) keep theirs, since their weights were set on purpose.
    """
    for layer in draft.layers:
        if not layer.get("trainable", True):
            continue
        for kernel in layer.kernels:
            layer[f"{kernel}_initializer"] = init_mode


FAMILY = Family(
    name="weight_init",
    summary="Initializer of the kernels of all layers.",
    apply=apply_weight_init,
    parameters=(
        Parameter(
            "init_mode",
            Choices(
                "uniform",
                "lecun_uniform",
                "normal",
                "zero",
                "glorot_normal",
                "glorot_uniform",
                "he_normal",
                "he_uniform",
            ),
        ),
    ),
)
