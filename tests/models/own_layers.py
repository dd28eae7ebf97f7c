"""A layer of a plugin's own."""

from __future__ import annotations

import keras


class Shifted(keras.layers.Layer):
    """Adds one."""

    def call(self, x):
        return x + 1
