"""The baseline: what always predicting the same scores on a run's own splits, by its own scorers."""

from __future__ import annotations

import json
import sqlite3

import numpy as np
import pytest
from sklearn.dummy import DummyClassifier, DummyRegressor
from sklearn.metrics import get_scorer
from sklearn.model_selection import KFold, cross_val_score

from gridloom import Column, Data, Scorer
from gridloom.core.split import Split
from gridloom.errors import Location
from gridloom.experiment.bound import Bound
from gridloom.registry.registry import load_registry
from gridloom.runs.baseline import baseline_of

RNG = np.random.default_rng(5)
X = RNG.normal(size=(90, 2))
Y = (RNG.random(90) < 0.3).astype(int)
SPLITS = [Split(0, fold, train, test) for fold, (train, test) in enumerate(KFold(3).split(X))]
NAMES = ("no", "yes")


def scorers(*names):
    """Built-in scorers by their names."""
    registry = load_registry([])
    found = [Bound(registry.find(Scorer, name), {}, Location("test")) for name in names]
    return {item.record.score_name: item for item in found}


def theirs(model, X, y, name):
    """The mean that scikit-learn finds."""
    return cross_val_score(model, X, y, cv=KFold(3), scoring=name).mean()


@pytest.mark.parametrize("name", ["accuracy", "roc_auc", "neg_log_loss", "balanced_accuracy", "average_precision"])
def test_of_classes_it_is_that_of_the_dummy_classifier(name):
    found = baseline_of(Data(X, Y, classes=NAMES, positive="yes"), SPLITS, scorers(name))
    assert found.predicts == "the most frequent class"
    assert found.scores == {name: pytest.approx(theirs(DummyClassifier(), X, Y, name))}


@pytest.mark.parametrize("name", ["r2", "neg_mean_absolute_error"])
def test_of_numbers_it_is_that_of_the_mean_of_the_training_rows(name):
    y = X[:, 0] * 3 + 5
    found = baseline_of(Data(X, y), SPLITS, scorers(name))
    assert (found.predicts, found.scores) == ("the mean", {name: pytest.approx(theirs(DummyRegressor(), X, y, name))})


def test_the_class_that_is_scored_may_be_the_first():
    found = baseline_of(Data(X, Y, classes=NAMES, positive="no"), SPLITS, scorers("f1"))
    dummy = [DummyClassifier().fit(X[split.train], 1 - Y[split.train]) for split in SPLITS]
    scored = [
        get_scorer("f1")(model, X[split.test], 1 - Y[split.test]) for model, split in zip(dummy, SPLITS, strict=True)
    ]
    assert found.scores == {"f1": pytest.approx(np.mean(scored))}
    assert found.scores["f1"] > 0.5


def test_weights_of_rows_count_in_training():
    weights = np.where(Y == 1, 10.0, 1.0)
    found = baseline_of(Data(X, Y, classes=NAMES, weights=weights), SPLITS, scorers("accuracy"))
    assert found.scores["accuracy"] == pytest.approx(Y.mean())
    nothing = np.zeros(90)
    nothing[SPLITS[0].test] = 1.0
    assert baseline_of(Data(X, Y, classes=NAMES, weights=nothing), SPLITS[:1], scorers("accuracy")) is None


def test_a_class_that_no_training_row_has_gets_no_probability():
    y = np.repeat([0, 1, 2], 30)
    found = baseline_of(Data(X, y, classes=("a", "b", "c")), SPLITS, scorers("accuracy"))
    assert found.scores == {"accuracy": 0.0}


def test_missing_values_do_not_matter():
    columns = (Column("a"), Column("b", gaps=True))
    holes = X.copy()
    holes[::3, 1] = np.nan
    found = baseline_of(Data(holes, Y, columns=columns, classes=NAMES), SPLITS, scorers("accuracy"))
    assert found == baseline_of(Data(X, Y, classes=NAMES), SPLITS, scorers("accuracy"))


