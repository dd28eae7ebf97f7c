"""The engine `scikeras`: whole searches with TensorFlow in joblib workers, as a user runs them."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from types import SimpleNamespace

import numpy as np
import pytest
import yaml

import gridloom

pytestmark = pytest.mark.slow

PLUGIN = '''
"""Builders and data as a user writes them."""

import gridloom
from gridloom import Data, Dataset, ModelBuilder


def functional(task, units: int = 4):
    import keras

    start = keras.Input(task.input_shape)
    left = keras.layers.Dense(units, activation="relu")(start)
    right = keras.layers.Dense(units, activation="tanh")(start)
    return keras.Model(start, keras.layers.Dense(task.n_classes, activation="softmax")(left + right))


def unbuilt(task, units: int = 4):
    import keras

    return keras.Sequential([keras.layers.Dense(units), keras.layers.Dense(1, activation="sigmoid")])


def own_optimizer(task, rate: float = 0.1):
    import keras

    model = keras.Sequential([keras.Input(task.input_shape), keras.layers.Dense(1, activation="sigmoid")])
    model.compile(keras.optimizers.SGD(rate), "binary_crossentropy")
    return model


def categorical(task, units: int = 4):
    import keras

    model = keras.Sequential([
        keras.Input(task.input_shape),
        keras.layers.Dense(units),
        keras.layers.Dense(task.n_classes, activation="softmax"),
    ])
    model.compile("adam", "categorical_crossentropy")
    return model


def subclassed(task, units: int = 4):
    import keras

    class Own(keras.Model):
        def __init__(self):
            super().__init__()
            self.hidden = keras.layers.Dense(units, activation="relu")
            self.out = keras.layers.Dense(1, activation="sigmoid")

        def call(self, inputs):
            return self.out(self.hidden(inputs))

    return Own()


def divides(task, by: float = 1.0):
    import keras

    return keras.Sequential([
        keras.Input(task.input_shape),
        keras.layers.Lambda(lambda x: x / by - x / by),
        keras.layers.Dense(1, activation="sigmoid"),
    ])


def picky(task, units: int = 4):
    import keras

    if units == 13:
        raise ValueError("13 units bring bad luck")
    return keras.Sequential([keras.Input(task.input_shape), keras.layers.Dense(units), keras.layers.Dense(1)])


def no_model(task, units: int = 4):
    return "a network"


def load_images():
    import numpy as np

    rng = np.random.default_rng(0)
    y = rng.integers(0, 3, 60)
    return Data(rng.normal(size=(60, 4, 4)) + y[:, None, None], y, classes=("a", "b", "c"))


@gridloom.hookimpl
def gridloom_model_builders():
    for build in (functional, unbuilt, own_optimizer, categorical, subclassed, divides, picky, no_model):
        yield ModelBuilder(build.__name__, "A builder of the tests.", build)


@gridloom.hookimpl
def gridloom_datasets():
    yield Dataset("images", "Small images of three kinds.", load_images)
'''

BASE = {
    "dataset": {"name": "breast_cancer", "sample": 80},
    "training": {"epochs": 2, "batch_size": 16},
    "validation": {"method": "kfold", "folds": 2, "shuffle": True},
    "seed": 11,
    "reporters": ["csv"],
}


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    """One folder for all runs, so that all of them come from the same plugin file."""
    path = tmp_path_factory.mktemp("engine")
    (path / "builders.py").write_text(PLUGIN)
    return path


def write(folder, name, model, space, **changes):
    content = BASE | {"name": name, "model": model, "search": {"strategy": "grid", "space": space}} | changes
    file = folder / f"{name}.yaml"
    file.write_text(yaml.safe_dump(content, sort_keys=False))
    return file


@pytest.fixture
def search(folder, request):
    """Run a small search named after the test, with two workers unless told otherwise, and return its result."""

    def run(model, space, n_jobs=2, **changes):
        name = "".join(char if char.isalnum() else "-" for char in request.node.name.removeprefix("test_"))[:60]
        file = write(folder, name, model, space, **changes)
        return gridloom.run(file, n_jobs=n_jobs, out=folder / "runs", plugins=[str(folder / "builders.py")])

    return run


@pytest.fixture
def gridloom_command(folder):
    """Run the command line; fails when it does not come to an end."""

    def run(*arguments):
        command = [sys.executable, "-m", "gridloom", *map(str, arguments)]
        return subprocess.run(command, cwd=folder, capture_output=True, text=True, timeout=100, check=False)

    return run


def statuses(result):
    return [trial.status.value for trial in result.trials]


def reasons(result):
    return [found.error for trial in result.trials for _, found in trial.failures]


# Scores


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
    result = search({"name": "mlp"}, {"dropout": {"dropout_rate": [0.0, 0.5]}}, dataset="images")
    assert statuses(result) == ["complete", "complete"]


BY_HAND = """
import json, sys
import numpy as np
from pathlib import Path

