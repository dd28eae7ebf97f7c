"""Trainings that callbacks watch are those of Keras's `fit` with its own callbacks: epoch by epoch, and in the weights they end with."""

from __future__ import annotations

import math
import os
import re
import runpy

import numpy as np
import pytest
from command_line import run_here

import gridloom
from gridloom.core.trials import Fit
from gridloom.experiment.bind import read_experiment
from gridloom.registry.registry import load_registry
from gridloom_plugins.networks.tensorflow_environment import tensorflow_environment
from scikeras_engine.searches import write

pytestmark = [
    pytest.mark.slow,
    pytest.mark.filterwarnings("ignore:__array__ implementation:DeprecationWarning"),  # of Keras's own callbacks
]

BATCH, RATE, EPOCHS = 16, 0.25, 14
DATA = {"name": "arrays", "path": "watched.npz", "X": "X", "y": "y", "weights": "w"}


PLUGIN = """
import gridloom


class Explode:
    def __init__(self, at: int = 4):
        self.at = at

    def after_epoch(self, epoch):
        return gridloom.Decision(learning_rate=1e30 if epoch.number == self.at - 1 else None)


def keras_stopping(most: int = 3):
    import keras

    class Stopping(keras.callbacks.Callback):
        def on_epoch_end(self, epoch, logs=None):
            logs["doubled"] = 2 * logs["loss"]
            self.model.stop_training = epoch + 1 == most

    return Stopping()


@gridloom.hookimpl
def gridloom_callbacks():
    yield gridloom.Callback("explode", "Sets a learning rate that no training survives.", Explode)
    yield gridloom.Callback("keras_stopping", "A callback of Keras.", keras_stopping, keras=True)
"""


@pytest.fixture(scope="module")
def data(folder):
    """Rows that are learnt in a few epochs, and a folder with them."""
    rng = np.random.default_rng(5)
    X = rng.normal(size=(90, 4)).astype("float32")
    y = (X[:, 0] + X[:, 1] * X[:, 2] + rng.normal(size=90) > 0).astype(int)
    np.savez(folder / "watched.npz", X=X, y=y, numbers=2.0 * X[:, 0], w=rng.integers(1, 4, 90).astype("float64"))
    (folder / "callbacks_of_tests.py").write_text(PLUGIN)
    return folder


def run(folder, name, callbacks, space, keep_models=False, **changes):
    """The result of an experiment, and its file."""
    training = {
        "epochs": EPOCHS,
        "batch_size": BATCH,
        "optimizer": "sgd",
        "learning_rate": RATE,
        "class_weight": {"1": 2.0},
        "validation": 0.25,
        "callbacks": callbacks,
    }
    settings = {
        "dataset": DATA,
        "training": training,
        "validation": {"method": "shuffle_split", "folds": 1},
        "scoring": "neg_log_loss",
    }
    model = {"name": "mlp", "hidden": [6], "activation": "tanh"}
    file = write(folder, name, model, space, **settings | changes)
    return gridloom.run(
        file,
        n_jobs=1,
        out=folder / "runs",
        fresh=True,
        keep_models=keep_models,
        plugins=[str(folder / "callbacks_of_tests.py")],
    ), file


def by_keras(file, number, callbacks):
    """The history of the first fold's training, the learning rate of each epoch, and the predictions for the rows that test it."""
    os.environ.update(tensorflow_environment())
    import keras

    experiment = read_experiment(file, load_registry())
    data = experiment.load_data()
    (split,) = experiment.materialise(data)
    seed = Fit(experiment.first_wave()[number], split.repeat, split.fold).seed(experiment.seed)
    keras.utils.set_random_seed(seed)
    model = keras.Sequential(
        [
            keras.Input((4,)),
            keras.layers.Dense(6, "tanh", kernel_initializer="glorot_uniform"),
            keras.layers.Dense(1, "sigmoid"),
        ]
    )
    model.compile(keras.optimizers.SGD(RATE), "binary_crossentropy", jit_compile=False)
    X, y, weights = data.X.astype("float32"), data.y, data.weights.astype("float32")
    orders, held = np.random.default_rng((seed, 1)), split.validation

    def batches():
        while True:
            rows = orders.permuted(split.train)
            for first in range(0, len(rows), BATCH):
                some = rows[first : first + BATCH]
                yield X[some], y[some].reshape(-1, 1), weights[some] * np.where(y[some] == 1, 2, 1)

    rates = keras.callbacks.LambdaCallback(
        on_train_batch_end=lambda batch, logs: found.append(float(model.optimizer.learning_rate.numpy()))
    )
    found = []
    steps = math.ceil(len(split.train) / BATCH)
    history = model.fit(
        batches(),
        epochs=EPOCHS,
        steps_per_epoch=steps,
        shuffle=False,
        validation_data=(X[held], y[held].reshape(-1, 1), weights[held]),
        validation_batch_size=BATCH,
        callbacks=[*callbacks(keras.callbacks), rates],
        verbose=0,
    ).history
    return history, found[::steps], model.predict(X[split.test], verbose=0)[:, 0], data.X[split.test]


