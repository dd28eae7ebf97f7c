"""The neurons experiment as people write it by hand: GridSearchCV around SciKeras; prints the article's lines."""

from __future__ import annotations

import os
import sys

os.environ["TF_CPP_MIN_LOG_LEVEL"] = "3"

import keras
import numpy as np
from scikeras.wrappers import KerasClassifier
from sklearn.model_selection import GridSearchCV, KFold


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


def main(data: str, epochs: int) -> None:
    """Search the seven widths on a CSV file with a header, with all cores; the winner is not refitted."""
    rows = np.loadtxt(data, delimiter=",", skiprows=1)
    model = KerasClassifier(model=create_model, epochs=epochs, batch_size=10, verbose=0, random_state=7, neurons=1)
    grid = {"neurons": [1, 5, 10, 15, 20, 25, 30]}
    search = GridSearchCV(model, grid, scoring="accuracy", cv=KFold(3), n_jobs=-1, refit=False)
    search.fit(rows[:, :8].astype("float32"), rows[:, 8])
    found = search.cv_results_
    for mean, std, params in zip(found["mean_test_score"], found["std_test_score"], found["params"], strict=True):
        print(f"{mean:f} ({std:f}) with: {params}")


if __name__ == "__main__":
    main(sys.argv[1], int(sys.argv[2]))
