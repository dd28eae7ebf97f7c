"""Runs that validate by groups, in time, by folds of the data and by single rows, from the command line to the report."""

from __future__ import annotations

import json

import numpy as np
import pytest
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import LeaveOneOut, PredefinedSplit, cross_val_score
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

pytestmark = pytest.mark.slow
PLUGIN = """
import gridloom, numpy as np
from gridloom import Data, Dataset

def load(groups: bool = False, order: bool = False, folds: bool = False, numbers: bool = False):
    rng = np.random.default_rng(1)
    X = rng.normal(size=(24, 2))
    y = (X[:, 0] + rng.normal(size=24) > 0).astype(int)
    beside = {}
    if groups: beside["groups"] = np.repeat(np.arange(8), 3)
    if order: beside["order"] = rng.permutation(24)
    if folds: beside["folds"] = np.arange(24) % 4 - 1
    if numbers: return Data(X, X[:, 0] * 2.0, **beside)
    return Data(X, y, classes=("0", "1"), **beside)

@gridloom.hookimpl
def gridloom_datasets():
    yield Dataset("tiny", "24 rows.", load)
"""
GRID = {"strategy": "grid", "space": {"model": {"C": [0.01, 1.0]}}}
MODEL = make_pipeline(StandardScaler(), LogisticRegression(max_iter=1000))


@pytest.fixture
def tiny(tmp_path):
    """The plugin, and its 24 rows."""
    (tmp_path / "tiny.py").write_text(PLUGIN)
    space = {}
    exec(PLUGIN, space)
    return space["load"]


def run(gridloom, write, validation, *more, dataset="tiny", **changes):
    file = write(dataset=dataset, search=GRID, validation=validation, **changes)
    return gridloom("run", file, "-p", "tiny.py", *more)


def results(tmp_path):
    return json.loads((tmp_path / "runs" / "small" / "results.json").read_text("utf-8"))


def test_every_row_is_left_out_as_by_scikit_learn_and_the_run_is_shown_without_its_data(
    gridloom, write, tiny, tmp_path
):
    done = run(gridloom, write, "leave_one_out", reporters=["console", "json"])
    assert done.returncode == 0, done.stderr
    assert "2 candidates x 24 splits x 1 seed(s) = 48 fits" in done.stdout
    data = tiny()
    for trial, C in zip(results(tmp_path)["trials"], GRID["space"]["model"]["C"], strict=True):
        model = MODEL.set_params(logisticregression__C=C)
        theirs = cross_val_score(model, data.X, data.y, cv=LeaveOneOut())
        assert [fit["scores"]["accuracy"] for fit in trial["fits"]] == theirs.tolist()
    again = run(gridloom, write, "leave_one_out", reporters=["console", "json"])
    assert "48 from the journal" in again.stdout
    assert gridloom("show", "small", "-p", "tiny.py").stdout.splitlines()[1:] == again.stdout.splitlines()[2:-1]


def test_single_rows_say_nothing_of_new_data(gridloom, write, tiny):
    done = run(gridloom, write, "leave_one_out")
    assert (
        "No verdict on the 2 candidates: tests of single rows do not show how scores "
        "vary with the training rows.\nSet validation.seeds: 20 to compare across seeds, if seeds change the scores.\n"
    ) in done.stdout


@pytest.mark.parametrize(
    ("scoring", "others"),
    [
        ("roc_auc", "accuracy, neg_log_loss and neg_brier_score"),
        ("f1", "accuracy, neg_log_loss and neg_brier_score"),
        ("r2", "neg_mean_absolute_error and neg_mean_squared_error"),
        ("neg_root_mean_squared_error", "neg_mean_absolute_error and neg_mean_squared_error"),
    ],
)
def test_scores_that_are_no_means_over_rows_are_refused_before_training(
    gridloom, write, tiny, scoring, others, tmp_path
):
    numbers = {"name": "tiny", "numbers": "r2" in scoring or "neg" in scoring}
    done = run(gridloom, write, "leave_one_out", dataset=numbers, scoring=scoring)
    assert done.returncode == 2
    assert f"'{scoring}' cannot score a single test row: " in done.stderr
    assert others in done.stderr
    assert not (tmp_path / "runs").exists()