def test_stopped_and_restored_trainings_are_those_of_keras(data):
    callbacks = [
        {"name": "early_stopping", "restore_best_weights": True},
        {"name": "reduce_lr_on_plateau", "monitor": "loss", "patience": 1, "factor": 0.3, "min_delta": 0.2},
    ]
    space = {"callbacks": {"early_stopping": {"patience": [2, 5]}}}
    result, file = run(data, "stopped", callbacks, space, keep_models=True, refit=True)
    for number, trial in enumerate(result.trials):
        patience = trial.params["early_stopping.patience"]

        def own(keras, patience=patience):
            stopping = keras.EarlyStopping(patience=patience, restore_best_weights=True)
            return [stopping, keras.ReduceLROnPlateau("loss", 0.3, 1, min_delta=0.2)]

        history, rates, chance, X = by_keras(file, number, own)
        (fit,) = trial.results
        assert fit.history["loss"] == pytest.approx(history["loss"], rel=1e-5)
        assert fit.history["val_loss"] == pytest.approx(history["val_loss"], rel=1e-5)
        assert fit.history["learning_rate"] == pytest.approx(rates, rel=1e-6)
        assert len(rates) < EPOCHS
        assert rates[-1] < RATE
        assert int(np.argmin(history["val_loss"])) < len(rates) - 1
        (kept,) = (data / "runs" / "stopped" / "models").glob(f"candidate-{number}_*")
        assert gridloom.load(kept).predict_proba(X)[:, 1] == pytest.approx(chance, rel=1e-5)


def test_a_script_watches_the_training_by_the_same_rows_with_callbacks_of_keras(data, capsys):
    """It comes after the run that it is about."""
    done = run_here(data, "export", "stopped", "--format", "script")
    assert done.returncode == 0, done.stderr
    text = (data / "stopped-script" / "train.py").read_text("utf-8")
    assert "keras.callbacks.EarlyStopping(monitor='val_loss', mode='min', patience=" in text
    assert "keras.callbacks.ReduceLROnPlateau(monitor='loss', mode='min', factor=0.3, patience=1" in text
    assert "optimizer=keras.optimizers.SGD(learning_rate=0.25)" in text
    capsys.readouterr()
    runpy.run_path(str(data / "stopped-script" / "train.py"), run_name="__main__")
    printed = capsys.readouterr().out
    assert "val_loss" in printed
    assert "trained on 67 rows, validated on 23" in printed
    card = (data / "runs" / "stopped" / "model" / "card.md").read_text("utf-8")
    assert re.search(
        r"- \*\*Training\*\*: stopped after \d+ of 14 epochs, with the weights of epoch \d+; callbacks: `", card
    )
    assert "- **Trained** on 67 of 90 rows, with 23 more held out for validation, of `" in card


NUMBERS = {"dataset": DATA | {"y": "numbers"}, "scoring": "r2"}
ONE = {"training": {"batch_size": [BATCH]}}


def trained_on_numbers(folder, name, callbacks, **changes):
    training = {"epochs": 6, "optimizer": "sgd", "learning_rate": 0.01, "callbacks": callbacks} | changes
    return run(folder, name, (), ONE, training=training, **NUMBERS)[0]


def test_a_diverged_training_ends_with_the_weights_that_were_kept_before(data):
    keeping = {"name": "early_stopping", "monitor": "loss", "patience": 5, "restore_best_weights": True}
    (trial,) = trained_on_numbers(data, "kept", [keeping, "explode", "terminate_on_nan"]).trials
    (fit,) = trial.results
    assert fit.error is None
    assert np.isfinite(fit.history["loss"]).tolist() == [True, True, True, False]
    assert fit.history["learning_rate"] == pytest.approx([0.01] * 3 + [1e30])
    (trial,) = trained_on_numbers(data, "not-kept", ["explode", "terminate_on_nan"]).trials
    assert re.search("the training loss became (inf|nan) in epoch 4", trial.results[0].error)


def test_a_model_that_is_larger_than_its_limit_is_not_trained(data):
    space = {"neurons": {"neurons": [6, 7]}}  # of 4 features: 5 x 6 + 7 parameters, and 6 more
    training = {"epochs": 1, "callbacks": ["terminate_on_nan"]}
    search = {"strategy": "grid", "space": space, "limits": {"parameters": 37}}
    fits, large = (
        trial.results for trial in run(data, "limited", (), space, training=training, search=search)[0].trials
    )
    assert [fit.error for fit in fits] == [None]
    assert large[0].error == "the model has 43 parameters, more than the limit of 37"


def test_a_callback_of_keras_runs_as_it_is_and_what_it_logs_can_be_monitored(data):
    reducing = {"name": "reduce_lr_on_plateau", "monitor": "doubled", "mode": "max", "patience": 1}
    (trial,) = trained_on_numbers(data, "of-keras", ["keras_stopping", reducing]).trials
    (fit,) = trial.results
    assert len(fit.history["loss"]) == 3
    assert fit.history["doubled"] == pytest.approx([2 * loss for loss in fit.history["loss"]])
    assert fit.history["learning_rate"] == pytest.approx([0.01, 0.01, 0.001])
