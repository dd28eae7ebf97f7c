"""Rows that the search never sees: how they are chosen, that nothing leaks, and what is told of them."""

from __future__ import annotations

import csv
import io
import json
import re
import sqlite3
from dataclasses import replace
from itertools import pairwise

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from journaled import journaled
from sklearn.base import clone
from sklearn.compose import make_column_transformer
from sklearn.impute import SimpleImputer
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import accuracy_score, roc_auc_score
from sklearn.model_selection import GroupShuffleSplit, StratifiedKFold, cross_val_score, train_test_split
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import OneHotEncoder, StandardScaler

from gridloom import Data, DataError, InvalidInput, Predictions, load
from gridloom.core.resampling import draw_of, interval
from gridloom.experiment.bind import read_experiment
from gridloom.experiment.holding_out import hold_out
from gridloom.experiment.rows import held_out_rows
from gridloom.experiment.split_notes import notes_on_held_out
from gridloom.registry.records import Dataset
from gridloom.results.held_out import HeldOut
from gridloom.runs.journal import Journal

pytestmark = pytest.mark.slow
SEED = 7
ROWS = 60
RNG = np.random.default_rng(5)
CLASSES = Data(np.arange(ROWS, dtype=float)[:, None], np.tile([0, 1, 1], 20), classes=("a", "b"))
NUMBERS = Data(CLASSES.X, RNG.normal(size=ROWS))
GROUPED = replace(CLASSES, groups=RNG.permutation(np.repeat(np.arange(15), 4)))
ORDERED = replace(CLASSES, order=RNG.permutation(ROWS))
SEARCH = {
    "dataset": "pima",
    "search": {"strategy": "grid", "space": {"model": {"C": [1e-4, 0.1]}}},
    "validation": {"method": "stratified_kfold", "folds": 3},
    "test": 0.2,
    "scoring": ["roc_auc", "accuracy"],
    "reporters": ["console", "json", "csv", "markdown", "html"],
}
MODEL = make_pipeline(StandardScaler(), LogisticRegression(max_iter=1000))


@pytest.fixture(scope="module")
def pima(registry):
    return registry.find(Dataset, "pima").record.load()


def split_of(data, test=0.2, seed=SEED):
    held = hold_out(data, test, seed)
    return held.searched, held.tested


# Which rows


@pytest.mark.parametrize("test", [0.2, 0.33, 11])
@pytest.mark.parametrize(("data", "stratify"), [(CLASSES, CLASSES.y), (NUMBERS, None)])
def test_rows_are_drawn_as_by_train_test_split_in_the_proportions_of_classes(data, stratify, test):
    theirs = train_test_split(np.arange(ROWS), test_size=test, random_state=SEED, stratify=stratify)
    for ours, expected in zip(split_of(data, test), theirs, strict=True):
        assert ours.tolist() == sorted(expected)


@pytest.mark.parametrize("test", [0.2, 12])
def test_whole_groups_are_held_out_as_by_scikit_learn(test):
    ((searched, tested),) = GroupShuffleSplit(1, test_size=0.2, random_state=SEED).split(
        CLASSES.X, groups=GROUPED.groups
    )
    assert [rows.tolist() for rows in split_of(GROUPED, test)] == [searched.tolist(), tested.tolist()]


@settings(max_examples=30)
@given(groups=st.lists(st.integers(0, 12), min_size=ROWS, max_size=ROWS), seed=st.integers(0, 2**32 - 1))
def test_no_group_is_both_searched_and_held_out(groups, seed):
    data = replace(NUMBERS, groups=np.array(groups))
    try:
        searched, tested = split_of(data, 0.3, seed)
    except DataError:
        assert len(set(groups)) < 3
        return
    assert not set(data.groups[searched]) & set(data.groups[tested])
    assert sorted([*searched, *tested]) == list(range(ROWS))


def test_the_last_rows_in_time_are_held_out():
    searched, tested = split_of(ORDERED)
    assert len(tested) == 12
    assert ORDERED.order[searched].max() < ORDERED.order[tested].min()


