"""The family `activation`: the activation function of the hidden layers."""

from __future__ import annotations

from gridloom import Choices, Draft, Family, Parameter
from gridloom_plugins.networks.names import ActivationName


def apply_activation(draft: Draft, activation: ActivationName) -> None:
    """Give the hidden layers this activation.

    If a network has separate activation layers (Dense, BatchNormalization, Activation), these are changed, and the
    linear layers before them stay linear.
    """
    own = [layer for layer in draft.layers if layer.activates and not layer.is_output]
    for layer in own:
        layer.class_name = "Activation"
        layer["activation"] = activation
    for layer in draft.hidden:
        if "activation" in layer and not (own and layer["activation"] == "linear"):
            layer["activation"] = activation


FAMILY = Family(
    name="activation",
    summary="Activation function of the hidden layers.",
    apply=apply_activation,
    parameters=(
        Parameter(
            "activation",
            Choices("softmax", "softplus", "softsign", "relu", "tanh", "sigmoid", "hard_sigmoid", "linear"),
        ),
    ),
)
