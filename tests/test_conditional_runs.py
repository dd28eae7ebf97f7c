"""Candidates that lack a parameter, from the draft of their network to the tables of their run."""

from __future__ import annotations

import csv
import json

import numpy as np
import pytest
from families.networks import dense, draft_of

import gridloom as library
from gridloom.core.work import Work
from gridloom.experiment.bind import read_experiment
from gridloom.testing.training import work_of

NETWORK = """\
dataset: {name: iris, sample: 20}
model: mlp
engine: fused
preprocess: [standardize]
training: {validation: 0.2, callbacks: [{name: early_stopping, patience: 7}]}
validation: {folds: 2}
search:
  space:
  - training: {optimizer: [sgd, adam], learning_rate: {values: [0.5], when: {optimizer: sgd}}}
    dropout: {dropout_rate: {values: [0.25], when: {optimizer: sgd}}}
    callbacks: {early_stopping: {patience: {values: [3], when: {optimizer: adam}}}}
  - regularization: {l2: 0.125}
    preprocess: {standardize: [robust, null]}
"""


@pytest.fixture
def work(tmp_path, registry) -> Work:
    """All fits of the experiment above."""
    (tmp_path / "network.yaml").write_text(NETWORK)
    return work_of(read_experiment(tmp_path / "network.yaml", registry))


def edited(work, fit):
    """A draft after the families of a fit, and one without."""
    drafts = [draft_of(dense("first", 12), dense("second", 6), dense("output", 1, "sigmoid", is_output=True)) for _ in range(2)]  # fmt: skip
    work.edit(drafts[0], fit)
    return drafts


def test_a_family_that_a_candidate_lacks_leaves_its_network_alone(work):
    sgd, adam, *ridge = [fit for fit in work.fits if fit.fold == 0]
    assert [fit.candidate.flat for fit in (sgd, adam)] == [
        {"optimizer": "sgd", "learning_rate": 0.5, "dropout_rate": 0.25},
        {"optimizer": "adam", "early_stopping.patience": 3},
    ]
    after, before = edited(work, adam)
    assert after.state == before.state
    after, before = edited(work, sgd)
    assert [layer.class_name for layer in after.layers] == ["Dense", "Dropout", "Dense", "Dropout", "Dense"]
    assert "kernel_regularizer" not in after.layers[0]
    for fit in ridge:
        after, before = edited(work, fit)
        assert [layer.class_name for layer in after.layers] == ["Dense"] * 3
        assert after.layers[0]["kernel_regularizer"]["config"]["l2"] == 0.125


def test_what_a_candidate_lacks_is_what_the_experiment_says(work):
    sgd, adam, robust, nothing = [fit for fit in work.fits if fit.fold == 0]
    patience = [work.callbacks(fit)[0]["patience"] for fit in (sgd, adam, robust, nothing)]
    assert patience == [7, 3, 7, 7]
    assert (work.training(sgd).learning_rate, work.training(adam).learning_rate) == (0.5, None)
    train, _ = work.rows(sgd)
    standardized, raw = work.features(sgd)[train], work.data.X[train]
    np.testing.assert_allclose(standardized.mean(axis=0), 0, atol=1e-6)
    np.testing.assert_array_equal(work.features(adam)[train], standardized)
    np.testing.assert_array_equal(work.features(nothing)[train], raw)
    assert not np.allclose(work.features(robust)[train], standardized)


SPACE = [{"model": {"C": [0.1, 1.0]}}, {"model": {"C": 10.0, "max_iter": {"low": 50, "high": 100, "step": 50}}}]
PUBLISHED = """parameters,score
"{""C"": 0.1}",0.9
"{""C"": 10.0, ""max_iter"": 50}",0.8
"""


def test_tables_have_no_value_where_a_candidate_lacks_a_parameter(write, gridloom, tmp_path):
    (tmp_path / "scores.csv").write_text(PUBLISHED)
    changes = {"search": {"space": SPACE}, "published": "scores.csv", "dataset": {"name": "iris", "sample": 60}}
    result = library.run(write(reporters=["csv", "json", "markdown", "html"], **changes), out=tmp_path / "runs")
    table = result.cv_results_
    assert table["param_max_iter"].mask.tolist() == [True, True, False, False]
    assert table["params"][0] == {"C": 0.1}
    assert result.to_frame()["param_max_iter"].tolist()[2:] == [50, 100]
    run = tmp_path / "runs" / "small"
    rows = list(csv.DictReader((run / "results.csv").read_text().splitlines()))
    assert [row["param_max_iter"] for row in rows] == ["", "", "50", "100"]
    assert [row["published_score"] for row in rows] == ["0.9", "", "0.8", ""]
    trials = json.loads((run / "results.json").read_text())["trials"]
    assert [trial["candidate"] for trial in trials][1:3] == [
        {"model": {"C": 1.0}},
        {"model": {"C": 10.0, "max_iter": 50}},
    ]
    gridloom("run", write(name="other", **changes))
    for command in (["show", "small"], ["compare", "small", "other"]):
        done = gridloom(*command)
        assert (done.returncode, "Traceback" in done.stderr) == (0, False), done.stderr
        assert "C=0.1" in done.stdout or command[0] == "compare"
