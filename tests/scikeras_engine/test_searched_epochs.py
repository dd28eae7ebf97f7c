"""Fits that differ in their number of epochs alone are one training: with the results of each trained on its own."""

from __future__ import annotations

import numpy as np
import pytest
import yaml

import gridloom
from scikeras_engine.searches import BASE

pytestmark = pytest.mark.slow

PLUGIN = """
from pathlib import Path

import gridloom


class Noting:
    def __init__(self, file: str):
        self.file = file

    def after_epoch(self, epoch):
        with Path(self.file).open("a") as file:
            file.write(".")


def lasting(draft, epochs: int = 2, units: bool = False):
    draft.training["epochs"] = epochs
    if units:
        draft.layers[0]["units"] = epochs


@gridloom.hookimpl
def gridloom_callbacks():
    yield gridloom.Callback("noting", "Writes a dot for each epoch.", Noting)


@gridloom.hookimpl
def gridloom_families():
    yield gridloom.Family(
        "lasting",
        "How long a training lasts.",
        lasting,
        (gridloom.Parameter("epochs", gridloom.Choices(2)), gridloom.Parameter("units", gridloom.Choices(False))),
    )
"""

KEEPING = {
    "name": "early_stopping",
    "monitor": "loss",
    "restore_best_weights": True,
    "min_delta": 9,
    "start_from_epoch": 1,
    "patience": 2,
}
"""No epoch after the second one is better, so that the training ends with the fourth, and the model with the second."""

REDUCING = {"name": "reduce_lr_on_plateau", "monitor": "loss", "patience": 0, "min_delta": 1}


@pytest.fixture(scope="module")
def searched(folder):
    """Run a search of epochs: its trials by the epochs, and how many epochs were trained in all."""
    (folder / "lasting.py").write_text(PLUGIN)

    def run(name, space, callbacks=(), keep_models=False, **training):
        file, noted = folder / f"{name}.yaml", folder / f"{name}.txt"
        content = {
            "dataset": {"name": "breast_cancer", "sample": 60},
            "name": name,
            "model": {"name": "mlp", "hidden": [3], "dropout": 0.3},
            "search": {"space": space},
            "training": {
                "batch_size": 16,
                "callbacks": [*callbacks, {"name": "noting", "file": str(noted)}],
                **training,
            },
            "validation": {"method": "shuffle_split", "folds": 1},
            "scoring": "neg_log_loss",
        }
        file.write_text(yaml.safe_dump(BASE | content))
        noted.unlink(missing_ok=True)
        plugins = [str(folder / "lasting.py")]
        result = gridloom.run(file, n_jobs=1, out=folder / "runs", fresh=True, keep_models=keep_models, plugins=plugins)
        return {trial.params["epochs"]: trial for trial in result.trials}, len(noted.read_text())

    return run


def weights(folder, name, number):
    (kept,) = (folder / "runs" / name / "models").glob(f"candidate-{number}_*")
    return [value for layer in gridloom.load(kept).model.layers for value in layer.get_weights()]


def test_the_longest_is_trained_and_the_others_are_its_beginnings(searched, folder):
    every, how = (3, 6), {"callbacks": (KEEPING, REDUCING), "keep_models": True, "validation": 0.2}
    together, count = searched("kept", {"training": {"epochs": [*every]}}, **how)
    assert count == 4
    for number, epochs in enumerate(every):
        alone, _ = searched(f"kept-{epochs}", {"training": {"epochs": [epochs]}}, **how)
        ((one,), (other,)) = together[epochs].results, alone[epochs].results
        assert one.scores == other.scores
        assert one.history == other.history
        kept = weights(folder, "kept", number), weights(folder, f"kept-{epochs}", 0)
        for ours, theirs in zip(*kept, strict=True):
            np.testing.assert_array_equal(ours, theirs)


@pytest.mark.parametrize(
    ("name", "space", "callbacks", "count"),
    [
        ("wider", {"lasting": {"epochs": [2, 3], "units": [True]}}, (), 5),
        ("cosine", {"training": {"epochs": [2, 3]}}, ["lr_schedule"], 5),
    ],
)
def test_each_is_trained_on_its_own_where_more_than_the_number_of_epochs_differs(
    searched, name, space, callbacks, count
):
    assert searched(name, space, callbacks)[1] == count
