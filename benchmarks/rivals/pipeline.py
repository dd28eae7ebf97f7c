"""The neurons experiment with preprocessing as people write it by hand: GridSearchCV over a Pipeline with SciKeras."""

from __future__ import annotations

import sys

import numpy as np
from network import WIDTHS, create_model
from scikeras.wrappers import KerasClassifier
from sklearn.impute import SimpleImputer
from sklearn.model_selection import GridSearchCV, KFold
from sklearn.pipeline import Pipeline
from sklearn.preprocessing import StandardScaler


def main(data: str, epochs: int) -> None:
    """Search the seven widths on a CSV file with a header, with all cores; the winner is not refitted."""
    rows = np.loadtxt(data, delimiter=",", skiprows=1)
    model = KerasClassifier(model=create_model, epochs=epochs, batch_size=10, verbose=0, random_state=7, neurons=1)
    steps = Pipeline(
        [("impute", SimpleImputer(strategy="median")), ("standardize", StandardScaler()), ("model", model)]
    )
    grid = {"model__neurons": WIDTHS}
    search = GridSearchCV(steps, grid, scoring="accuracy", cv=KFold(3), n_jobs=-1, refit=False)
    search.fit(rows[:, :8].astype("float32"), rows[:, 8])
    found = search.cv_results_
    for mean, std, params in zip(found["mean_test_score"], found["std_test_score"], found["params"], strict=True):
        print(f"{mean:f} ({std:f}) with: {params}")


if __name__ == "__main__":
    main(sys.argv[1], int(sys.argv[2]))
