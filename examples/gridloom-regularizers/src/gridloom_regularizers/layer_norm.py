"""The family `layer_norm`: layer normalization of the hidden layers, before or after their activation."""

from __future__ import annotations

from typing import Literal

from gridloom import Choices, Draft, Family, Layer, Parameter, StopRun


def apply_layer_norm(draft: Draft, position: Literal["before", "after"] | None) -> None:
    """Normalize what each hidden layer computes for a row, before or after its activation.

    `position` is "before" (layer, LayerNormalization, activation: Ba, Kiros and Hinton, "Layer Normalization", 2016),
    "after" (layer, activation, LayerNormalization), or null for no normalization, to compare with. The activations of a
    recurrent layer are inside of it, so that it is normalized behind them in either position.
    """
    for layer in draft.hidden:
        if any(other.normalizes for other in draft.block(layer)):
            name = "/".join(layer.path)
            raise StopRun(f"layer_norm: the layer '{name}' is already normalized; remove that from the model builder")
    # a network that activates by layers of its own has linear layers before them, which stay as they are
    by_layers = any(layer.activates and not layer.is_output for layer in draft.layers)
    for layer in draft.hidden:
        if position is None:
            layer.leave()
        elif position == "after" or "recurrent_initializer" in layer:
            _normalize(draft, draft.block(layer)[-1])
        else:
            norm = _normalize(draft, layer)
            activation = layer.get("activation")
            if activation is not None and not (by_layers and activation == "linear"):
                layer["activation"] = "linear"
                draft.insert_after(norm, "Activation", activation=activation)


def _normalize(draft: Draft, layer: Layer) -> Layer:
    """Insert a LayerNormalization of the features, which are on the last axis unless the layer says otherwise."""
    axis = 1 if layer.get("data_format") == "channels_first" else -1
    return draft.insert_after(layer, "LayerNormalization", axis=axis)


FAMILY = Family(
    name="layer_norm",
    summary="Layer normalization of the hidden layers, before or after their activation.",
    apply=apply_layer_norm,
    parameters=(Parameter("position", Choices("before", "after")),),
)