from gridloom.binding import read_experiment
from gridloom.registry import load_registry

experiment = read_experiment(Path(sys.argv[1]), load_registry())
data = experiment.load_data()
splits = experiment.materialise(data)
(candidate,) = experiment.first_wave()
from gridloom.trials import Fit
import keras
import tensorflow as tf
from sklearn.metrics import accuracy_score, log_loss, roc_auc_score
tf.config.experimental.enable_op_determinism()

found = []
X, y = data.X.astype("float32"), data.y
for split in splits:
    seed = Fit(candidate, split.repeat, split.fold).seed(experiment.seed)
    keras.utils.set_random_seed(seed)
    model = keras.Sequential([
        keras.Input((X.shape[1],)),
        keras.layers.Dense(5, "tanh", kernel_initializer="glorot_uniform"),
        keras.layers.Dense(1, "sigmoid"),
    ])
    model.compile("adam", "binary_crossentropy")
    keras.utils.set_random_seed(seed)
    history = model.fit(X[split.train], y[split.train], epochs=3, batch_size=16, verbose=0).history["loss"]
    chance = model.predict(X[split.test], verbose=0)[:, 0]
    truth = y[split.test]
    found.append({
        "loss": history,
        "accuracy": accuracy_score(truth, chance > 0.5),
        "roc_auc": roc_auc_score(truth, chance),
        "neg_log_loss": -log_loss(truth, chance.astype("float64")),
    })
print(json.dumps(found))
"""

WORKER_ENVIRONMENT = {
    "KERAS_BACKEND": "tensorflow",
    "CUDA_VISIBLE_DEVICES": "-1",
    "TF_NUM_INTRAOP_THREADS": "1",
    "TF_NUM_INTEROP_THREADS": "1",
    "OMP_NUM_THREADS": "1",
    "TF_CPP_MIN_LOG_LEVEL": "3",
    "TF_ENABLE_ONEDNN_OPTS": "0",
}


def test_scores_and_history_are_those_of_keras_and_scikit_learn_by_hand(search, folder):
    chosen = {
        "model": {"name": "mlp", "hidden": [5]},
        "space": {"model": {"activation": ["tanh"]}},
        "training": {"epochs": 3, "batch_size": 16},
    }
    file = write(folder, "by-hand", **chosen)
    done = subprocess.run(
        [sys.executable, "-c", BY_HAND, str(file)],
        env=os.environ | WORKER_ENVIRONMENT,
        capture_output=True,
        text=True,
        timeout=120,
        check=True,
    )
    by_hand = json.loads(done.stdout)
    for scoring in ("accuracy", "roc_auc", "neg_log_loss"):
        file = write(folder, f"by-gridloom-{scoring}", scoring=scoring, **chosen)
        (trial,) = gridloom.run(file, n_jobs=2, out=folder / "runs").trials
        assert trial.scores == pytest.approx([fold[scoring] for fold in by_hand], rel=1e-5)
        for found, fold in zip(trial.results, by_hand, strict=True):
            assert found.history["loss"] == pytest.approx(fold["loss"], rel=1e-5)


# The user's own builders


def test_a_functional_model_that_is_not_compiled_trains(search):
    result = search("functional", {"neurons": {"neurons": [3, 6]}, "dropout": {"dropout_rate": [0.2]}}, dataset="iris")
    assert statuses(result) == ["complete", "complete"]


def test_a_model_without_an_input_layer_trains(search):
    result = search("unbuilt", {"neurons": {"neurons": [3, 6]}})
    assert (statuses(result), reasons(result)) == (["complete", "complete"], [])


def test_a_model_compiled_with_its_own_optimizer_keeps_it(search):
    result = search("own_optimizer", {"model": {"rate": [1e-12, 0.01]}})
    still, moving = ([found.history["loss"] for found in trial.results] for trial in result.trials)
    assert all(losses[0] == pytest.approx(losses[1], rel=1e-6) for losses in still)
    assert all(losses[0] != pytest.approx(losses[1], rel=1e-6) for losses in moving)


def test_categorical_crossentropy_trains_on_more_than_two_classes(search):
    result = search("categorical", {"neurons": {"neurons": [3]}, "training": {"epochs": [2, 3]}}, dataset="iris")
    assert (statuses(result), reasons(result)) == (["complete", "complete"], [])


def test_categorical_crossentropy_trains_on_two_classes(search):
    result = search("categorical", {"neurons": {"neurons": [3, 6]}}, scoring="neg_log_loss")
    assert (statuses(result), reasons(result)) == (["complete", "complete"], [])


def test_options_of_a_subclassed_model_can_be_searched(search):
    result = search("subclassed", {"model": {"units": [2, 5]}})
    assert (statuses(result), reasons(result)) == (["complete", "complete"], [])


def test_training_settings_can_be_searched(search):
    result = search("mlp", {"training": {"batch_size": [8, 40], "learning_rate": [0.001, 0.1]}})
    assert statuses(result) == ["complete"] * 4
    assert [trial.params for trial in result.trials][1] == {"batch_size": 8, "learning_rate": 0.1}
    assert len({trial.mean for trial in result.trials}) > 1
    assert {len(found.history["loss"]) for trial in result.trials for found in trial.results} == {2}


# Failures of one trial


def test_a_learning_rate_that_explodes_fails_its_trial_alone(search):
    result = search("mlp", {"training": {"learning_rate": [0.001, 1e30]}}, dataset={"name": "diabetes", "sample": 60})
    assert statuses(result) == ["complete", "failed"]
    assert all("NotFinite" in reason for reason in reasons(result))
    assert result.best is result.trials[0]


def test_a_network_that_divides_by_zero_fails_its_trial_alone(search):
    result = search("divides", {"model": {"by": [0.0, 1.0]}})
    assert statuses(result) == ["failed", "complete"]
    assert all("the training loss became nan in epoch 1" in reason for reason in reasons(result))


def test_a_builder_that_raises_for_one_value_fails_that_trial_alone(search):
    result = search("picky", {"model": {"units": [5, 13]}})
    assert statuses(result) == ["complete", "failed"]
    assert reasons(result) == ["ValueError: 13 units bring bad luck"] * 2
    assert "in picky" in result.trials[1].failures[0][1].traceback


# What does not depend on how it is run

PARENT = """
import json, sys
import gridloom

