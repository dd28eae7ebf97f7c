"""Runs on several targets: scored as by scikit-learn, resumed, nested, held out, kept, used and exported."""

from __future__ import annotations

import csv
import json
import runpy
from io import StringIO

import numpy as np
import pandas as pd
import pytest
from sklearn.datasets import make_multilabel_classification
from sklearn.ensemble import RandomForestClassifier, RandomForestRegressor
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import KFold, cross_validate
from sklearn.multioutput import MultiOutputClassifier
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

import gridloom as library
from gridloom import StopRun
from gridloom.core.trials import Fit
from gridloom.experiment.bind import read_experiment
from gridloom.registry.registry import load_registry
from gridloom.testing.training import work_of
from gridloom_plugins.engines import sklearn
from gridloom_plugins.exports.estimators import write_onnx

X, LABELS = make_multilabel_classification(80, 4, n_classes=3, random_state=2, allow_unlabeled=False)
NUMBERS = np.column_stack([X[:, 0] * 3 + X[:, 1], X[:, 2] - X[:, 3]])
TABLE = pd.DataFrame(X, columns=list("abcd")).assign(
    price=NUMBERS[:, 0], rent=NUMBERS[:, 1], news=LABELS[:, 0], sport=LABELS[:, 1] == 1, food=LABELS[:, 2]
)
DATASET = {"name": "csv", "path": "data.csv", "features": list("abcd")}
LABELLED = {**DATASET, "target": ["news", "sport", "food"], "task": "multilabel"}
NUMBERED = {**DATASET, "target": ["price", "rent"]}
FOREST = {
    "model": {"name": "random_forest", "trees": 5},
    "search": {"space": {"model": {"max_depth": [3]}}},
    "validation": {"folds": 3},
}


@pytest.fixture
def run(write, tmp_path):
    """Run an experiment on the table."""
    TABLE.to_csv(tmp_path / "data.csv", index=False)

    def run(file="small.yaml", **changes):
        return library.run(write(file=file, **{"reporters": [], **changes}), n_jobs=1, out=tmp_path / "runs")

    return run


def theirs(estimator, y, scoring):
    """Scores of each fold by scikit-learn's `cross_validate`."""
    folds = KFold(3, shuffle=True, random_state=7)
    return cross_validate(estimator, X, y, cv=folds, scoring=scoring, error_score="raise")


LABEL_SCORES = ["accuracy", "f1_macro", "roc_auc", "average_precision", "recall_samples", "jaccard_micro"]
NUMBER_SCORES = ["r2", "neg_root_mean_squared_error", "explained_variance"]


def test_scores_of_labels_are_those_of_cross_validate(run):
    model = {"model": "logistic_regression", "search": {"space": {"model": {"C": [0.5]}}}}
    result = run(dataset=LABELLED, scoring=LABEL_SCORES, validation={"folds": 3}, **model)
    plain = make_pipeline(StandardScaler(), MultiOutputClassifier(LogisticRegression(C=0.5, max_iter=1000)))
    expected = theirs(plain, LABELS, LABEL_SCORES)
    for name in LABEL_SCORES:
        assert result.ranked_by(name).trials[0].scores == pytest.approx(expected[f"test_{name}"], abs=1e-6), name


@pytest.mark.parametrize(
    ("dataset", "y", "forest", "names"),
    [(LABELLED, LABELS, RandomForestClassifier, LABEL_SCORES), (NUMBERED, NUMBERS, RandomForestRegressor, NUMBER_SCORES)],
    ids=["labels", "numbers"],
)  # fmt: skip
def test_scores_of_forests_are_those_of_scikit_learn(run, dataset, y, forest, names):
    result = run(dataset=dataset, scoring=names, **FOREST)
    (trial,) = result.trials
    for fold in range(3):
        seeded = forest(5, max_depth=3, random_state=Fit(trial.candidate, 0, fold).seed(7))
        expected = theirs(seeded, y, names)
        for name in names:
            found = result.ranked_by(name).trials[0].scores[fold]
            assert found == pytest.approx(expected[f"test_{name}"][fold], abs=1e-6), name


def test_without_a_scorer_labels_have_the_accuracy_of_all_and_numbers_r2(run):
    assert run(dataset=LABELLED, **FOREST).scoring == "accuracy"
    assert run(file="numbers.yaml", name="numbers", dataset=NUMBERED, **FOREST).scoring == "r2"


@pytest.mark.parametrize(
    ("dataset", "changes", "message"),
    [
        (NUMBERED, {"scoring": "accuracy"}, "the targets are 2 numbers, which 'accuracy' does not score; r2, "),
        (NUMBERED, {"validation": {"method": "stratified_kfold"}}, "stratified_kfold needs classes, but the targets are 2 num"),
        (NUMBERED, {"validation": {"method": "leave_one_out"}}, "'r2' cannot score a single test row"),
        (LABELLED | {"positive": "news"}, {}, "the positive class is one of two classes, but the targets are 3 labels"),
    ],
)  # fmt: skip
def test_what_cannot_be_done_with_several_targets_is_refused(write, gridloom, tmp_path, dataset, changes, message):
    TABLE.to_csv(tmp_path / "data.csv", index=False)
    experiment = {"model": "random_forest", "validation": None, "search": {"space": {"model": {"trees": [3]}}}}
    file = write(**experiment | {"dataset": dataset} | changes)
    done = gridloom("run", file)
    assert done.returncode == 2
    assert message in done.stderr
    assert "Traceback" not in done.stderr


