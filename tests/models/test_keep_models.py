"""`--keep-models`: the model of every fit, beside scores that do not depend on it."""

from __future__ import annotations

import json
import shutil
import sqlite3

import numpy as np
import pytest

import gridloom as public
from gridloom.core.trials import Fit
from gridloom.experiment.bind import read_experiment
from gridloom.registry.registry import load_registry
from gridloom.runs.kept_models import folder_name
from gridloom.training.pool import Workers

from . import mixed
from .conftest import MIXED

NAMES = [f"candidate-{number}_repeat-0_fold-{fold}_seed-0" for number in range(2) for fold in range(2)]
FITS = {"validation": {"method": "stratified_kfold", "folds": 2}, "refit": None, "reporters": ["json"]}


def scores_in(run):
    content = json.loads((run / "results.json").read_text("utf-8"))
    return {
        folder_name(trial["number"], Fit(None, fit["repeat"], fit["fold"], fit["replica"])): (
            fit["scores"],
            fit["fold"],
        )
        for trial in content["trials"]
        for fit in trial["fits"]
    }


def accuracies(run, data, tested):
    """The accuracy of each model of a run on the rows that are named for it."""
    names = np.asarray(data.classes, dtype=object)
    return {
        name: float(np.mean(public.load(run / "models" / name).predict(data.X[rows]) == names[data.y[rows]]))
        for name, rows in tested.items()
    }


def assert_scores_are_those_of_the_models(run, experiment):
    """Each model of a run, on the rows that test it, has the accuracy that the run tells; workers load it, as they have Keras."""
    data, engine = experiment.load_data(), experiment.engine.record
    splits = {split.fold: split for split in experiment.materialise(data)}
    told = scores_in(run)
    tested = {name: splits[fold].test for name, (_, fold) in told.items()}
    found = Workers(1, engine.environment({}), engine.max_growth).alone(accuracies, run.resolve(), data, tested)
    assert found == pytest.approx({name: scores["accuracy"] for name, (scores, _) in told.items()}, abs=1e-12)


def models_in(run):
    return sorted(path.name for path in (run / "models").iterdir())


def weights_in(run):
    return {name: public.load(run / "models" / name).model[-1].coef_.tolist() for name in models_in(run)}


@pytest.fixture
def without_texts(write, tmp_path):
    shutil.copy(mixed.__file__, tmp_path / "mixed.py")
    dataset = {"name": "mixed", "texts": False}
    return write(**MIXED | FITS | {"dataset": dataset, "preprocess": ["impute", "one_hot", "standardize"]})


def test_the_model_of_every_fit_is_kept_and_no_score_depends_on_it(gridloom, without_texts, tmp_path):
    run = tmp_path / "runs" / "small"
    assert gridloom("run", without_texts, "-p", "mixed.py").returncode == 0
    plain = scores_in(run)
    again = gridloom("run", without_texts, "-p", "mixed.py", "--keep-models")
    assert "4 fits have no model, trained without --keep-models; --fresh trains all fits again" in again.stderr
    done = gridloom("run", without_texts, "-p", "mixed.py", "--keep-models", "--fresh")
    assert done.returncode == 0, done.stderr
    said = "4 models of fits are in runs/small/models (0."
    assert f"gridloom: small: {said}" in done.stderr
    assert said in gridloom("show", "small", "-p", "mixed.py").stdout
    assert scores_in(run) == plain
    assert models_in(run) == NAMES
    registry = load_registry([str(tmp_path / "mixed.py")])
    assert_scores_are_those_of_the_models(run, read_experiment(without_texts, registry))
    card = public.load(run / "models" / NAMES[3]).card
    assert card["place"] == {"repeat": 0, "fold": 1, "seed": 0, "outer": None, "budget": {}, "tested_rows": 45}
    assert (card["parameters"], card["data"]["rows"], card["scores"]["accuracy"]["mean"]) == (
        {"C": 1.0},
        45,
        plain[NAMES[3]][0]["accuracy"],
    )


def test_a_fit_that_is_journaled_has_its_model_wherever_a_run_was_killed(gridloom, write, tmp_path):
    file = write(**FITS)
    run = tmp_path / "runs" / "small"
    assert gridloom("run", file, "--keep-models").returncode == 0
    models = weights_in(run)
    # killed after some models were written, and before their fits were journaled
    journal = sqlite3.connect(run / "journal.sqlite")
    journal.execute("DELETE FROM fits WHERE fold = 1")
    journal.commit()
    journal.close()
    (run / "models" / NAMES[1]).rename(run / "models" / ".0123.new")
    (run / "models" / NAMES[3] / "model.skops").write_bytes(b"of a fit that was not journaled")
    assert gridloom("run", file, "--keep-models").returncode == 0
    assert weights_in(run) == models


def test_models_that_cannot_be_written_are_told_and_scores_are_not_affected(gridloom, write, tmp_path):
    shutil.copy(mixed.__file__, tmp_path / "mixed.py")
    search = {"space": {"model": {"kind": ["plain", "lambda"]}}}
    done = gridloom("run", write(**FITS | {"model": "drawing", "search": search}), "-p", "mixed.py", "--keep-models")
    assert done.returncode == 4
    assert "2 fits have no model: model.skops contains gridloom_plugin_mixed_" in done.stderr
    assert ".<lambda>, a lambda or a local function or class, which cannot be loaded again" in done.stderr
    assert done.stderr.endswith("gridloom: small: not kept, see above: some models of fits\n")
    assert "their scores are not affected" in done.stderr
    assert len(scores_in(tmp_path / "runs" / "small")) == 4
    assert models_in(tmp_path / "runs" / "small") == NAMES[:2]


KEEPS_NONE = """
import gridloom

@gridloom.hookimpl
def gridloom_engines():
    yield gridloom.Engine("none", "Keeps none.", lambda work: (), trains="estimator")
"""


def test_an_engine_that_keeps_no_models_is_refused(gridloom, write, tmp_path):
    (tmp_path / "none.py").write_text(KEEPS_NONE)
    done = gridloom("run", write(engine="none"), "-p", "none.py", "--keep-models")
    assert done.returncode == 2
    assert "engine 'none' does not keep models; remove --keep-models" in done.stderr


def test_models_of_networks_that_were_trained_side_by_side_are_each_their_own(gridloom, write, registry, tmp_path):
    file = write(
        model={"name": "mlp", "hidden": [3]},
        preprocess=["standardize"],
        training={"epochs": 2},
        search={"space": {"training": {"learning_rate": [0.01, 0.1]}}},
        **FITS,
    )
    done = gridloom("run", file, "--keep-models")
    assert done.returncode == 0, done.stderr
    run = tmp_path / "runs" / "small"
    assert models_in(run) == NAMES
    assert_scores_are_those_of_the_models(run, read_experiment(file, registry))