result = gridloom.run(sys.argv[1], n_jobs=1, out=sys.argv[2])
heavy = [name for name in ("tensorflow", "keras", "scikeras", "jax") if name in sys.modules]
print(json.dumps({"best": result.best.mean, "heavy": heavy}))
"""


@pytest.fixture(scope="module")
def alone(folder):
    """A search run by a script with a single worker: what it says, and its table."""
    file = write(
        folder,
        "anyhow",
        {"name": "mlp", "hidden": [4]},
        {"dropout": {"dropout_rate": [0.0, 0.5], "weight_constraint": [1]}},
    )
    done = subprocess.run(
        [sys.executable, "-c", PARENT, str(file), str(folder / "alone")],
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    table = (folder / "alone" / "anyhow" / "results.csv").read_bytes()
    return SimpleNamespace(file=file, told=json.loads(done.stdout), stderr=done.stderr, table=table)


def test_the_parent_process_never_imports_keras(alone):
    assert alone.told["heavy"] == []


def test_a_run_from_python_prints_nothing_of_tensorflow(alone):
    assert alone.stderr == ""


def test_one_worker_and_two_give_the_same_table_byte_for_byte(alone, folder):
    gridloom.run(alone.file, n_jobs=2, out=folder / "two")
    assert (folder / "two" / "anyhow" / "results.csv").read_bytes() == alone.table
    assert alone.table.count(b"complete") == 2


# What stops the run, since no fit of it could be right


def test_a_family_that_finds_nothing_to_change_stops_the_run_at_once(folder, gridloom_command):
    file = write(folder, "nothing-to-change", {"name": "mlp", "hidden": []}, {"neurons": "default"})
    done = gridloom_command("run", file, "--n-jobs", 2, "--out", folder / "runs")
    assert done.returncode == 2
    assert "family 'neurons' changed nothing in the network of 'mlp'" in done.stderr
    assert "0 hidden layer(s)" in done.stderr
    assert "Traceback" not in done.stderr


def test_a_dropout_family_that_finds_no_hidden_layer_stops_the_run(search):
    with pytest.raises(gridloom.StopRun, match="family 'dropout' changed nothing"):
        search({"name": "mlp", "hidden": []}, {"dropout": "default"}, n_jobs=1)


def test_families_refuse_a_subclassed_model_and_name_the_way(search):
    with pytest.raises(gridloom.StopRun, match=r"'subclassed'.*subclass of keras\.Model.*builder's own options under"):
        search("subclassed", {"neurons": {"neurons": [2, 5]}}, n_jobs=1)


def test_a_builder_that_returns_no_model_stops_the_run(search):
    with pytest.raises(gridloom.StopRun, match=r"'no_model' returned str, not a keras\.Model"):
        search("no_model", {"model": {"units": [1, 2]}}, n_jobs=1)