def test_rows_in_time_as_they_stand_are_held_out_from_the_end_and_none_is_drawn(registry, write):
    def rows_of(validation):
        experiment = read_experiment(write(validation=validation, test=30), registry)
        return held_out_rows(experiment, experiment.load_data()).tested.tolist()

    drawn, last = rows_of("kfold"), list(range(120, 150))
    assert drawn != last
    with pytest.raises(InvalidInput, match="no row of class 'setosa' would be held out"):
        rows_of({"method": "time_series", "folds": 2})
    numbers = {"dataset": "diabetes", "model": "random_forest", "search": {"space": {"model": {"trees": [5]}}}}
    experiment = read_experiment(write(validation="time_series", test=42, **numbers), registry)
    data = experiment.load_data()
    assert held_out_rows(experiment, data).tested.tolist() == list(range(400, 442))
    assert data.order.tolist() == list(range(442))  # so intervals are those of blocks


@pytest.mark.parametrize(
    ("data", "test", "message"),
    [
        (CLASSES, 59, "59 rows cannot be held out of 60: the search needs at least two"),
        (CLASSES, 0.999, "0.999 of the 60 rows cannot be held out: With n_samples=60"),
        (replace(ORDERED, y=(ORDERED.order > 55).astype(int)), 0.2, "no row of class 'b' would be searched"),
        (replace(ORDERED, y=(ORDERED.order > 5).astype(int)), 0.2, "no row of class 'a' would be held out"),
        (replace(CLASSES, groups=np.zeros(ROWS)), 0.2, "0.2 of the 60 rows cannot be held out: With n_samples=1"),
    ],
)
def test_rows_that_cannot_be_held_out_are_refused(data, test, message):
    with pytest.raises(DataError) as caught:
        hold_out(data, test, SEED)
    assert str(caught.value).startswith(message)


@pytest.mark.parametrize(("value", "said"), [(0.2, 0.2), (30, 30), ({"share": 0.2}, 0.2), ({"rows": 30}, 30)], ids=str)
def test_a_share_or_a_number_of_rows_may_be_held_out(registry, write, value, said):
    assert read_experiment(write(test=value), registry).resolved["test"] == said


@pytest.mark.parametrize(
    "value",
    [0, 1, 1.0, 1.5, -3, True, "0.2", {"share": 20}, {"rows": 0.2}, {"share": 0.2, "rows": 3}, {"file": "a"}, {}],
)
def test_anything_else_is_refused_with_its_place(registry, write, value):
    with pytest.raises(
        InvalidInput, match=r"yaml:\d+:\d+: should be a share of the rows below 1, such as 0.2 or {share: 0.2}"
    ):
        read_experiment(write(test=value), registry)


COUNTS = """
import gridloom
from gridloom import Scorer

def score(truth, predicted):
    if len(truth) == 30: raise ValueError("so few")
    return float((truth == predicted).mean())

@gridloom.hookimpl
def gridloom_scorers():
    yield Scorer("counts", "Scores more than 30 rows.", score, needs="labels")
"""


def test_scores_that_cannot_be_made_of_the_rows_are_refused_before_training(gridloom, write, tmp_path):
    (tmp_path / "counts.py").write_text(COUNTS)
    done = gridloom("run", write(test=30, scoring=["accuracy", "counts"]), "-p", "counts.py")
    assert done.returncode == 2
    assert done.stderr.endswith(": 'counts' cannot score the 30 rows that are held out: so few\n")
    assert ":19:7: " in done.stderr
    assert not (tmp_path / "runs").exists()


# Beside scikit-learn


def test_the_winner_of_the_searched_rows_is_scored_on_the_others_as_scikit_learn_does(finished, tmp_path, pima):
    finished(**SEARCH)
    content = json.loads((tmp_path / "runs" / "small" / "results.json").read_text("utf-8"))
    searched, tested = train_test_split(np.arange(768), test_size=0.2, random_state=SEED, stratify=pima.y)
    searched, tested = np.sort(searched), np.sort(tested)
    model = clone(MODEL).set_params(logisticregression__C=0.1)
    inner = StratifiedKFold(3, shuffle=True, random_state=SEED)
    theirs = cross_val_score(model, pima.X[searched], pima.y[searched], cv=inner, scoring="roc_auc")
    assert [fit["scores"]["roc_auc"] for fit in content["trials"][1]["fits"]] == pytest.approx(theirs, abs=1e-12)
    likely = model.fit(pima.X[searched], pima.y[searched]).predict_proba(pima.X[tested])[:, 1]
    told = content["held_out"]
    assert (told["rows"], told["candidate"], told["looks"]) == (154, {"model": {"C": 0.1}}, 1)
    expected = {
        "roc_auc": roc_auc_score(pima.y[tested], likely),
        "accuracy": accuracy_score(pima.y[tested], likely > 0.5),
    }
    assert {name: item["score"] for name, item in told["scores"].items()} == pytest.approx(expected, abs=1e-12)
    hits = (likely > 0.5) == pima.y[tested]
    rng = np.random.default_rng(0)
    means = [hits[rng.integers(154, size=154)].mean() for _ in range(1000)]
    ends = [told["scores"]["accuracy"][end] for end in ("low", "high")]
    assert ends == pytest.approx(np.quantile(means, [0.025, 0.975]), abs=1e-12)


