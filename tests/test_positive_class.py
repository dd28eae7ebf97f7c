"""The positive class: scores of one of two classes are about the class that is named, or refused."""

from __future__ import annotations

import json

import numpy as np
import pytest
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import get_scorer
from sklearn.model_selection import StratifiedKFold, cross_val_score
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

from gridloom import Data, DataError
from gridloom.core.predictions import Predictions
from gridloom.errors import Location
from gridloom.experiment.bind import read_experiment
from gridloom.experiment.bound import Bound
from gridloom.experiment.scorers import problem_with, scores_one_class
from gridloom.registry.records import Scorer
from gridloom.registry.registry import load_registry

RNG = np.random.default_rng(3)
X = RNG.normal(size=(80, 3))
Y = (X[:, 0] + RNG.normal(size=80) < -0.7).astype(int)
NAMES = {0: "healthy", 1: "cancer"}
OF_ONE_CLASS = [
    "average_precision", "f1", "jaccard", "neg_negative_likelihood_ratio", "positive_likelihood_ratio", "precision",
    "recall",
]  # fmt: skip


def bound(name, **options):
    """A built-in scorer with these options."""
    return Bound(load_registry([]).find(Scorer, name), options, Location("test"))


def data_with(names, **more):
    """The same rows with these names of classes, sorted as the data set `csv` sorts them."""
    classes = tuple(sorted(names.values()))
    return Data(X, np.array([classes.index(names[label]) for label in Y]), classes=classes, **more)


def score_of(data, item):
    """What Gridloom scores for predictions of a model that is trained and tested on these rows."""
    model = LogisticRegression().fit(data.X, data.y)
    predictions, truth = Predictions.of(model, data.X, classes=True), data.y
    if data.positive_class == 0:
        predictions, truth = predictions.swapped, 1 - truth
    return item.record.measure(truth, predictions, **item.options)


@pytest.mark.parametrize("name", [*OF_ONE_CLASS, "roc_auc", "neg_brier_score", "balanced_accuracy"])
def test_the_score_is_that_of_the_named_class_as_scikit_learn_scores_it(name):
    expected = get_scorer(name)(LogisticRegression().fit(X, Y), X, Y)  # 1 is cancer
    assert score_of(data_with(NAMES, positive="cancer"), bound(name)) == pytest.approx(expected)
    flipped = get_scorer(name)(LogisticRegression().fit(X, 1 - Y), X, 1 - Y)
    assert score_of(data_with(NAMES, positive="healthy"), bound(name)) == pytest.approx(flipped)


def test_scorers_of_one_class_are_recognised():
    data = data_with(NAMES)
    names = [item.record.name for item in load_registry([]).of_kind(Scorer) if "binary" in item.record.scored_tasks]
    found = [name for name in names if name != "fbeta" and scores_one_class(bound(name), data)]
    assert sorted(found) == OF_ONE_CLASS
    assert all(scores_one_class(bound("fbeta", beta=beta), data) for beta in (0.1, 0.5, 1, 2, 3))
    assert scores_one_class(bound("roc_auc", max_fpr=0.5), data)
    assert not scores_one_class(bound("f1", average="macro"), data)


@pytest.mark.parametrize("name", OF_ONE_CLASS)
def test_a_score_of_one_class_is_refused_where_nobody_says_which(name):
    assert "'positive: cancer' or 'positive: healthy'" in problem_with(bound(name), data_with(NAMES))
    assert problem_with(bound(name), data_with(NAMES, positive="cancer")) is None


@pytest.mark.parametrize("names", [("0", "1"), ("-1", "1"), ("False", "True"), ("false", "true")])
def test_one_and_true_are_positive_by_themselves(names):
    assert Data(X, Y, classes=names).positive_class == 1
    assert Data(X, Y, classes=names, positive=names[0]).positive_class == 0


@pytest.mark.parametrize("names", [("no", "yes"), ("1", "2"), ("1", "0"), ("true", "false")])
def test_other_names_do_not_say_which_class_is_positive(names):
    assert Data(X, Y, classes=names).positive_class is None


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"classes": ("a", "b"), "positive": "c"}, "the positive class 'c' does not exist; known: a, b"),
        ({"positive": "a"}, "the positive class is one of two classes, but the target is a number"),
    ],
)
def test_a_positive_class_that_is_none_is_refused(arguments, message):
    with pytest.raises(DataError, match=message):
        Data(X, Y, **arguments)


def write_csv(folder):
    rows = [f"{a:.3f},{b:.3f},{c:.3f},{NAMES[label]}" for (a, b, c), label in zip(X, Y, strict=True)]
    (folder / "rows.csv").write_text("\n".join(["a,b,c,result", *rows]) + "\n")


def test_a_run_scores_the_class_that_yaml_names_and_says_so(gridloom, write, tmp_path):
    write_csv(tmp_path)
    dataset = {"name": "csv", "path": "rows.csv", "target": "result"}
    changes = {
        "scoring": ["recall", "accuracy"],
        "model": "logistic_regression",
        "search": {"space": {"model": {"C": [0.01, 1.0]}}},
        "validation": {"method": "stratified_kfold", "folds": 2, "shuffle": False},
        "training": {},
        "reporters": ["console", "markdown", "html", "json"],
    }
    write(dataset=dataset, **changes)
    refused = gridloom("run", "small.yaml")
    assert refused.returncode == 2
    assert "'recall' scores one of two classes, but the data do not say which" in refused.stderr
    write(dataset={**dataset, "positive": "cancer"}, **changes)
    done = gridloom("run", "small.yaml")
    assert "Positive class of recall: cancer." in done.stdout
    folder = tmp_path / "runs" / "small"
    assert "Positive class of recall: cancer." in (folder / "results.md").read_text()
    assert "positive class" in (folder / "report.html").read_text()
    result = json.loads((folder / "results.json").read_text())
    assert result["manifest"]["positive"] == {"recall": "cancer"}
    rounded = np.round(X, 3)
    for trial, C in zip(result["trials"], (0.01, 1.0), strict=True):
        model = make_pipeline(StandardScaler(), LogisticRegression(C=C))
        expected = cross_val_score(model, rounded, Y, cv=StratifiedKFold(2), scoring="recall")
        assert [fit["scores"]["recall"] for fit in trial["fits"]] == pytest.approx(list(expected))
    write(dataset={**dataset, "positive": "healthy"}, **changes)
    changed = gridloom("run", "small.yaml")
    assert changed.returncode == 3
    assert "positive.recall: was cancer, is healthy" in changed.stderr


@pytest.mark.parametrize(("given", "index"), [(1, 1), (0, 0), ("0", 0)])
def test_yaml_may_name_a_number(write, registry, tmp_path, given, index):
    (tmp_path / "numbers.csv").write_text("a,y\n" + "1,0\n2,1\n" * 4)
    dataset = {"name": "csv", "path": "numbers.csv", "target": "y", "positive": given}
    assert read_experiment(write(dataset=dataset), registry).load_data().positive_class == index


def test_a_score_of_numbers_is_refused_for_classes_with_the_way_out():
    assert "remove 'scoring', or write accuracy" in problem_with(bound("r2"), data_with(NAMES))
    assert "'task: regression'" not in problem_with(bound("r2"), data_with(NAMES))
    assert "as with 'task: regression' next to the data set's name" in problem_with(
        bound("r2"), Data(X, Y, classes=("3", "-7"))
    )
