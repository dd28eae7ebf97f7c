"""Scorers: scikit-learn's by its names, several at once, and what cannot score the data."""

from __future__ import annotations

import json
import re
import sqlite3
import warnings

import numpy as np
import pytest
from sklearn.dummy import DummyClassifier, DummyRegressor
from sklearn.linear_model import LogisticRegression, Ridge
from sklearn.metrics import fbeta_score, get_scorer, get_scorer_names

from gridloom import Data, Predictions
from gridloom.errors import InvalidInput, Location
from gridloom.experiment.bind import read_experiment
from gridloom.experiment.bound import Bound
from gridloom.experiment.scorers import problem_with
from gridloom.registry.records import Scorer
from gridloom.registry.registry import load_registry
from gridloom.runs.runner import run_experiment


@pytest.fixture
def run_small(write, registry, tmp_path):
    """Run, or resume, the small experiment with these changes, and return its result."""

    def run(**changes):
        experiment = read_experiment(write(reporters=[], **changes), registry)
        return run_experiment(experiment, n_jobs=2, out=tmp_path / "runs")

    return run


RNG = np.random.default_rng(0)
X = RNG.normal(size=(90, 3))
TARGETS = {
    "binary": (X[:, 0] + RNG.normal(size=90) > 0.3).astype(int),
    "multiclass": np.digitize(X[:, 0] + 0.5 * RNG.normal(size=90), [-0.5, 0.5]),
    "regression": np.exp(X[:, 0] + 0.3 * RNG.normal(size=90)),
}
NAMES = get_scorer_names()
OF_CLUSTERINGS = {name for name in NAMES if name.endswith("_score") and not name.startswith("d2_")}
OF_SEVERAL_LABELS = {name for name in NAMES if name.endswith("_samples")}


def data_of(task):
    classes = {"binary": ("a", "b"), "multiclass": ("a", "b", "c"), "regression": ()}[task]
    return Data(X, TARGETS[task], classes=classes, positive="b" if task == "binary" else None)


REGISTRY = load_registry()


def bound(name, **options):
    return Bound(REGISTRY.find(Scorer, name), options, Location("here"))


def fitted(task):
    return (LogisticRegression() if task != "regression" else Ridge()).fit(X[:45], TARGETS[task][:45])


def known(name, model, task):
    """What scikit-learn's own scorer says of the rest of the rows; None where it cannot."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            score = get_scorer(name)(model, X[45:], TARGETS[task][45:])
        except (AttributeError, ValueError):
            return None
    return score if np.isfinite(score) else None


def measured(scorer, truth, predictions):
    """Our score; None where there is none."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            return scorer.record.measure(truth, predictions, **scorer.options)
        except ValueError:
            return None


def test_every_scorer_of_scikit_learn_is_there_by_its_name():
    ours = {item.record.name for item in REGISTRY.of_kind(Scorer)}
    assert set(NAMES) <= ours
    assert ours - set(NAMES) == {"fbeta", "neg_hamming_loss"}


@pytest.mark.parametrize("task", TARGETS)
@pytest.mark.parametrize("name", NAMES)
def test_scores_are_scikit_learns(name, task):
    model, scorer = fitted(task), bound(name)
    theirs = known(name, model, task)
    if problem_with(scorer, data_of(task)):
        of_the_other_kind = (task == "regression") is not name.startswith(
            ("r2", "explained", "neg_m", "neg_r", "d2_abs")
        )
        assert theirs is None or of_the_other_kind or name in OF_CLUSTERINGS
        return
    predictions = Predictions.of(model, X[45:], classes=task != "regression")
    assert measured(scorer, TARGETS[task][45:], predictions) == (theirs and pytest.approx(theirs, rel=1e-12))


@pytest.mark.parametrize("task", TARGETS)
@pytest.mark.parametrize("name", sorted(set(NAMES) - OF_SEVERAL_LABELS))
def test_scores_of_models_that_know_nothing_are_within_the_bounds(name, task):
    scorer = bound(name)
    if problem_with(scorer, data_of(task)):
        return
    dummy = (DummyRegressor() if task == "regression" else DummyClassifier(strategy="prior")).fit(X, TARGETS[task])
    low, high = scorer.record.score_bounds
    score = measured(scorer, TARGETS[task], Predictions.of(dummy, X, classes=task != "regression"))
    assert low - 1e-12 <= score <= high + 1e-12


