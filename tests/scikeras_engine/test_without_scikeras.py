"""Where SciKeras does not fit the packages that are installed, the engine trains by plain Keras, with equal scores, and says so."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import zipfile

import h5py
import pytest

from scikeras_engine.searches import write

pytestmark = pytest.mark.slow

REAL = """
import sys
from pathlib import Path

folder = next(place for place in map(Path, sys.path) if (place / "scikeras-0.13.0.dist-info").is_dir()) / "scikeras"
__path__ = [{own!r}, str(folder)]
"""
"""A package whose wrappers are another file than those of the one that is installed."""

WRAPPERS = """
import importlib.util
import scikeras

real = importlib.util.spec_from_file_location("scikeras.real", scikeras.__path__[1] + "/wrappers.py")
module = importlib.util.module_from_spec(real)
real.loader.exec_module(module)
BaseWrapper = module.BaseWrapper


def lacks(self, *given, **named):
    raise AttributeError("no such method in this scikit-learn")


def passes_nothing_on(self, X, y, sample_weight, **more):
    self.model_.fit(X, y)


"""

BROKEN = {
    "is not there": "raise ImportError('cannot import name _BaseNewer')",
    "lacks a method of scikit-learn's": f"{WRAPPERS}BaseWrapper._validate_data = lacks",
    "lacks a name of its own": f"{WRAPPERS}del BaseWrapper._fit_keras_model",
    "passes nothing on": f"{WRAPPERS}BaseWrapper._fit_keras_model = passes_nothing_on",
}

SCRIPT = """
import json, sys
import gridloom
if __name__ == "__main__":
    result = gridloom.run(sys.argv[1], n_jobs=1, out=sys.argv[2])
    found = [[dict(one.scores), dict(one.history), one.error] for trial in result.trials for one in trial.results]
    again = gridloom.run(sys.argv[1], n_jobs=1, out=sys.argv[2])
    print(json.dumps([found, result.engine, result.engine_reason, again.engine_reason, str(result.folder)]))
"""


def run_with(file, folder, scikeras):
    """What a run of the file gives, with this code in the place of SciKeras's wrappers."""
    path = [os.environ.get("PYTHONPATH", "")]
    folder.mkdir()
    if scikeras is not None:
        package = folder / "first" / "scikeras"
        package.mkdir(parents=True)
        (package / "wrappers.py").write_text(scikeras)
        (package / "__init__.py").write_text(REAL.format(own=str(package)))
        path.insert(0, str(package.parent))
    done = subprocess.run(
        [sys.executable, "-c", SCRIPT, str(file), str(folder / "runs")],
        env=os.environ | {"PYTHONPATH": os.pathsep.join(path)},
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


@pytest.fixture(scope="module")
def experiment(tmp_path_factory):
    """A search that draws at random, stops early, and trains some fits as one."""
    return write(
        tmp_path_factory.mktemp("without"),
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


@pytest.fixture(scope="module")
def with_scikeras(experiment, tmp_path_factory):
    """What comes of the search with the SciKeras that is installed."""
    found, shown = run_with(experiment, tmp_path_factory.mktemp("with") / "run", None)
    assert "SciKeras" not in f"{found[2]}{shown}"
    return found


@pytest.mark.parametrize("kind", BROKEN)
def test_plain_keras_serves_instead(kind, experiment, with_scikeras, tmp_path):
    found, shown = run_with(experiment, tmp_path / "run", BROKEN[kind])
    assert found[0] == with_scikeras[0]
    assert found[1] == "scikeras"
    for told in (found[2], found[3], shown):
        assert "does not work with the packages installed (" in told
        assert "so networks are trained by plain Keras on TensorFlow, with equal results" in told
    assert weights_in(found[4]) == weights_in(with_scikeras[4]) != {}