def test_the_fit_is_journaled_with_what_it_predicts(finished, tmp_path, pima):
    finished(**SEARCH)
    journal = Journal(tmp_path / "runs" / "small" / "journal.sqlite", read_only=True)
    (fit,) = [fit for fit in journal.fits().values() if fit.fold == -1]
    result = journal.results()[fit.key]
    journal.close()
    searched, tested = split_of(pima)
    model = clone(MODEL).set_params(logisticregression__C=0.1).fit(pima.X[searched], pima.y[searched])
    np.testing.assert_allclose(result.predicted, model.predict_proba(pima.X[tested])[:, 1], atol=1e-6)


# That nothing leaks

SPY = """
import gridloom, numpy as np
from pathlib import Path
from gridloom import Data, Dataset, Transform
from sklearn.base import BaseEstimator, TransformerMixin

def load():
    rng = np.random.default_rng(2)
    return Data(np.arange(60.0)[:, None], rng.permutation(np.tile([0, 1], 30)), ("number",), classes=("0", "1"))

class Knows(TransformerMixin, BaseEstimator):
    # gives the target of every row that it has seen, which no model could do better
    def fit(self, X, y):
        self.known_ = dict(zip(np.asarray(X)[:, 0], y))
        with open(LOG, "a") as log:
            log.write(" ".join(str(int(row)) for row in self.known_) + "\\n")
        return self
    def transform(self, X):
        return np.array([[self.known_.get(row, 0.5)] for row in np.asarray(X)[:, 0]])
    def get_feature_names_out(self, names=None):
        return np.array(["target"])

LOG = "SEEN"

@gridloom.hookimpl
def gridloom_datasets():
    yield Dataset("numbered", "60 rows of their own number.", load)

@gridloom.hookimpl
def gridloom_transforms():
    yield Transform("knows", "The target, if it was seen.", lambda: Knows(), gives="numeric")
"""


def spied(gridloom, write, tmp_path, validation):
    (tmp_path / "spy.py").write_text(SPY.replace("SEEN", str(tmp_path / "seen.txt")))
    file = write(
        dataset="numbered",
        preprocess=["knows"],
        validation=validation,
        test=0.25,
        reporters=["console", "json"],
    )
    done = gridloom("run", file, "-p", "spy.py")
    assert done.returncode == 0, done.stderr
    seen = [set(map(int, line.split())) for line in (tmp_path / "seen.txt").read_text().splitlines()]
    labels = np.random.default_rng(2).permutation(np.tile([0, 1], 30))
    rows = train_test_split(np.arange(60), test_size=0.25, random_state=SEED, stratify=labels)
    return seen, *map(set, rows), json.loads((tmp_path / "runs" / "small" / "results.json").read_text("utf-8"))


@pytest.mark.parametrize("nested", [None, {"folds": 2}])
def test_nothing_of_the_search_sees_the_rows_that_are_held_out(gridloom, write, tmp_path, nested):
    validation = {"method": "stratified_kfold", "folds": 2} | ({"nested": nested} if nested else {})
    seen, searched, tested, content = spied(gridloom, write, tmp_path, validation)
    assert len(seen) >= 3
    assert all(not rows & tested for rows in seen)
    assert seen[-1] == searched
    assert content["held_out"]["rows"] == len(tested)
    assert content["held_out"]["scores"]["accuracy"]["score"] < 0.8  # it would be 1 for whoever saw their targets