def test_probabilities_of_a_single_row_are_scored():
    one = Predictions(np.array([1]), np.array([[0.2, 0.8]]))
    assert bound("neg_log_loss").record.measure(np.array([1]), one) == pytest.approx(np.log(0.8))
    assert bound("neg_brier_score").record.measure(np.array([1]), one) == pytest.approx(-0.04)


def test_options_are_those_of_scikit_learns_metric():
    truth, labels = TARGETS["multiclass"], np.roll(TARGETS["multiclass"], 1)
    scorer = bound("fbeta", beta=2.0, average="macro")
    ours = scorer.record.measure(truth, Predictions(labels), **scorer.options)
    assert ours == pytest.approx(fbeta_score(truth, labels, beta=2, average="macro"))


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"scoring": "roc_auc"}, "'roc_auc' scores two classes, but the data have 3"),
        ({"scoring": ["accuracy", "f1"]}, "'f1' cannot score these data: Target is multiclass but average='binary'"),
        ({"scoring": "accuracy", "dataset": "diabetes"}, "'accuracy' scores classes, but the target is a number; remove"),
        ({"scoring": "r2"}, "'r2' scores numbers, but the data have classes; remove"),
    ],
)  # fmt: skip
def test_a_scorer_that_cannot_score_the_data_is_refused_before_anything_is_trained(write, registry, changes, message):
    experiment = read_experiment(write(**changes), registry)
    with pytest.raises(InvalidInput) as caught:
        experiment.check_scorers(experiment.load_data())
    (problem,) = caught.value.problems
    assert problem.location.line is not None
    assert problem.message.startswith(message)


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"scoring": "acuracy"}, "unknown scorer 'acuracy'; did you mean 'accuracy'"),
        ({"scoring": []}, "this list is empty; name a scorer, or remove 'scoring'"),
        ({"scoring": ["accuracy", "accuracy"]}, "the scorer 'accuracy' is listed twice with the same options"),
        ({"scoring": ["f1", {"name": "f1", "average": "binary"}]}, "the scorer 'f1' is listed twice with the same options"),
        ({"scoring": {"name": "fbeta"}}, "option 'beta' (number > 0) is missing"),
        ({"scoring": {"name": "fbeta", "beta": 0}}, "should be greater than 0, not 0"),
        ({"scoring": {"name": "f1", "average": "mean"}}, "unknown average 'mean'; known: binary, macro, micro, samples, weighted"),
        ({"rank_by": "accuracy"}, "there is no score 'accuracy'; name the scorers under 'scoring'"),
        ({"scoring": ["roc_auc_ovr", "accuracy"], "rank_by": "acuracy"}, "there is no score 'acuracy'; did you mean 'accuracy'"),
    ],
)  # fmt: skip
def test_what_is_wrong_with_scorers_is_reported_with_its_place(write, registry, changes, message):
    with pytest.raises(InvalidInput) as caught:
        read_experiment(write(**changes), registry)
    (problem,) = caught.value.problems
    assert problem.location.line is not None
    assert problem.message.startswith(message)


SEVERAL = ["roc_auc_ovr", "accuracy", {"name": "fbeta", "beta": 2, "average": "macro"}]


def test_all_scores_are_kept_and_the_first_one_ranks(run_small):
    result = run_small(scoring=SEVERAL)
    assert (result.scoring, result.scores) == ("roc_auc_ovr", ("roc_auc_ovr", "accuracy", "fbeta"))
    table = result.cv_results_
    assert {"mean_test_roc_auc_ovr", "rank_test_accuracy", "split0_test_fbeta"} <= table.keys()
    assert result.best.mean == max(table["mean_test_roc_auc_ovr"])
    by_accuracy = result.ranked_by("accuracy")
    assert by_accuracy.best.mean == max(table["mean_test_accuracy"])
    assert by_accuracy.summary.best == by_accuracy.best.number
    assert by_accuracy.ranked_by("roc_auc_ovr").trials == result.trials
    with pytest.raises(ValueError, match="there is no score 'f1'"):
        result.ranked_by("f1")


def test_rank_by_chooses_another_score_and_may_change_on_resuming(run_small):
    first = run_small(scoring=SEVERAL)
    again = run_small(scoring=SEVERAL, rank_by="accuracy")
    assert again.scores == ("accuracy", "roc_auc_ovr", "fbeta")
    assert again.trials == first.ranked_by("accuracy").trials


