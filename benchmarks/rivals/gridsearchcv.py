"""The neurons experiment as people write it by hand: GridSearchCV around SciKeras, maybe in a Pipeline; prints the article's lines."""

from __future__ import annotations

import sys

import numpy as np
from network import WIDTHS, create_model
from scikeras.wrappers import KerasClassifier
from sklearn.impute import SimpleImputer
from sklearn.model_selection import GridSearchCV, KFold
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler


def main(data: str, epochs: int, *, prepares: bool) -> None:
    """Search the seven widths on a CSV file with a header, with all cores; the winner is not refitted.

    With `prepares`, gaps are filled and numbers standardized in each split.
    """
    rows = np.loadtxt(data, delimiter=",", skiprows=1)
    model = KerasClassifier(model=create_model, epochs=epochs, batch_size=10, verbose=0, random_state=7, neurons=1)
    steps = [SimpleImputer(strategy="median"), StandardScaler()] if prepares else []
    whole = make_pipeline(*steps, model)
    grid = {"kerasclassifier__neurons": WIDTHS}
    search = GridSearchCV(whole, grid, scoring="accuracy", cv=KFold(3), n_jobs=-1, refit=False)
    search.fit(rows[:, :8].astype("float32"), rows[:, 8])
    found = search.cv_results_
    for mean, std, params in zip(found["mean_test_score"], found["std_test_score"], found["params"], strict=True):
        own = {name.rpartition("__")[2]: value for name, value in params.items()}
        print(f"{mean:f} ({std:f}) with: {own}")


if __name__ == "__main__":
    main(sys.argv[1], int(sys.argv[2]), prepares="--prepares" in sys.argv)
