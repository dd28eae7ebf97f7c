"""All families together, trained on JAX and on TensorFlow in workers of their own: what is in the model that is kept."""

from __future__ import annotations

import json
import zipfile

import pytest

SPACE = {
    "model": {"filters": [2]},
    "label_smoothing": {"label_smoothing": [0.2]},
    "dropout": {"dropout_rate": [0.25], "weight_constraint": [2]},
    "l1_l2": {"l1": [0.0], "l2": [0.0, 100.0]},
    "batch_norm": {"position": ["before"], "momentum": [0.8]},
}


@pytest.fixture(scope="module", params=["fused", "scikeras"])
def trained(request, tmp_path_factory):
    """The result of a search over a convolutional network, by this engine."""
    from gridloom.testing import run_tiny

    return run_tiny(
        tmp_path_factory.mktemp(request.param),
        dataset={"name": "shapes", "rows": 24},
        model={"name": "conv_net", "dense": 4},
        training={"epochs": 2},
        search={"space": SPACE},
        engine=request.param,
        refit=True,
    )


@pytest.fixture
def kept(trained):
    """The config of the model that was kept: a .keras file is a zip with a JSON."""
    with zipfile.ZipFile(trained.folder / "model" / "model.keras") as file:
        return json.loads(file.read("config.json"))


def test_every_candidate_is_trained(trained):
    assert trained.is_complete
    assert trained.failed == []


def test_the_penalty_is_in_the_loss(trained):
    free, penalized = (trial.results[0].history["loss"][0] for trial in trained.trials)
    assert penalized > 20 * free


def test_normalization_activation_and_dropout_are_in_their_places(kept):
    layers = [layer["class_name"] for layer in kept["config"]["layers"] if layer["class_name"] != "InputLayer"]
    block = ["BatchNormalization", "Activation", "Dropout"]
    convolution = ["Conv2D", *block, "MaxPooling2D"]
    assert layers == [*convolution, *convolution, "Flatten", "Dense", *block, "Dense"]


def test_the_settings_of_every_family_are_in_the_model(kept, trained):
    found = {}
    for layer in kept["config"]["layers"]:
        found.setdefault(layer["class_name"], layer["config"])
    assert found["BatchNormalization"]["momentum"] == 0.8
    assert found["Dropout"]["rate"] == 0.25
    assert found["Activation"]["activation"] == "relu"
    convolution = found["Conv2D"]
    assert (convolution["activation"], convolution["filters"]) == ("linear", 2)
    assert convolution["kernel_regularizer"]["config"]["l2"] == trained.best.params["l2"]
    assert convolution["kernel_constraint"]["config"]["max_value"] == 2
    loss = kept["compile_config"]["loss"]
    assert (loss["class_name"], loss["config"]["label_smoothing"]) == ("CategoricalCrossentropy", 0.2)
