"""Scores of the engine `scikeras` are those of Keras and scikit-learn, for every kind of task."""

from __future__ import annotations

import json
import os
import subprocess
import sys

import numpy as np
import pytest

import gridloom
from scikeras_engine.searches import statuses, write

pytestmark = pytest.mark.slow


@pytest.mark.parametrize("scoring", ["accuracy", "roc_auc", "neg_log_loss"])
def test_two_classes_are_scored_by_labels_and_by_probabilities(search, scoring):
    result = search({"name": "mlp", "hidden": [4]}, {"neurons": {"neurons": [2, 5]}}, scoring=scoring)
    assert statuses(result) == ["complete", "complete"]
    scores = np.array([trial.scores for trial in result.trials])
    assert np.isfinite(scores).all()
    low, high = (-np.inf, 0) if scoring == "neg_log_loss" else (0, 1)
    assert ((low <= scores) & (scores <= high)).all()
    assert len(np.unique(scores)) > 1


@pytest.mark.parametrize(("dataset", "scoring"), [("iris", "neg_log_loss"), ("wine", "roc_auc_ovr")])
def test_more_classes_are_scored(search, dataset, scoring):
    result = search(
        {"name": "mlp", "hidden": [6]},
        {"activation": {"activation": ["relu", "tanh"]}},
        dataset={"name": dataset, "sample": 60},
        validation={"method": "stratified_kfold", "folds": 2},
        scoring=scoring,
    )
    assert statuses(result) == ["complete", "complete"]
    assert len({score for trial in result.trials for score in trial.scores}) > 1


def test_a_network_learns_what_can_be_learnt(search):
    result = search(
        {"name": "mlp", "hidden": [8]},
        {"training": {"learning_rate": [1e-9, 0.05]}},
        dataset="iris",
        training={"epochs": 20, "batch_size": 16},
        validation={"method": "stratified_kfold", "folds": 2},
    )
    untaught, taught = result.trials
    assert untaught.mean < 0.7
    assert taught.mean > 0.85


@pytest.mark.parametrize("scoring", ["r2", "neg_mean_squared_error"])
def test_numbers_are_scored(search, scoring):
    result = search(
        {"name": "mlp", "hidden": [6]},
        {"weight_init": {"init_mode": ["uniform", "he_normal"]}},
        dataset={"name": "diabetes", "sample": 60},
        scoring=scoring,
    )
    assert statuses(result) == ["complete", "complete"]
    assert result.best.mean < 0  # two epochs do not reach targets of about 150


def test_rows_that_are_images_train(search):
    result = search({"name": "mlp"}, {"dropout": {"dropout_rate": [0.0, 0.5]}}, dataset="small-images")
    assert statuses(result) == ["complete", "complete"]


BY_HAND = """
import json, sys
import numpy as np
from pathlib import Path

from gridloom.experiment.bind import read_experiment
from gridloom.registry.registry import load_registry

from gridloom.core.trials import Fit
import keras
import tensorflow as tf
from sklearn.metrics import accuracy_score, log_loss, r2_score, roc_auc_score
tf.config.experimental.enable_op_determinism()

found = []
tried = [read_experiment(Path(file), load_registry()) for file in sys.argv[1:]]
for experiment, split in [(one, split) for one in tried for split in one.materialise(one.load_data())]:
    data = experiment.load_data()
    X, y = data.X.astype("float32"), data.y
    (candidate,) = experiment.first_wave()
    is_numeric = data.task.kind == "multioutput"
    seed = Fit(candidate, split.repeat, split.fold).seed(experiment.seed)
    keras.utils.set_random_seed(seed)
    model = keras.Sequential([
        keras.Input((X.shape[1],)),
        keras.layers.Dense(5, "tanh", kernel_initializer="glorot_uniform"),
        keras.layers.Dense(data.task.n_outputs, "linear" if is_numeric else "sigmoid"),
    ])
    model.compile("adam", "mse" if is_numeric else "binary_crossentropy")
    history, orders = [], np.random.default_rng((seed, 1))
    for epoch in range(3):
        rows = orders.permuted(split.train)
        history += model.fit(X[rows], y[rows], batch_size=16, shuffle=False, verbose=0).history["loss"]
    chance = model.predict(X[split.test], verbose=0)
    truth = y[split.test]
    scores = {"loss": history, "r2": r2_score(truth, chance)}
    if not is_numeric:
        scores["accuracy"] = accuracy_score(truth, chance > 0.5)
        scores["roc_auc"] = roc_auc_score(truth, chance)
    if data.classes:
        scores["neg_log_loss"] = -log_loss(truth, chance[:, 0].astype("float64"))
    found.append(scores)
print(json.dumps(found))
"""


