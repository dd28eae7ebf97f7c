"""Data sets of a plugin: a table and pictures of the size that people have, and a network for each."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np

import gridloom


def table(rows: int = 300_000, columns: int = 20) -> gridloom.Data:
    """Two classes that a line tells apart, nearly."""
    rng = np.random.default_rng(0)
    X = rng.normal(size=(rows, columns)).astype("float32")
    y = (X @ rng.normal(size=columns) + rng.normal(size=rows) > 0).astype(int)
    return gridloom.Data(X, y, classes=("no", "yes"))


def pictures(rows: int = 60_000) -> gridloom.Data:
    """As many pictures as the usual handwritten digits: whole numbers from 0 to 255, 28 by 28, of ten classes."""
    rng = np.random.default_rng(0)
    y = np.arange(rows) % 10
    X = rng.integers(0, 128, size=(rows, 28, 28), dtype="uint8")
    X[np.arange(rows), y, :] += 100
    return gridloom.Data(X, y, classes=tuple("0123456789"))


def build(task: gridloom.Task, units: int = 32) -> Any:
    """One hidden layer on flat rows; pixels are scaled."""
    import keras

    flat = [keras.layers.Rescaling(1 / 255), keras.layers.Flatten()] if len(task.input_shape) > 1 else []
    layers = [keras.Input(task.input_shape), *flat, keras.layers.Dense(units, activation="relu")]
    model = keras.Sequential([*layers, keras.layers.Dense(task.n_classes, activation="softmax")])
    model.compile("adam", "sparse_categorical_crossentropy")
    return model


@gridloom.hookimpl
def gridloom_datasets() -> Iterator[gridloom.Dataset]:
    """Both."""
    yield gridloom.Dataset("table", "A large table.", table)
    yield gridloom.Dataset("pictures", "Many pictures.", pictures)


@gridloom.hookimpl
def gridloom_model_builders() -> Iterator[gridloom.ModelBuilder]:
    """The network."""
    yield gridloom.ModelBuilder("flat", "One hidden layer.", build)