def test_several_targets_have_none():
    assert baseline_of(Data(X, X * 2), SPLITS, scorers("r2")) is None


def test_a_score_that_cannot_be_computed_is_left_out():
    def fails(truth, predicted):
        raise ValueError("all predictions are equal")

    def infinite(truth, predicted):
        return float("inf")

    known = scorers("accuracy")
    (item,) = known.values()
    for score in (fails, infinite):
        record = Scorer("own", "One that cannot.", score, needs="labels")
        own = Bound(type(item.provided)(record, item.provided.plugin), {}, Location("test"))
        assert baseline_of(Data(X, Y, classes=NAMES), SPLITS, {"own": own}) is None
        assert baseline_of(Data(X, Y, classes=NAMES), SPLITS, known | {"own": own}).scores.keys() == {"accuracy"}


# In runs

LINE = "Baseline: 0.320000 (always predicts the most frequent class)."


def content(tmp_path):
    return json.loads((tmp_path / "runs" / "small" / "results.json").read_text("utf-8"))


def test_a_run_prints_and_keeps_it_so_that_its_data_are_not_needed_again(gridloom, write, tmp_path):
    rows = [f"{i % 7},{i % 3},{'yes' if i % 7 > 3 else 'no'}" for i in range(60)]
    (tmp_path / "data.csv").write_text("a,b,target\n" + "\n".join(rows))
    data = {"name": "csv", "path": "data.csv", "target": "target"}
    done = gridloom("run", write(dataset=data, reporters=["console", "json", "markdown"]))
    assert done.returncode == 0, done.stderr
    (line,) = [line for line in done.stdout.splitlines() if line.startswith("Baseline: ")]
    before = content(tmp_path)["baseline"]
    assert before["predicts"] == "the most frequent class"
    assert line == f"Baseline: {before['scores']['accuracy']:f} (always predicts the most frequent class)."
    assert line in (tmp_path / "runs" / "small" / "results.md").read_text("utf-8")
    (tmp_path / "data.csv").unlink()
    assert line in gridloom("show", "small").stdout.splitlines()
    assert gridloom("report", "small", "-r", "json").returncode == 0
    assert content(tmp_path)["baseline"] == before


def test_it_is_the_mean_over_the_splits_of_the_search_whatever_else_there_is(gridloom, write):
    validation = {"method": "stratified_kfold", "folds": 3, "seeds": 2, "repeats": 2, "nested": {"folds": 2}}
    done = gridloom("run", write(validation=validation))
    assert done.returncode == 0, done.stderr
    assert LINE in done.stdout


def test_a_run_without_one_says_nothing_of_it_until_it_is_run_again(gridloom, write, tmp_path):
    """As those of earlier versions."""
    first = gridloom("run", write())
    assert LINE in first.stdout
    with sqlite3.connect(tmp_path / "runs" / "small" / "journal.sqlite") as database:
        database.execute("DROP TABLE baseline")
    assert "Baseline" not in gridloom("show", "small").stdout
    again = gridloom("run", write())
    assert "9 from the journal" in again.stdout
    assert LINE in again.stdout


def test_a_damaged_one_is_refused(gridloom, write, tmp_path):
    assert gridloom("run", write()).returncode == 0
    with sqlite3.connect(tmp_path / "runs" / "small" / "journal.sqlite") as database:
        database.execute("UPDATE baseline SET score = 0.9")
    done = gridloom("show", "small")
    assert done.returncode == 4
    assert "is damaged: the baseline does not match its checksum; restore it from a copy" in done.stderr


def test_each_score_has_its_own(gridloom, write):
    done = gridloom("run", write(scoring=["accuracy", "neg_log_loss"]))
    assert LINE in done.stdout
    ranked = gridloom("show", "small", "--rank-by", "neg_log_loss").stdout
    assert "Baseline: -1.09" in ranked
