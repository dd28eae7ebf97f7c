"""Weights that a builder has given to a layer (pretrained, adapted or set), in place of what its initializers draw."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np

from gridloom import Layer
from gridloom_plugins.networks.reading import inside_of


def initializers_of(owner: Any, variable: Any) -> Iterator[Any]:
    """The initializers of the layer, inside a model or layer, that owns the variable."""
    import keras

    for layer in owner._flatten_layers():
        if any(variable is own for own in (*layer._trainable_variables, *layer._non_trainable_variables)):
            yield from (item for item in vars(layer).values() if isinstance(item, keras.initializers.Initializer))


def makes(initializer: Any, variable: Any) -> bool:
    """Whether the initializer gives the variable's value; one of the layer's others may not even suit the shape."""
    try:
        return np.array_equal(np.asarray(variable), np.asarray(initializer(variable.shape, variable.dtype)))
    except (TypeError, ValueError):
        return False


def keep_given(layer: Any, made: Any, sheet: Layer) -> None:
    """Give a layer that was made anew what its builder gave to the one it replaces.

    Nothing is kept where a shape has changed, nor what an edit of its initializer asks to be drawn.
    """
    if [variable.shape for variable in layer.weights] != [variable.shape for variable in made.weights]:
        return
    _, config = inside_of(layer)
    redrawn = {
        key.removesuffix("_initializer")
        for key in sheet
        if key.endswith("_initializer") and sheet[key] != config.get(key)
    }
    for before, after in zip(layer.weights, made.weights, strict=True):
        what = "depthwise" if before.name == "kernel" and "depthwise" in redrawn else before.name
        is_drawn = any(makes(initializer, before) for initializer in initializers_of(layer, before))
        if not is_drawn and not redrawn & {what, what.removesuffix("_kernel")}:
            after.assign(before)
    if hasattr(made, "finalize_state"):  # of layers that were adapted to data
        made.finalize_state()
