"""What the searches with other tools share: the network of the neurons experiment, cross-validated."""

from __future__ import annotations

import os

os.environ["TF_CPP_MIN_LOG_LEVEL"] = "3"
os.environ["KERAS_BACKEND"] = "tensorflow"

import keras
import numpy as np
from numpy.typing import NDArray
from sklearn.model_selection import KFold

WIDTHS = [1, 5, 10, 15, 20, 25, 30]


def load(data: str) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
    """Features and labels of a CSV file with a header."""
    rows = np.loadtxt(data, delimiter=",", skiprows=1, dtype="float32")
    return rows[:, :8], rows[:, 8]


def create_model(neurons: int) -> keras.Model:
    """The article's network with this many hidden neurons."""
    model = keras.Sequential(
        [
            keras.Input((8,)),
            keras.layers.Dense(
                neurons,
                kernel_initializer="uniform",
                activation="linear",
                kernel_constraint=keras.constraints.MaxNorm(4),
            ),
            keras.layers.Dropout(0.2),
            keras.layers.Dense(1, kernel_initializer="uniform", activation="sigmoid"),
        ]
    )
    model.compile(loss="binary_crossentropy", optimizer="adam", metrics=["accuracy"])
    return model


def cross_validate(neurons: int, X: NDArray[np.float32], y: NDArray[np.float32], epochs: int) -> float:
    """The mean accuracy of new models over three folds."""
    keras.utils.clear_session()
    accuracies = []
    for train, test in KFold(3).split(X):
        model = create_model(neurons)
        model.fit(X[train], y[train], epochs=epochs, batch_size=10, verbose=0)
        _, accuracy = model.evaluate(X[test], y[test], verbose=0)
        accuracies.append(accuracy)
    return float(np.mean(accuracies))
