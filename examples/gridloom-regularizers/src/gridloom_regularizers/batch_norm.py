"""The family `batch_norm`: batch normalization of the hidden layers, before or after their activation."""

from __future__ import annotations

from typing import Annotated, Literal

from annotated_types import Gt, Lt

from gridloom import Choices, Draft, Family, Layer, Parameter, StopRun


def apply_batch_norm(
    draft: Draft, position: Literal["before", "after"] | None, momentum: Annotated[float, Gt(0), Lt(1)] = 0.99
) -> None:
    """Normalize what each hidden layer computes, before or after its activation.

    `position` is "before" (layer, BatchNormalization, activation: Ioffe and Szegedy, "Batch Normalization", 2015,
    section 3.2), "after" (layer, activation, BatchNormalization), or null for no normalization, to compare with. The
    activations of a recurrent layer are inside of it, so that it is normalized behind them in either position.
    `momentum` is how much of the running mean and variance, which predictions use, stays at every step: 0.99, Keras's
    own default, takes some hundred steps to forget what a network began with, so short trainings want less.
    """
    for layer in draft.hidden:
        if any(other.normalizes for other in draft.block(layer)):
            name = "/".join(layer.path)
            raise StopRun(f"batch_norm: the layer '{name}' is normalized already; take that out of the model builder")
    # a network that activates by layers of its own has linear layers before them, which stay as they are
    by_layers = any(layer.activates and not layer.is_output for layer in draft.layers)
    for layer in draft.hidden:
        if position is None:
            layer.leave()
        elif position == "after" or "recurrent_initializer" in layer:
            _normalize(draft, draft.block(layer)[-1], momentum)
        else:
            norm = _normalize(draft, layer, momentum)
            activation = layer.get("activation")
            if activation is not None and not (by_layers and activation == "linear"):
                layer["activation"] = "linear"
                draft.insert_after(norm, "Activation", activation=activation)


def _normalize(draft: Draft, layer: Layer, momentum: float) -> Layer:
    """Insert a BatchNormalization of the features, which are on the last axis unless the layer says otherwise."""
    axis = 1 if layer.get("data_format") == "channels_first" else -1
    return draft.insert_after(layer, "BatchNormalization", momentum=momentum, axis=axis)


FAMILY = Family(
    name="batch_norm",
    summary="Batch normalization of the hidden layers, before or after their activation.",
    apply=apply_batch_norm,
    parameters=(Parameter("position", Choices("before", "after")), Parameter("momentum", Choices(0.9, 0.99))),
)