def test_the_data_of_the_search_have_no_row_that_is_held_out(gridloom, write, tmp_path):
    (tmp_path / "nosy.py").write_text(
        "import gridloom\n"
        "from gridloom import Engine, FitResult\n"
        "def train(work):\n"
        "    for fit in work.fits:\n"
        "        rows = len(work.data.y)\n"
        "        trained, tested = work.rows(fit)\n"
        "        yield fit, FitResult({'accuracy': rows / 1000 + (fit.fold < 0) * len(trained)})\n"
        "@gridloom.hookimpl\n"
        "def gridloom_engines():\n"
        "    yield Engine('nosy', 'Scores by the rows that it sees.', train, trains='estimator')\n"
    )
    changes = {"engine": "nosy", "test": 50, "reporters": ["console", "json"]}
    done = gridloom("run", write(**changes), "-p", "nosy.py")
    assert done.returncode == 0, done.stderr
    content = json.loads((tmp_path / "runs" / "small" / "results.json").read_text("utf-8"))
    scores = {fit["scores"]["accuracy"] for trial in content["trials"] for fit in trial["fits"]}
    assert scores == {0.1}
    assert "10/10 fits" in done.stdout
    assert "best 100" not in done.stdout  # the score on these rows does not rank
    assert content["held_out"]["scores"] == {"accuracy": {"score": 100.15, "low": None, "high": None}}


# From the run to the reports


def test_a_run_is_resumed_and_shown_with_the_same_scores(gridloom, finished, tmp_path):
    file, done = finished(**SEARCH)
    assert "x 1 seed(s), and the best on 154 rows held out, = 7 fits" in done.stdout
    assert "7/7 fits" in done.stdout
    (said,) = [line for line in done.stdout.splitlines() if line.startswith("On 154 rows not seen by the search")]
    told = json.loads((tmp_path / "runs" / "small" / "results.json").read_text("utf-8"))["held_out"]["scores"]
    numbers = [f"{name} {item['score']:.4g} ({item['low']:.4g} to {item['high']:.4g})" for name, item in told.items()]
    assert said.endswith(f"the best candidate scores: {', '.join(numbers)}.")
    again = gridloom("run", file)
    assert "7 from the journal" in again.stdout
    assert said in again.stdout.splitlines()
    assert said in gridloom("show", "small").stdout.splitlines()


def test_reports_tell_it_without_training(gridloom, finished, tmp_path):
    finished(**SEARCH)
    folder = tmp_path / "runs" / "small"
    for report in ("results.md", "report.html", "results.csv", "results.json"):
        (folder / report).unlink()
    done = gridloom("report", "small")
    assert done.returncode == 0, done.stderr
    assert "On 154 rows not seen by the search" in (folder / "results.md").read_text("utf-8")
    page = (folder / "report.html").read_text("utf-8")
    assert "roc_auc on 154 rows that the search never saw" in page
    rows = list(csv.DictReader((folder / "results.csv").read_text().splitlines()))
    assert (rows[0]["rank"], rows[0]["held_out_roc_auc"], rows[0]["held_out_low_roc_auc"]) == ("2", "", "")
    low, score, high = (float(rows[1][f"held_out{end}_roc_auc"]) for end in ("_low", "", "_high"))
    assert 0.7 < low < score < high < 1


def test_another_share_is_another_experiment(gridloom, finished):
    file, _ = finished(**SEARCH)
    done = gridloom("run", file, "--set", "test=0.3")
    assert done.returncode == 3
    assert "experiment.test: was 0.2, is 0.3" in done.stderr
    assert "held_out.sha256: was" in done.stderr


def test_intervals_that_are_lost_are_made_anew_and_no_damage_stops_a_report(gridloom, finished, tmp_path):
    file, _ = finished(**SEARCH | {"scoring": "accuracy"})
    kept = tmp_path / "runs" / "small" / "held_out.json"
    whole = kept.read_text()
    for damage in ("", "[]", '{"fit": 1}', whole.replace("0.8", '"x"'), whole.replace("[", "[1e999, ")):
        kept.write_text(damage)
        assert re.search(r"accuracy 0\.\d+ \(no interval\)", gridloom("show", "small").stdout)
    again = gridloom("run", file)
    assert "6 from the journal" in again.stdout
    assert kept.read_text() == whole


RIVALS = """
import gridloom
from gridloom import Engine, FitResult

def train(work):
    for fit in work.fits:
        C = fit.candidate.flat["C"]
        yield fit, FitResult({"accuracy": C, "balanced_accuracy": 1 - C})

@gridloom.hookimpl
def gridloom_engines():
    yield Engine("rivals", "Another candidate wins by each score.", train, trains="estimator")
"""


