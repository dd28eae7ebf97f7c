"""Layers that must see data before they are of use, and have not."""

from __future__ import annotations

from typing import Any

import numpy as np


def check_layers(model: Any) -> None:
    """Raise ValueError for a layer with an `adapt` method that nobody has called, nor given what it would find."""
    for layer in model._flatten_layers():
        if missing := _missing(layer):
            raise ValueError(
                f"the layer '{layer.name}' ({type(layer).__name__}) has not been adapted to data; call its adapt() in "
                f"the builder, or give it {missing}"
            )


def _missing(layer: Any) -> str:
    """What could have been given to a layer that is not adapted; empty for any other layer."""
    from keras import layers

    if isinstance(layer, layers.Normalization) and layer.input_mean is None:
        is_new = not np.any(layer.adapt_mean) and np.all(np.asarray(layer.adapt_variance) == 1)
        return "mean and variance" if is_new else ""
    if isinstance(layer, layers.Discretization):
        return "bin_boundaries" if layer.bin_boundaries is None else ""
    if isinstance(layer, layers.StringLookup | layers.IntegerLookup):
        return "a vocabulary" if layer.vocabulary_size() <= layer._token_start_index() else ""
    return ""