def several_targets():
    """Features, two labels and two numbers that have to do with them."""
    rng = np.random.default_rng(2)
    X = rng.normal(size=(60, 4))
    sums = X[:, :2] + X[:, 2:] + 0.3 * rng.normal(size=(60, 2))
    return {"X": X, "labels": sums > 0, "numbers": sums}


WORKER_ENVIRONMENT = {
    "KERAS_BACKEND": "tensorflow",
    "CUDA_VISIBLE_DEVICES": "-1",
    "TF_NUM_INTRAOP_THREADS": "1",
    "TF_NUM_INTEROP_THREADS": "1",
    "OMP_NUM_THREADS": "1",
    "TF_CPP_MIN_LOG_LEVEL": "3",
    "TF_ENABLE_ONEDNN_OPTS": "0",
}


def test_scores_and_history_are_those_by_hand_with_the_rows_of_each_epoch_in_an_order_of_its_own(search, folder):
    chosen = {
        "model": {"name": "mlp", "hidden": [5]},
        "space": {"model": {"activation": ["tanh"]}},
        "training": {"epochs": 3, "batch_size": 16},
    }
    np.savez(folder / "several.npz", **several_targets())
    several = {"name": "arrays", "path": "several.npz"}
    changes = {
        "labels": {"dataset": several | {"y": "labels", "task": "multilabel"}, "scoring": ["roc_auc", "accuracy"]},
        "numbers": {"dataset": several | {"y": "numbers"}, "scoring": ["r2"]},
    }
    once = {"validation": {"method": "shuffle_split", "folds": 1}}
    several_files = [write(folder, f"by-hand-{name}", **chosen, **once, **own) for name, own in changes.items()]
    file = write(folder, "by-hand", **chosen)
    done = subprocess.run(
        [sys.executable, "-c", BY_HAND, *map(str, [file, *several_files])],
        env=os.environ | WORKER_ENVIRONMENT,
        capture_output=True,
        text=True,
        timeout=120,
        check=True,
    )
    by_hand = json.loads(done.stdout)
    by_hand, of_several = by_hand[:-2], by_hand[-2:]
    for file, own, found in zip(several_files, changes.values(), of_several, strict=True):
        result = gridloom.run(file, n_jobs=1, out=folder / "runs")
        for name in own["scoring"]:
            (trial,) = result.ranked_by(name).trials
            assert trial.scores == pytest.approx([found[name]], rel=1e-5)
    for scoring in ("accuracy", "roc_auc", "neg_log_loss"):
        file = write(folder, f"by-gridloom-{scoring}", scoring=scoring, **chosen)
        (trial,) = gridloom.run(file, n_jobs=1, out=folder / "runs").trials
        assert trial.scores == pytest.approx([fold[scoring] for fold in by_hand], rel=1e-5)
        for found, fold in zip(trial.results, by_hand, strict=True):
            assert found.history["loss"] == pytest.approx(fold["loss"], rel=1e-5)


def test_a_single_row_to_test_has_probabilities_too(search):
    result = search(
        {"name": "mlp", "hidden": [2]},
        {"neurons": {"neurons": [2]}},
        dataset={"name": "breast_cancer", "sample": 6},
        validation={"method": "kfold", "folds": 6},
        scoring="neg_brier_score",
    )
    assert statuses(result) == ["complete"]