def test_another_winner_is_scored_as_well_and_that_is_told(gridloom, write, tmp_path):
    (tmp_path / "rivals.py").write_text(RIVALS)
    search = {"space": {"model": {"C": [0.25, 0.75]}}}
    file = write(
        engine="rivals", search=search, scoring=["accuracy", "balanced_accuracy"], test=30, reporters=["console"]
    )
    first = gridloom("run", file, "-p", "rivals.py")
    assert (
        "the best candidate scores: accuracy 0.75 (no interval), balanced_accuracy 0.25 (no interval).\n"
        in first.stdout
    )
    by_other = gridloom("show", "small", "-p", "rivals.py", "--rank-by", "balanced_accuracy")
    assert "On 30 rows not seen by the search, the best candidate is not scored yet." in by_other.stdout
    other = gridloom("run", file, "-p", "rivals.py", "--set", "rank_by=balanced_accuracy")
    assert (
        "the best candidate scores: balanced_accuracy 0.75 (no interval), accuracy 0.25 (no interval). 2 candidates "
        "have been scored on them so far, including this one."
    ) in other.stdout
    assert journaled(tmp_path / "runs" / "small") == 8


SIMPLER = """
import gridloom
from gridloom import Engine, FitResult, KeptModel

def train(work):
    for fit in work.fits:
        neurons = fit.candidate.flat["neurons"]
        score = 0.8 + neurons / 1000 + 0.05 * ((neurons + fit.fold) % 3)
        yield fit, FitResult({"accuracy": score if fit.fold >= 0 else neurons / 100})

def refit(work, fit, folder):
    (folder / "model.txt").write_text(str(fit.candidate))
    return KeptModel(folder / "model.txt")

@gridloom.hookimpl
def gridloom_engines():
    yield Engine("simpler", "Larger ones are a little better.", train, trains="network", refit=refit)
"""


def test_the_simplest_of_the_tied_candidates_is_the_one_that_is_scored_and_kept(gridloom, write, tmp_path):
    (tmp_path / "simpler.py").write_text(SIMPLER)
    file = write(
        model="mlp",
        engine="simpler",
        search={"space": {"neurons": {"neurons": [12, 25, 40]}}},
        test=30,
        refit="simplest",
        reporters=["console", "json", "csv", "html"],
    )
    first = gridloom("run", file, "-p", "simpler.py")
    assert first.returncode == 0, first.stderr
    _, best, *_ = first.stdout.partition("Mean accuracy")[2].splitlines()
    assert best.endswith("  neurons=40")
    said = "the simplest candidate within one standard error of the best, {'neurons': 12}, scores: accuracy 0.12"
    assert said in first.stdout
    run = tmp_path / "runs" / "small"
    card = json.loads((run / "model" / "card.json").read_text("utf-8"))
    assert (card["parameters"], card["held_out"]["scores"]) == ({"neurons": 12}, {"accuracy": 0.12})
    told = json.loads((run / "results.json").read_text("utf-8"))["held_out"]
    assert told["candidate"] == {"neurons": {"neurons": 12}}
    assert told["chosen"] == card["chosen"] == said.partition(",")[0]
    rows = csv.DictReader((run / "results.csv").read_text("utf-8").splitlines())
    assert [row["held_out_score"] for row in rows] == ["0.12", "", ""]
    assert told["chosen"] in (run / "report.html").read_text("utf-8")
    assert said in gridloom("show", "small", "-p", "simpler.py").stdout
    assert said in gridloom("show", "small").stdout  # without the plugin, as the run's folder tells it
    best = gridloom("run", file, "-p", "simpler.py", "--set", "refit=true").stdout
    assert "the best candidate scores: accuracy 0.4 (no interval). 2 candidates have been scored on" in best
    assert "the best candidate scores: accuracy 0.4" in gridloom("show", "small").stdout


def test_what_the_journal_alone_tells_has_no_fold_more(gridloom, write, tmp_path):
    spied(gridloom, write, tmp_path, {"method": "stratified_kfold", "folds": 2})
    bare = gridloom("show", "small")
    assert bare.returncode == 0, bare.stderr
    assert "was made with plugins that are not loaded" in bare.stderr
    assert "On 15 rows not seen by the search" in bare.stdout
    assert "not finished" not in bare.stdout


def test_a_run_that_was_stopped_before_it_scored_the_best_is_not_finished(gridloom, finished, tmp_path):
    file, done = finished(**SEARCH | {"scoring": "accuracy"})
    journal = sqlite3.connect(tmp_path / "runs" / "small" / "journal.sqlite")
    journal.execute("DELETE FROM fits WHERE fold = -1")
    journal.commit()
    journal.close()
    shown = gridloom("show", "small").stdout
    assert "On 154 rows not seen by the search, the best candidate is not scored yet." in shown.splitlines()
    assert (
        "This run is not finished: 6 of 6 fits are kept besides that on rows held out. To resume: gridloom run" in shown
    )
    again = gridloom("run", file).stdout
    assert again.splitlines()[-2:] == done.stdout.splitlines()[-2:]
    assert "not finished" not in gridloom("show", "small").stdout


