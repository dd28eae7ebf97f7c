"""The family `batch_norm`: batch normalization of the hidden layers, before or after their activation."""

from __future__ import annotations

from typing import Annotated, Literal

from annotated_types import Gt, Lt

from gridloom import Choices, Draft, Family, Layer, Parameter, StopRun


def apply_batch_norm(
    draft: Draft,
    position: Literal["before", "after"] | None,
    momentum: Annotated[float, Gt(0), Lt(1)] | None = None,
) -> None:
    """Put a BatchNormalization layer before or after the activation of every hidden layer, or none (null).

    A recurrent layer, which has its activation inside, is normalized after it in either `position`. `momentum` is the share
    of the moving averages that is kept at every step (null: Keras's 0.99, which is slow for short trainings). The run
    stops if the builder normalizes a hidden layer. Before the activation: Ioffe and Szegedy, "Batch Normalization",
    ICML 2015, section 3.2.
    """
    for layer in draft.hidden:
        if any(other.normalizes for other in draft.block(layer)):
            name = "/".join(layer.path) or layer.class_name
            raise StopRun(f"batch_norm: the layer '{name}' is already normalized; remove that from the model builder")
    # a network that activates by layers of its own has linear layers before them, which stay as they are
    by_layers = any(layer.activates and not layer.is_output for layer in draft.layers)
    for layer in draft.hidden:
        if position is None:
            layer.leave()
        elif position == "after" or "recurrent_initializer" in layer:
            _normalize(draft, draft.block(layer)[-1], layer, momentum)
        else:
            norm = _normalize(draft, layer, layer, momentum)
            activation = layer.get("activation")
            if activation is not None and not (by_layers and activation == "linear"):
                layer["activation"] = "linear"
                draft.insert_after(norm, "Activation", activation=activation)


def _normalize(draft: Draft, last: Layer, layer: Layer, momentum: float | None) -> Layer:
    """Normalize behind `last` the features of a layer, which are on the last axis unless it says otherwise."""
    settings = {} if momentum is None else {"momentum": momentum}
    axis = 1 if layer.get("data_format") == "channels_first" else -1
    return draft.insert_after(last, "BatchNormalization", axis=axis, **settings)


FAMILY = Family(
    name="batch_norm",
    summary="Batch normalization of the hidden layers.",
    apply=apply_batch_norm,
    parameters=(
        Parameter("position", Choices(None, "before", "after")),
        Parameter("momentum", Choices(0.9, 0.99)),
    ),
)
