"""Weights of rows: scikit-learn estimators are fitted with them, or the run is refused."""

from __future__ import annotations

import json

import numpy as np
import pytest
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import KFold
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

PLUGIN = '''
import numpy as np
import gridloom


def load(weighted: bool = True):
    """Two thirds of the labels are the wrong way round, and weigh nothing."""
    X = np.random.default_rng(0).normal(size=(150, 4))
    y = (X[:, 0] > 0).astype(int)
    noisy = np.arange(150) % 3 > 0
    y[noisy] = 1 - y[noisy]
    return gridloom.Data(X, y, classes=("no", "yes"), weights=(~noisy).astype(float) if weighted else None)


def build(task, kind: str = "plain"):
    from sklearn.linear_model import LogisticRegression
    from sklearn.neighbors import KNeighborsClassifier
    from sklearn.pipeline import make_pipeline
    from sklearn.preprocessing import StandardScaler

    model = LogisticRegression()
    return {
        "plain": model,
        "pipeline": make_pipeline(StandardScaler(), make_pipeline(StandardScaler(), model)),
        "neighbours": make_pipeline(StandardScaler(), KNeighborsClassifier()),
    }[kind]


def train(work):
    return []


@gridloom.hookimpl
def gridloom_datasets():
    yield gridloom.Dataset("weighted", "Noisy labels weigh nothing.", load)


@gridloom.hookimpl
def gridloom_model_builders():
    yield gridloom.ModelBuilder("weighing", "An estimator.", build, makes="estimator")


@gridloom.hookimpl
def gridloom_engines():
    yield gridloom.Engine("alike", "Weighs nothing.", train, trains="estimator", preference=PREFERENCE)
'''
CHANGES = {
    "dataset": "weighted",
    "model": "weighing",
    "search": {"space": {"model": {"kind": ["plain", "pipeline"]}}},
    "validation": {"method": "kfold", "folds": 3, "shuffle": False},
    "reporters": ["json"],
}


@pytest.fixture
def run(gridloom, write, tmp_path):
    """Run the experiment with these changes; the other engine is preferred by `engine: auto` or not."""

    def run(preference=-1, **changes):
        (tmp_path / "weighing.py").write_text(PLUGIN.replace("PREFERENCE", str(preference)))
        write(**CHANGES | changes)
        return gridloom("run", "small.yaml", "-p", "weighing.py", "--fresh")

    return run


def expected(*, weighted):
    """The accuracies on three folds of a model that scikit-learn trains, and of the same in a pipeline."""
    X = np.random.default_rng(0).normal(size=(150, 4))
    noisy = np.arange(150) % 3 > 0
    y = np.where(noisy, X[:, 0] <= 0, X[:, 0] > 0).astype(int)
    weights = np.where(noisy, 0.0, 1.0) if weighted else np.ones(150)
    plain, scaled = [], []
    for train, test in KFold(3).split(X):
        model = LogisticRegression().fit(X[train], y[train], sample_weight=weights[train])
        plain.append(model.score(X[test], y[test]))
        pipe = make_pipeline(StandardScaler(), StandardScaler(), LogisticRegression())
        pipe.fit(X[train], y[train], logisticregression__sample_weight=weights[train])
        scaled.append(pipe.score(X[test], y[test]))
    return [plain, scaled]


@pytest.mark.parametrize("weighted", [True, False])
def test_estimators_and_pipelines_are_fitted_with_the_weights(run, tmp_path, weighted):
    done = run(dataset={"name": "weighted", "weighted": weighted})
    assert done.returncode == 0, done.stderr
    trials = json.loads((tmp_path / "runs" / "small" / "results.json").read_text())["trials"]
    found = [[fit["scores"]["accuracy"] for fit in trial["fits"]] for trial in trials]
    assert np.allclose(found, expected(weighted=weighted))
    assert bool(np.mean(found) < 0.4) is weighted


def test_an_estimator_that_takes_no_weights_is_refused(run):
    done = run(search={"space": {"model": {"kind": ["neighbours"]}}})
    assert done.returncode == 2
    assert "KNeighborsClassifier (of the builder 'weighing') does not accept weights" in done.stderr
    assert "Traceback" not in done.stderr


def test_an_engine_that_does_not_weigh_is_refused_before_a_fit(run, tmp_path):
    done = run(engine="alike")
    assert done.returncode == 2
    assert "small.yaml:" in done.stderr
    assert "the engine 'alike' does not support row weights, but the data of 'weighted' have them" in done.stderr
    assert not (tmp_path / "runs" / "small" / "journal.sqlite").exists()


def test_auto_goes_on_to_an_engine_that_weighs(run):
    done = run(preference=9, reporters=["console"])
    assert done.returncode == 0, done.stderr
    assert "engine sklearn" in done.stdout
    assert "alike cannot: the engine 'alike' does not support row weights" in done.stdout