def test_check_says_it(gridloom, write):
    lines = gridloom("check", write(test=30)).stdout.splitlines()
    assert "  held out    30 rows, never seen by the search; 1 more fit scores the best candidate on them" in lines


def test_a_winner_that_fails_on_all_rows_is_told(gridloom, write, tmp_path):
    (tmp_path / "fails.py").write_text(
        "import gridloom\n"
        "from gridloom import ModelBuilder\n"
        "from sklearn.linear_model import LogisticRegression\n"
        "class Small(LogisticRegression):\n"
        "    def fit(self, X, y):\n"
        "        if len(X) > 100: raise ValueError('too many rows')\n"
        "        return super().fit(X, y)\n"
        "def build(task, C: float = 1.0):\n"
        "    return Small(C=C, max_iter=1000)\n"
        "@gridloom.hookimpl\n"
        "def gridloom_model_builders():\n"
        "    yield ModelBuilder('small', 'Fails.', build, makes='estimator')\n"
    )
    done = gridloom("run", write(model="small", test=30), "-p", "fails.py")
    assert done.returncode == 0, done.stderr
    assert (
        "On 30 rows not seen by the search, the best candidate failed: ValueError: too many rows"
        in done.stdout.splitlines()
    )


# That the model which is kept is the one that was scored


def test_the_kept_model_predicts_what_was_scored(gridloom, write, tmp_path, pima, monkeypatch):
    monkeypatch.setenv("KERAS_BACKEND", "tensorflow")  # as in all tests of this process
    file = write(
        dataset="pima",
        model={"name": "mlp", "hidden": [4], "activation": "linear"},
        training={"epochs": 2, "batch_size": 32},
        search={"space": {"training": {"learning_rate": [0.001, 0.01]}}},
        validation={"method": "stratified_kfold", "folds": 2},
        engine="fused",
        test=0.2,
        refit=True,
    )
    done = gridloom("run", file)
    assert done.returncode == 0, done.stderr
    folder = tmp_path / "runs" / "small"
    made = (folder / "model" / "card.json").stat().st_mtime_ns
    assert gridloom("run", file).returncode == 0
    assert (folder / "model" / "card.json").stat().st_mtime_ns == made  # nothing is trained again
    journal = Journal(folder / "journal.sqlite", read_only=True)
    (fit,) = [fit for fit in journal.fits().values() if fit.fold == -1]
    scored, journaled_score = journal.results()[fit.key].predicted, journal.results()[fit.key].scores["accuracy"]
    journal.close()
    _, tested = split_of(pima)
    model = load(folder)
    told = (folder / "model" / "card.md").read_text("utf-8")
    assert "**Trained** on 614 of 768 rows" in told
    assert "On 154 rows not seen by the search" in told
    assert model.card["held_out"]["scores"] == {"accuracy": journaled_score}
    probabilities = model.predict_proba(pima.X[tested])
    np.testing.assert_allclose(probabilities[:, 1], scored, atol=1e-5)


# Intervals


def hits(truth, predictions):
    return float((truth == predictions.labels).mean())


def width(draw, labels):
    low, high = interval(hits, np.zeros(len(labels), int), Predictions(labels), draw)
    return high - low


def test_groups_and_blocks_in_time_make_intervals_wider_where_their_rows_are_alike():
    labels = np.repeat(np.random.default_rng(1).integers(2, size=25), 8)
    rows, groups = np.arange(200), np.repeat(np.arange(25), 8)
    plain = width(draw_of(200), labels)
    assert width(draw_of(200, groups), labels) > 2 * plain
    assert width(draw_of(200, order=rows), labels) > 1.5 * plain


def test_blocks_follow_one_another_in_time_round_the_end():
    order = np.random.default_rng(1).permutation(50)
    drawn = draw_of(50, order=order)(np.random.default_rng(0))
    assert len(drawn) == 50
    steps = [(order[second] - order[first]) % 50 for first, second in pairwise(drawn)]
    assert [steps[number : number + 3] for number in range(0, 48, 4)] == [[1, 1, 1]] * 12


