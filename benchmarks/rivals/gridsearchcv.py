"""The neurons experiment as people write it by hand: GridSearchCV around SciKeras, maybe in a Pipeline or with early stopping; prints the article's lines."""

from __future__ import annotations

import sys

import keras
import numpy as np
from network import WIDTHS, create_model
from scikeras.wrappers import KerasClassifier
from sklearn.impute import SimpleImputer
from sklearn.model_selection import GridSearchCV, KFold
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler


def main(data: str, epochs: int, *, prepares: bool, patience: int) -> None:
    """Search the seven widths on a CSV file with a header, with all cores; the winner is not refitted.

    With `prepares`, gaps are filled and numbers standardized in each split. With a patience, training stops once the loss
    of a fifth of the training rows has not fallen for so many epochs.
    """
    rows = np.loadtxt(data, delimiter=",", skiprows=1)
    stopping: dict[str, object] = {}
    if patience:
        stop = keras.callbacks.EarlyStopping("val_loss", patience=patience, restore_best_weights=True)
        stopping = {"callbacks": [stop], "fit__validation_split": 0.2}
    model = KerasClassifier(
        model=create_model, epochs=epochs, batch_size=10, verbose=0, random_state=7, neurons=1, **stopping
    )
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
    stops = int(sys.argv[sys.argv.index("--patience") + 1]) if "--patience" in sys.argv else 0
    main(sys.argv[1], int(sys.argv[2]), prepares="--prepares" in sys.argv, patience=stops)
