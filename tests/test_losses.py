"""Both engines train every loss on the targets that it takes, and refuse outputs that do not suit the target alike."""

from __future__ import annotations

import pytest
import yaml

import gridloom

pytestmark = pytest.mark.slow

BUILDER = '''
import gridloom


def load():
    """Classes that lie apart."""
    import numpy as np

    y = np.arange(60) % 3
    X = np.random.default_rng(0).normal(0, 0.4, (60, 4)) + 3 * np.eye(4)[y]
    return gridloom.Data(X, y, classes=("a", "b", "c"))


def one_hot_focal(y_true, y_pred):
    import keras

    y_pred = keras.ops.clip(y_pred, 1e-6, 1.0)
    return -keras.ops.sum(y_true * (1 - y_pred) ** 2 * keras.ops.log(y_pred), axis=-1)


def label_focal(y_true, y_pred):
    import keras

    labels = keras.ops.cast(keras.ops.reshape(y_true, (-1,)), "int32")
    return one_hot_focal(keras.ops.one_hot(labels, y_pred.shape[-1]), y_pred)


def build(task, case: str = "mse"):
    """A loss, or a loss and the number of outputs, or "steps" for an output of several steps."""
    import keras

    loss, _, outputs = case.partition(" ")
    layers = [keras.layers.Reshape((4, 1))] if outputs == "steps" else []
    last = keras.layers.Dense(3 if outputs in ("", "steps") else int(outputs), "softmax")
    model = keras.Sequential([keras.Input(task.input_shape), *layers, last])
    own = {"one_hot_focal": one_hot_focal, "label_focal": label_focal}
    model.compile(keras.optimizers.Adam(0.05), own.get(loss, loss))
    return model


@gridloom.hookimpl
def gridloom_datasets():
    yield gridloom.Dataset("apart", "Classes that lie apart.", load)


@gridloom.hookimpl
def gridloom_model_builders():
    yield gridloom.ModelBuilder("last", "One layer.", build)
'''


@pytest.fixture(scope="module", params=["fused", "scikeras"])
def search(request, tmp_path_factory):
    """Search cases with an engine: their mean scores, or the errors."""
    folder = tmp_path_factory.mktemp(request.param)
    (folder / "own.py").write_text(BUILDER)

    def search(cases, **training):
        experiment = {
            "name": "losses",
            "dataset": "apart",
            "model": "last",
            "training": {"epochs": 12, "batch_size": 8, **training},
            "search": {"space": {"model": {"case": cases}}},
            "validation": {"method": "stratified_kfold", "folds": 2},
            "engine": request.param,
            "reporters": [],
        }
        (folder / "losses.yaml").write_text(yaml.safe_dump(experiment))
        plugins = [str(folder / "own.py")]
        result = gridloom.run(folder / "losses.yaml", n_jobs=1, out=folder / "runs", plugins=plugins, fresh=True)
        return {
            trial.params["case"]: trial.failures[0][1].error if trial.failures else trial.mean
            for trial in result.trials
        }

    return search


@pytest.fixture(scope="module")
def found(search):
    """What came of all kinds of cases without a setting."""
    return search([*LEARN, *COUNTS, "mse steps", "label_focal"])


LEARN = ["sparse_categorical_crossentropy", "categorical_focal_crossentropy", "kl_divergence", "hinge"]
COUNTS = {"mse 1": "1 output", "mse 2": "2 outputs", "mse 5": "5 outputs"}


def test_losses_learn_from_the_targets_that_they_take(found):
    assert min(found[loss] for loss in LEARN) > 0.95


def test_outputs_that_do_not_suit_the_target_fail_their_candidates_alone(found):
    assert {case: found[case] for case in COUNTS} == {
        case: f"ValueError: the network has {count}, but there are 3 classes, so it should have 3"
        for case, count in COUNTS.items()
    }
    shape = "ValueError: the network's output has shape (4, 3) a row, but the target is one of 3 classes"
    assert found["mse steps"].startswith(shape)


def test_a_loss_of_ones_own_learns_from_the_targets_that_it_is_said_to_take(search, found):
    assert found["label_focal"].startswith("ValueError: the loss 'label_focal' is not part of Keras")
    assert search(["label_focal"], targets="labels")["label_focal"] > 0.95