def test_folds_that_the_data_bring_are_nested_as_well(gridloom, write, tiny, tmp_path):
    dataset = {"name": "tiny", "folds": True}
    done = run(
        gridloom,
        write,
        {"method": "predefined", "nested": {}},
        dataset=dataset,
        reporters=["console", "json"],
    )
    assert done.returncode == 0, done.stderr
    assert "2 candidates x 3 splits x 1 seed(s), and that in 3 outer folds, = 21 fits" in done.stdout
    assert "21/21 fits" in done.stdout
    data = tiny(folds=True)
    found = [[fit["scores"]["accuracy"] for fit in trial["fits"]] for trial in results(tmp_path)["trials"]]
    cv = PredefinedSplit(data.folds)
    assert found == [
        cross_val_score(MODEL.set_params(logisticregression__C=C), data.X, data.y, cv=cv).tolist() for C in (0.01, 1.0)
    ]
    assert len(results(tmp_path)["nested"]["folds"]) == 3


def test_a_run_warns_once_of_groups_that_its_folds_part(gridloom, write, tiny):
    grouped = {"name": "tiny", "groups": True}
    done = run(gridloom, write, {"method": "kfold", "folds": 2}, dataset=grouped)
    assert done.stdout.count("'method: group_kfold' keeps groups together") == 1
    kept = run(gridloom, write, {"method": "group_kfold", "folds": 2}, "--fresh", dataset=grouped)
    assert "keeps groups together" not in kept.stdout
    assert kept.returncode == 0, kept.stderr


def test_folds_in_time_have_no_interval_on_new_data(gridloom, write, tiny, tmp_path):
    changes = {"dataset": {"name": "tiny", "order": True}, "reporters": ["console", "json"]}
    done = run(gridloom, write, {"method": "time_series", "folds": 2, "seeds": 2}, **changes)
    assert done.returncode == 0, done.stderr
    assert results(tmp_path)["summary"]["new_data"] is None
    assert (
        "the folds of time_series train on ever more rows, for which no interval on new data is known, and seeds change "
        "no score"
    ) in done.stdout


@pytest.mark.parametrize(
    ("method", "told", "fits"),
    [
        ("leave_one_out", "as many folds as there are rows", "3 x as many folds as there are rows x 1"),
        ("predefined", "as many folds as the data have", "3 x as many folds as the data have x 1"),
    ],
)
def test_check_says_what_only_the_data_tell(gridloom, write, method, told, fits):
    lines = gridloom("check", write(validation={"method": method, "nested": {}})).stdout.splitlines()
    assert f"  validation  {method}, {told}, 1 seed(s) each" in lines
    assert f"  fits        {fits}" in lines
    assert "  nested      the same in each of these, on the remaining folds" in lines


def test_data_without_groups_are_refused_with_the_place_and_the_line_to_write(gridloom, write, tiny, tmp_path):
    done = run(gridloom, write, {"method": "group_kfold", "folds": 2})
    assert done.returncode == 2
    assert (
        "small.yaml:12:3: group_kfold needs groups, which these data do not have; write 'groups: COLUMN'" in done.stderr
    )
    assert not (tmp_path / "runs").exists()


def test_the_order_of_rows_decides_what_is_later():
    from gridloom import Data
    from gridloom.experiment.splits import Validation

    data = Data(np.zeros((6, 1)), np.arange(6.0), order=np.arange(6)[::-1])
    first, _ = Validation("time_series", {"folds": 2}).materialise(data, 0)
    assert (first.train.tolist(), first.test.tolist()) == ([5, 4], [3, 2])
