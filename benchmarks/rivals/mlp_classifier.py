"""The neurons experiment with scikit-learn alone: GridSearchCV around MLPClassifier.

It has neither dropout nor max-norm, so it trains a simpler network: Adam, batches of 10 and a linear hidden layer are
the same.
"""

from __future__ import annotations

import sys
import warnings

import numpy as np
from sklearn.exceptions import ConvergenceWarning
from sklearn.model_selection import GridSearchCV, KFold
from sklearn.neural_network import MLPClassifier


def main(data: str, epochs: int) -> None:
    """Search the seven widths on a CSV file with a header, with all cores; the winner is not refitted."""
    warnings.filterwarnings("ignore", category=ConvergenceWarning)  # said of any fixed number of epochs
    rows = np.loadtxt(data, delimiter=",", skiprows=1, dtype="float32")
    model = MLPClassifier(
        activation="identity",
        alpha=0,
        batch_size=10,
        max_iter=epochs,
        n_iter_no_change=epochs + 1,  # train all epochs, whatever the loss does
        random_state=7,
    )
    grid = {"hidden_layer_sizes": [(1,), (5,), (10,), (15,), (20,), (25,), (30,)]}
    search = GridSearchCV(model, grid, scoring="accuracy", cv=KFold(3), n_jobs=-1, refit=False)
    search.fit(rows[:, :8], rows[:, 8])
    found = search.cv_results_
    for mean, std, params in zip(found["mean_test_score"], found["std_test_score"], found["params"], strict=True):
        print(f"{mean:f} ({std:f}) with: {params}")


if __name__ == "__main__":
    main(sys.argv[1], int(sys.argv[2]))
