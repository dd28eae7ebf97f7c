"""Filters of a small convolutional network, as people search them by hand: GridSearchCV around SciKeras, with early stopping."""

from __future__ import annotations

import sys

from scikeras.wrappers import KerasClassifier
from sklearn.datasets import load_digits
from sklearn.model_selection import GridSearchCV, StratifiedKFold

FILTERS = (4, 8, 16)


def create_model(filters: int) -> object:
    """The network of benchmarks/conv_net.py, for the digits."""
    import keras

    model = keras.Sequential(
        [
            keras.Input((64,)),
            keras.layers.Reshape((8, 8, 1)),
            keras.layers.Conv2D(filters, 3, padding="same", activation="relu"),
            keras.layers.MaxPooling2D(),
            keras.layers.Conv2D(2 * filters, 3, padding="same", activation="relu"),
            keras.layers.Flatten(),
            keras.layers.Dense(10, activation="softmax"),
        ]
    )
    model.compile("adam", "sparse_categorical_crossentropy")
    return model


def main(epochs: int, patience: int) -> None:
    """Search on all cores; the winner is not refitted. With a patience of 0, all epochs are trained."""
    import keras

    stop = keras.callbacks.EarlyStopping("val_loss", patience=patience, restore_best_weights=True)
    stopping = {"callbacks": [stop], "fit__validation_split": 0.2} if patience else {}
    model = KerasClassifier(
        create_model, epochs=epochs, batch_size=32, verbose=0, random_state=7, filters=4, **stopping
    )
    X, y = load_digits(return_X_y=True)
    search = GridSearchCV(
        model,
        {"filters": FILTERS},
        scoring="accuracy",
        cv=StratifiedKFold(5, shuffle=True, random_state=7),
        n_jobs=-1,
        refit=False,
    )
    search.fit(X.astype("float32"), y)
    for mean, params in zip(search.cv_results_["mean_test_score"], search.cv_results_["params"], strict=True):
        print(f"{mean:f} with: {params}")


if __name__ == "__main__":
    main(*map(int, sys.argv[1:]))
