"""Networks for pictures and series: a plugin for the experiments beside it."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import gridloom


def conv_net(task: gridloom.Task, filters: int = 8) -> Any:
    """Two convolutions of 3 x 3, each with pooling, and a softmax."""
    import keras

    return keras.Sequential(
        [
            keras.Input(task.input_shape),
            keras.layers.Conv2D(filters, 3, activation="relu"),
            keras.layers.MaxPooling2D(),
            keras.layers.Conv2D(2 * filters, 3, activation="relu"),
            keras.layers.MaxPooling2D(),
            keras.layers.Flatten(),
            keras.layers.Dense(task.n_classes, activation="softmax"),
        ]
    )


def lstm(task: gridloom.Task, units: int = 16) -> Any:
    """One LSTM over the series, and a sigmoid for two classes."""
    import keras

    return keras.Sequential(
        [
            keras.Input(task.input_shape),
            keras.layers.LSTM(units),
            keras.layers.Dense(1, activation="sigmoid"),
        ]
    )


@gridloom.hookimpl
def gridloom_model_builders() -> Iterator[gridloom.ModelBuilder]:
    """Both."""
    yield gridloom.ModelBuilder("conv_net", "Two convolutions with pooling, for pictures.", conv_net)
    yield gridloom.ModelBuilder("lstm", "One LSTM, for series of two classes.", lstm)
