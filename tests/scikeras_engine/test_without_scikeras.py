"""Where SciKeras does not fit the packages that are installed, the engine trains by plain Keras, with equal scores, and says so."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import zipfile

import h5py
import pytest
from scikeras.wrappers import BaseWrapper

from gridloom_plugins.networks import through_scikeras
from gridloom_plugins.networks.fitting import by_keras
from scikeras_engine.searches import write

pytestmark = pytest.mark.slow

BROKEN = "raise ImportError('cannot import name _BaseNewer')"
"""A module `scikeras.wrappers` that does not fit the scikit-learn that is installed."""

SCRIPT = """
import json, sys
import gridloom
if __name__ == "__main__":
    result = gridloom.run(sys.argv[1], n_jobs=1, out=sys.argv[2])
    found = [[dict(one.scores), dict(one.history), one.error] for trial in result.trials for one in trial.results]
    again = gridloom.run(sys.argv[1], n_jobs=1, out=sys.argv[2])
    print(json.dumps([found, result.engine, result.engine_reason, again.engine_reason, str(result.folder)]))
"""


def run_with(file, folder, first=()):
    """What a run of the file gives, and what is shown, with these folders before others that modules are in."""
    done = subprocess.run(
        [sys.executable, "-c", SCRIPT, str(file), str(folder / "runs")],
        env=os.environ | {"PYTHONPATH": os.pathsep.join([*map(str, first), os.environ.get("PYTHONPATH", "")])},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr[-3000:]
    return json.loads(done.stdout.splitlines()[-1]), done.stderr


def weights_in(folder):
    """The weights of the network that a run has kept, by their places in it."""
    found = {}

    def note(name, item):
        if name.startswith("layers/") and isinstance(item, h5py.Dataset):
            found[name] = item[()].tolist()

    with zipfile.ZipFile(f"{folder}/model/model.keras") as file, h5py.File(file.open("model.weights.h5")) as weights:
        weights.visititems(note)
    return found


TOLD = "so networks are trained by plain Keras on TensorFlow, with equal results"


def test_plain_keras_serves_instead(tmp_path):
    """In a search that draws at random, stops early, and trains some fits as one."""
    experiment = write(
        tmp_path,
        "small",
        {"name": "mlp", "hidden": [4]},
        {"dropout": {"dropout_rate": [0.0, 0.3]}, "training": {"epochs": [1, 3]}},
        training={
            "epochs": 3,
            "batch_size": 16,
            "validation": 0.2,
            "callbacks": [{"name": "early_stopping", "restore_best_weights": True}],
        },
        dataset={"name": "breast_cancer", "sample": 80},
        refit=True,
    )
    package = tmp_path / "first" / "scikeras"
    package.mkdir(parents=True)
    (package / "__init__.py").touch()
    (package / "wrappers.py").write_text(BROKEN)
    through, quiet = run_with(experiment, tmp_path / "with")
    without, loud = run_with(experiment, tmp_path / "without", [package.parent])
    assert "SciKeras" not in f"{through[2]}{quiet}"
    assert without[0] == through[0]
    assert without[1] == through[1] == "scikeras"
    for told in (without[2], without[3], loud):
        assert "does not work with the packages installed (ImportError: cannot import name _BaseNewer)" in told
        assert TOLD in told
    assert weights_in(without[4]) == weights_in(through[4]) != {}


def lacks(self, *given, **named):
    raise AttributeError("no such method in this scikit-learn")


def passes_nothing_on(self, X, y, sample_weight, **more):
    self.model_.fit(X, y)


@pytest.mark.parametrize(
    ("name", "method", "reason"),
    [
        ("_validate_data", lacks, "AttributeError: no such method in this scikit-learn"),
        ("_fit_keras_model", None, "AttributeError: 'super' object has no attribute '_fit_keras_model'"),
        ("_fit_keras_model", passes_nothing_on, "DoesOtherwise: it calls Keras's fit with x"),
    ],
)
def test_what_does_not_fit_is_found_out_before_anything_is_trained(name, method, reason, monkeypatch):
    if method:
        monkeypatch.setattr(BaseWrapper, name, method)
    else:
        monkeypatch.delattr(BaseWrapper, name)
    way, told = through_scikeras.way.__wrapped__()
    assert way is by_keras
    assert f"does not work with the packages installed ({reason}" in told
    assert TOLD in told


def test_what_fits_is_used():
    way, told = through_scikeras.way.__wrapped__()
    assert way is not by_keras
    assert told == ""