@pytest.mark.parametrize(
    ("draw", "labels"),
    [
        (draw_of(40), np.zeros(40, int)),  # all right: resamples cannot show what is rare
        (draw_of(9), None),
        (draw_of(40, np.repeat(np.arange(8), 5)), None),
    ],
)
def test_rows_that_show_no_interval_have_none(draw, labels):
    assert draw is None or interval(hits, np.zeros(40, int), Predictions(labels), draw) is None


def test_resamples_without_a_score_leave_no_interval_where_they_are_many():
    truth = np.array([1] + [0] * 39)
    likely = np.linspace(0, 1, 40)
    found = interval(lambda y, p: roc_auc_score(y, p.values), truth, Predictions(values=likely), draw_of(40))
    assert found is None


# In words


def test_the_sentence_tells_what_is_there():
    candidate = object()
    known = HeldOut(1200, "whole groups", candidate, {"roc_auc": 0.83, "r": 1.0}, {"roc_auc": (0.76, 0.89)}, looks=2)
    assert known.sentence == (
        "On 1,200 rows not seen by the search (whole groups), the best candidate scores: roc_auc 0.83 (0.76 to 0.89), "
        "r 1 (no interval). 2 candidates have been scored on them so far, including this one."
    )
    assert known.of(candidate) == known
    assert known.of(object()).sentence == "On 1,200 rows not seen by the search, the best candidate is not scored yet."
    assert list(known.ranked_by("r").scores) == ["r", "roc_auc"]


# Rows of another file


def mixed_rows(rows, seed):
    """Lines of a table with a number, a category and a class; the number is missing here and there."""
    rng = np.random.default_rng(seed)
    age, city, noise = rng.integers(20, 60, rows), rng.integers(0, 3, rows), rng.normal(0, 6, rows)
    ill = np.where(age + 10 * city + noise > 52, "yes", "no")
    blank = rng.random(rows) < 0.1
    names = ("Bern", "Oslo", "Rome")
    return [
        f"{'' if gone else number};{names[where]};{said}"
        for gone, number, where, said in zip(blank, age, city, ill, strict=True)
    ]


HEADER = "age;city;ill"
TRAIN, TEST = mixed_rows(90, 1), mixed_rows(40, 2)
FROM_FILE = {
    "dataset": {"name": "csv", "path": "train.csv", "target": "ill", "positive": "yes"},
    "preprocess": ["impute", "one_hot", "standardize"],
    "test": {"path": "test.csv"},
    "scoring": ["roc_auc", "accuracy"],
    "refit": True,
    "reporters": ["console", "json"],
}


@pytest.fixture
def files(tmp_path):
    def files(test=TEST, train=TRAIN, header=HEADER):
        for name, lines in (("train.csv", train), ("test.csv", test)):
            (tmp_path / name).write_text("\n".join([HEADER if name == "train.csv" else header, *lines]) + "\n")
        return tmp_path / "test.csv"

    return files


def test_the_rows_of_a_file_score_the_winner_as_scikit_learn_does(gridloom, write, files, tmp_path):
    files([*TEST[:-1], "33;Paris;yes"])
    file = write(**FROM_FILE)
    done = gridloom("run", file)
    assert done.returncode == 0, done.stderr
    assert "On 40 rows not seen by the search (from test.csv), the best candidate scores: roc_auc" in done.stdout
    unseen = "test.csv: column 'city': 1 row has a value not in the data set, such as 'Paris'"
    assert done.stderr.count(unseen) == 1
    train, test = (pd.read_csv(tmp_path / name, sep=";") for name in ("train.csv", "test.csv"))
    cities = OneHotEncoder(handle_unknown="ignore", sparse_output=False)
    columns = make_column_transformer((SimpleImputer(strategy="median"), ["age"]), (cities, ["city"]))
    content = json.loads((tmp_path / "runs" / "small" / "results.json").read_text("utf-8"))
    best = content["held_out"]["candidate"]["model"]["C"]
    model = make_pipeline(columns, StandardScaler(), LogisticRegression(C=best, max_iter=1000))
    model.fit(train[["age", "city"]], train["ill"])
    likely = model.predict_proba(test[["age", "city"]])[:, 1]
    told = {name: item["score"] for name, item in content["held_out"]["scores"].items()}
    expected = {"roc_auc": roc_auc_score(test["ill"] == "yes", likely)}
    expected["accuracy"] = accuracy_score(test["ill"] == "yes", likely > 0.5)
    assert told == pytest.approx(expected, abs=1e-6)
    np.testing.assert_allclose(load(tmp_path / "runs" / "small").predict_proba(test)[:, 1], likely, atol=1e-6)
    assert content["manifest"]["data"]["rows"] == 90
    (tmp_path / "elsewhere").mkdir()
    (tmp_path / "test.csv").rename(tmp_path / "elsewhere" / "other.csv")
    again = gridloom("run", write(**FROM_FILE | {"test": {"path": "elsewhere/other.csv"}}))
    assert "10 from the journal" in again.stdout
    assert "(from other.csv)" in again.stdout
    (tmp_path / "elsewhere" / "other.csv").write_text("\n".join([HEADER, *TEST]))
    changed = gridloom("run", file, "--set", "test.path=elsewhere/other.csv")
    assert changed.returncode == 3
    assert "held_out.sha256: was" in changed.stderr
    assert gridloom("export", "small", "--format", "script").returncode == 0