@pytest.mark.parametrize(
    ("dataset", "changes", "message"),
    [
        (NUMBERED, {}, "logistic_regression predicts classes, but the targets are 2 numbers"),
        (LABELLED, {"preprocess": [{"name": "select_k_best", "k": 2}]}, "select_k_best scores columns by a single target, but the targ"),
        (LABELLED, {"model": "one-target"}, "are 3 labels, but LogisticRegression .* predicts a single target; wrap it in the builder as"),
    ],
)  # fmt: skip
def test_what_learns_a_single_target_stops_the_run_as_the_first_fit_begins(write, tmp_path, dataset, changes, message):
    TABLE.to_csv(tmp_path / "data.csv", index=False)
    file = write(dataset=dataset, validation=None, **{"model": "logistic_regression", "preprocess": None} | changes)
    work = work_of(read_experiment(file, load_registry([__name__]), plugins=(__name__,)))
    with pytest.raises(StopRun, match=message):
        list(sklearn.train(work))


def one_target(task, C: float = 1.0):
    return make_pipeline(StandardScaler(), LogisticRegression(C=C))


@library.hookimpl
def gridloom_model_builders():
    yield library.ModelBuilder("one-target", "A model of a single target.", one_target, "estimator")


@pytest.mark.parametrize("dataset", [LABELLED, NUMBERED], ids=["labels", "numbers"])
def test_a_run_is_nested_held_out_reported_kept_used_and_exported(write, gridloom, tmp_path, dataset):
    TABLE.to_csv(tmp_path / "data.csv", index=False)
    validation = {"folds": 2, "nested": {"folds": 2}}
    reporters = ["console", "csv", "json", "markdown", "html"]
    file = write(
        **FOREST | {"dataset": dataset, "validation": validation, "test": 20, "refit": True, "reporters": reporters}
    )
    done = gridloom("run", file)
    assert done.returncode == 0, done.stderr
    names, is_labels = dataset["target"], dataset is LABELLED
    result = json.loads((tmp_path / "runs/small/results.json").read_text())
    score = "accuracy" if is_labels else "r2"
    held = result["held_out"]["scores"][score]
    assert held["low"] < held["score"] < held["high"]
    assert len(result["nested"]["folds"]) == 2
    model = library.load(tmp_path / "runs/small")
    assert (model.target_names, model.is_multilabel, model.card["target"]) == (tuple(names), is_labels, names)
    found = list(csv.reader(StringIO(gridloom("predict", "small", "data.csv").stdout)))
    heads = ["prediction", "probability"] if is_labels else ["prediction"]
    assert found[0] == [f"{head} of {name}" for head in heads for name in names]
    rows = TABLE[list("abcd")]
    expected = model.predict(rows)
    assert expected.shape == (80, len(names))
    if is_labels:
        expected = np.column_stack([expected, model.predict_proba(rows)])
        np.testing.assert_array_equal(expected[:, :3], expected[:, 3:] > 0.5)
    else:
        with pytest.raises(library.DataError, match="there are no probabilities: the targets are numbers"):
            model.predict_proba(rows)
    np.testing.assert_array_equal(np.array(found[1:], float), expected)


def test_onnx_holds_a_forest_of_several_numbers_and_none_of_labels(tmp_path):
    forest = RandomForestRegressor(3, max_depth=2, random_state=0).fit(X, NUMBERS)
    library.write_skops(tmp_path / "model.skops", forest)
    code = write_onnx(tmp_path / "model.skops", {"classes": 0, "labels": 0}, (), tmp_path)
    names = {}
    exec("\n".join([*code.imports, code.text]), names)
    np.testing.assert_allclose(names["predict"](names["load"](tmp_path), X), forest.predict(X), rtol=1e-5)
    with pytest.raises(library.GridloomError, match="estimators of several labels cannot be exported as onnx"):
        write_onnx(tmp_path / "model.skops", {"classes": 0, "labels": 3}, (), tmp_path)


def test_a_script_fits_the_same_forest(write, gridloom, tmp_path):
    TABLE.to_csv(tmp_path / "data.csv", index=False)
    assert gridloom("run", write(**FOREST, dataset=LABELLED, refit=True, preprocess=["standardize"])).returncode == 0
    assert gridloom("export", "small", "--format", "script", "-o", "script").returncode == 0
    script = tmp_path / "script/train.py"
    runpy.run_path(str(script), run_name="__main__")
    again, preprocessing = (
        library.read_skops(script.parent / f"trained/{name}.skops") for name in ("model", "preprocessing")
    )
    rows = TABLE[list("abcd")]
    found = np.column_stack([part[:, 1] for part in again.predict_proba(preprocessing.transform(rows).to_numpy())])
    np.testing.assert_array_equal(found, library.load(tmp_path / "runs/small").predict_proba(rows))