def test_scorers_of_one_name_are_told_apart_by_their_options(run_small):
    result = run_small(scoring=[{"name": "f1", "average": "macro"}, {"name": "f1", "average": "weighted"}])
    assert result.scores == ("f1(average=macro)", "f1(average=weighted)")


SAME = """
import gridloom

@gridloom.hookimpl
def gridloom_scorers():
    yield gridloom.Scorer("accuracy", "Another one.", lambda truth, predicted: 0.25, needs="labels")
"""


def test_scorers_whose_scores_would_have_one_name_are_refused(gridloom, write, tmp_path):
    (tmp_path / "same.py").write_text(SAME)
    write(scoring=["builtin-scorers:accuracy", "same:accuracy"])
    done = gridloom("check", "small.yaml", "-p", "same.py")
    assert done.returncode == 2
    assert "this scorer and another one here both name their scores 'accuracy'" in done.stderr


def test_a_run_reads_its_own_experiment_file_with_two_scorers_of_one_name(run_small, registry):
    options = [{"name": "fbeta", "beta": beta, "average": "macro"} for beta in (2, 0.5)]
    result = run_small(scoring=options, rank_by="fbeta(beta=0.5, average=macro)")
    again = read_experiment(result.folder / "experiment.yaml", registry)
    assert set(again.scorers) == set(result.scores) == set(result.bounds)


LESS = """
import gridloom

def wrong(truth, predicted, each: float = 1.0):
    return each * (truth != predicted).mean()

@gridloom.hookimpl
def gridloom_scorers():
    yield gridloom.Scorer("wrong", "The share of wrong rows.", wrong, needs="labels", greater_is_better=False)
"""


def test_a_plugins_scorer_of_which_less_is_better_is_negated(gridloom, write, tmp_path):
    (tmp_path / "less.py").write_text(LESS)
    write(scoring=["wrong", "accuracy"], reporters=["json"])
    assert gridloom("run", "small.yaml", "-p", "less.py").returncode == 0
    (trial, *_) = json.loads((tmp_path / "runs" / "small" / "results.json").read_text())["trials"]
    (fit, *_) = trial["fits"]
    assert fit["scores"]["neg_wrong"] == pytest.approx(fit["scores"]["accuracy"] - 1)


def test_a_scorer_that_raises_on_the_data_fails_its_fits_with_its_words(gridloom, write, tmp_path):
    (tmp_path / "less.py").write_text(
        LESS.replace("return each", "if len(truth) > 10: raise ValueError('too many')\n    return each")
    )
    write(scoring="wrong")
    done = gridloom("run", "small.yaml", "-p", "less.py")
    assert done.returncode == 1
    journal = sqlite3.connect(tmp_path / "runs" / "small" / "journal.sqlite")
    assert {error for (error,) in journal.execute("SELECT error FROM fits")} == {"ValueError: too many"}


@pytest.mark.parametrize(
    ("line", "message"),
    [
        ("return truth[0] == predicted[0]", "the scorer 'wrong' returned np.True_, not a number"),
        ("return '0.5'", "the scorer 'wrong' returned '0.5', not a number"),
        ("truth[:] = predicted; return 0.5", "assignment destination is read-only"),
        ("predicted.sort(); return 0.5", "read-only"),
    ],
)
def test_a_scorer_that_returns_no_number_or_writes_into_what_others_are_given_is_refused(
    line, message, write, tmp_path
):
    (tmp_path / "less.py").write_text(LESS.replace("return each * (truth != predicted).mean()", line))
    experiment = read_experiment(write(scoring=["wrong", "accuracy"]), load_registry([str(tmp_path / "less.py")]))
    with pytest.raises(InvalidInput, match=re.escape(message)):
        experiment.check_scorers(experiment.load_data())


def test_every_scorer_that_cannot_score_the_data_is_reported_at_once(write, registry):
    experiment = read_experiment(write(scoring=["roc_auc", "accuracy", "r2"]), registry)
    with pytest.raises(InvalidInput) as caught:
        experiment.check_scorers(experiment.load_data())
    assert [problem.message.split()[0] for problem in caught.value.problems] == ["'roc_auc'", "'r2'"]