NO_ROWS = {
    "a class": (
        [*TEST, "20;Bern;maybe"],
        HEADER,
        r"test\.csv:42:9: column 'ill': 'maybe' is not a class of the data set, ",
    ),
    "a gap": (
        [*TEST, "20;;no"],
        HEADER,
        r"test\.csv:42:4: column 'city': is missing, but this column has no missing cells in the data set",
    ),
    "a column": (TEST, "age;town;ill", r"test\.csv:1:1: there is no column 'city'; "),
    "a text": ([*TEST, "old;Bern;no"], HEADER, r"test\.csv:42:1: column 'age': 'old' is not a finite number"),
    "a row": (TEST[:1], HEADER, r"small\.yaml:\d+:\d+: .*test\.csv has 1 row\(s\); scoring a model needs at least 2"),
}


@pytest.mark.parametrize("wrong", NO_ROWS)
def test_rows_of_a_file_that_are_not_like_those_of_the_data_are_refused_with_their_place(registry, write, files, wrong):
    lines, header, said = NO_ROWS[wrong]
    files(lines, header=header)
    experiment = read_experiment(write(**FROM_FILE), registry)
    with pytest.raises(InvalidInput, match=said):
        held_out_rows(experiment, experiment.load_data())


def test_files_that_cannot_be_held_out_are_refused(gridloom, write, files, tmp_path):
    files()
    done = gridloom("check", write(test={"path": "test.csv"}))
    assert (
        "the data set 'iris' cannot read test rows from another file; hold out a share of its own rows, such as 0.2"
        in done.stderr
    )
    done = gridloom("check", write(**FROM_FILE | {"test": {"path": "train.csv"}}))
    assert "this is the data set's own file, whose rows are searched; name another file" in done.stderr
    done = gridloom("check", write(**FROM_FILE | {"test": {"path": "gone.csv"}}))
    assert re.search(r"small\.yaml:\d+:9: there is no file .*gone\.csv", done.stderr)
    lines = gridloom("check", write(**FROM_FILE)).stdout
    assert "held out    the rows of test.csv, never seen by the search; 1 more fit" in lines


def test_parquet_files_are_held_out_as_csv_files_are(registry, tmp_path):
    frames = [pd.read_csv(io.StringIO("\n".join([HEADER, *lines])), sep=";") for lines in (TRAIN, TEST)]
    found = {}
    for name in ("csv", "parquet"):
        record = registry.find(Dataset, name).record
        paths = [tmp_path / f"{place}.{name}" for place in range(2)]
        for frame, path in zip(frames, paths, strict=True):
            frame.to_csv(path, index=False) if name == "csv" else frame.to_parquet(path)
        options = {"path": paths[0], "target": "ill"}
        found[name] = record.extend(record.load(**options), paths[1], **options)
    one, other = found.values()
    assert one.fingerprint == other.fingerprint
    assert len(one.y) == 130


def test_rows_that_are_searched_too_are_told(registry, write, files):
    files([*TEST, *TRAIN[:5]])
    experiment = read_experiment(write(**FROM_FILE), registry)
    data = experiment.load_data()
    (note,) = notes_on_held_out(data, held_out_rows(experiment, data))
    known = {line.rpartition(";")[0] for line in TRAIN}
    same = sum(line.rpartition(";")[0] in known for line in TEST) + 5
    assert note.startswith(f"{same} of the 45 rows from test.csv have the same features as rows that are searched")
