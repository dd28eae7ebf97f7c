"""A plugin for benchmarks/sizes.py: a small convolutional network for images in rows of features."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import gridloom


def build(task: gridloom.Task, filters: int = 8) -> Any:
    """Two convolutions of 3 x 3 with pooling between, then a softmax; rows are square images, one channel."""
    import keras

    side = round(task.input_shape[0] ** 0.5)
    return keras.Sequential(
        [
            keras.Input(task.input_shape),
            keras.layers.Reshape((side, side, 1)),
            keras.layers.Conv2D(filters, 3, padding="same", activation="relu"),
            keras.layers.MaxPooling2D(),
            keras.layers.Conv2D(2 * filters, 3, padding="same", activation="relu"),
            keras.layers.Flatten(),
            keras.layers.Dense(task.n_classes, activation="softmax"),
        ]
    )


@gridloom.hookimpl
def gridloom_model_builders() -> Iterator[gridloom.ModelBuilder]:
    """The benchmark's builder."""
    yield gridloom.ModelBuilder("conv_net", "Two convolutions, for a benchmark.", build)
