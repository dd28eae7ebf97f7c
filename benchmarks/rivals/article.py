"""The article's experiments as scripts, moved to Keras 3 and SciKeras: `article.py MODULE EXPERIMENT DATA EPOCHS EVERY TIMES`.

MODULE is where GridSearchCV comes from. Only each EVERY-th value of the first parameter's combinations is tried. It searches so many TIMES.
"""

from __future__ import annotations

import importlib
import sys
import time

import numpy as np
from scikeras.wrappers import KerasClassifier
from sklearn.model_selection import ParameterGrid

INITIALIZERS = [
    "uniform",
    "lecun_uniform",
    "normal",
    "zeros",
    "glorot_normal",
    "glorot_uniform",
    "he_normal",
    "he_uniform",
]
ACTIVATIONS = ["softmax", "softplus", "softsign", "relu", "tanh", "sigmoid", "hard_sigmoid", "linear"]
GRIDS = {
    "weight_initialization": {"model__init_mode": INITIALIZERS},
    "activation": {"model__activation": ACTIVATIONS},
    "dropout": {"model__weight_constraint": [1, 2, 3, 4, 5], "model__dropout_rate": [i / 10 for i in range(10)]},
    "neurons": {"model__neurons": [1, 5, 10, 15, 20, 25, 30]},
}


def create_model(
    init_mode: str = "uniform",
    activation: str = "relu",
    dropout_rate: float | None = None,
    weight_constraint: float | None = None,
    neurons: int = 12,
) -> object:
    """The article's network."""
    from keras import Input, Sequential
    from keras.constraints import MaxNorm
    from keras.layers import Dense, Dropout

    bound = None if weight_constraint is None else MaxNorm(weight_constraint)
    model = Sequential([Input((8,))])
    model.add(Dense(neurons, kernel_initializer=init_mode, activation=activation, kernel_constraint=bound))
    if dropout_rate is not None:
        model.add(Dropout(dropout_rate))
    model.add(Dense(1, kernel_initializer=init_mode, activation="sigmoid"))
    model.compile(loss="binary_crossentropy", optimizer="adam", metrics=["accuracy"])
    return model


def main(module: str, experiment: str, data: str, epochs: int, every: int, times: int) -> None:
    """Search, and print what is best."""
    rows = np.loadtxt(data, delimiter=",", skiprows=1)
    model = KerasClassifier(model=create_model, epochs=epochs, batch_size=10, verbose=0)
    grid = [{name: [value] for name, value in point.items()} for point in ParameterGrid(GRIDS[experiment])][::every]
    grid_search = importlib.import_module(module).GridSearchCV
    for _ in range(times):
        search = grid_search(estimator=model, param_grid=grid, n_jobs=-1, cv=3)
        started = time.perf_counter()
        found = search.fit(rows[:, :8], rows[:, 8])
        print(f"Seconds: {time.perf_counter() - started:.2f}", flush=True)
    print(f"Best: {found.best_score_:.3f} using {found.best_params_}", getattr(found, "why_not_fused_", ""))


if __name__ == "__main__":
    main(*sys.argv[1:4], *map(int, sys.argv[4:7]))
