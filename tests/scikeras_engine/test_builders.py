"""The user's own builders train with the engine `scikeras`, however their models are made and compiled."""

from __future__ import annotations

import runpy

import numpy as np
import pytest

import gridloom
from gridloom.models.export import export_format, read_export
from gridloom.models.places import find_model
from gridloom.training.pool import Workers
from gridloom_plugins.exports.networks import ENVIRONMENT
from scikeras_engine.searches import reasons, statuses

pytestmark = pytest.mark.slow


def test_a_functional_model_that_is_not_compiled_trains(search):
    result = search("functional", {"neurons": {"neurons": [3, 6]}, "dropout": {"dropout_rate": [0.2]}}, dataset="iris")
    assert statuses(result) == ["complete", "complete"]


def test_layers_with_weights_that_families_insert_train(search):
    space = {
        "depth": {"depth": [2]},
        "batch_norm": {"position": ["before"]},
        "regularization": {"l2": [0.01]},
        "batch": {"batch_size": [20], "epochs": [3]},
        "optimizer": {"optimizer": ["sgd"]},
    }
    result = search({"name": "mlp", "hidden": [4]}, space)
    assert (statuses(result), reasons(result)) == (["complete"], [])
    assert [found.epochs for found in result.best.results] == [3, 3]


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


def test_a_subclassed_model_that_only_says_that_it_is_built_trains(search):
    result = search("subclassed", {"model": {"built": [True, False]}})
    assert (statuses(result), reasons(result)) == (["complete", "complete"], [])


def test_training_settings_can_be_searched(search):
    result = search("mlp", {"training": {"batch_size": [8, 40], "learning_rate": [0.001, 0.1]}})
    assert statuses(result) == ["complete"] * 4
    assert [trial.params for trial in result.trials][1] == {"batch_size": 8, "learning_rate": 0.1}
    assert len({trial.mean for trial in result.trials}) > 1
    assert {len(found.history["loss"]) for trial in result.trials for found in trial.results} == {2}


def beside(run, script, X):
    """In a worker, which has TensorFlow: what a kept model predicts, and what an exported one does."""
    names = runpy.run_path(str(script))
    return gridloom.load(run).predict_proba(X), names["predict"](names["load"](script.parent), X)


def test_a_kept_network_is_exported_as_onnx_and_as_saved_model(search, tmp_path):
    result = search("functional", {"model": {"units": [3]}}, dataset="iris", refit=True)
    X = np.random.default_rng(0).normal(3, 1, (7, 4))
    export = read_export(find_model(result.folder))
    for form in ("onnx", "savedmodel"):
        export_format(export, form, tmp_path / form)
    workers = Workers(1, ENVIRONMENT, export.engine.max_growth)
    for form in ("onnx", "savedmodel"):
        kept, exported = workers.alone(beside, result.folder.resolve(), tmp_path / form / "predict.py", X)
        np.testing.assert_allclose(exported, kept, atol=1e-5)
    assert kept.shape == (7, 3)
