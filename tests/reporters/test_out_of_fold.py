"""The predictions of the best candidate in `report.html`, held against scikit-learn's and against the scores."""

from __future__ import annotations

import sqlite3

import numpy as np
import pytest
from sklearn import datasets
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import accuracy_score, confusion_matrix, roc_auc_score
from sklearn.model_selection import FixedThresholdClassifier, StratifiedKFold, cross_val_predict
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler
from sklearn.svm import SVC

import gridloom
from gridloom.runs import kept_predictions
from gridloom.runs.reading import bare_result
from gridloom_plugins.figures.out_of_fold import confusion, out_of_fold, roc, why_none
from gridloom_plugins.html.out_of_fold import out_of_fold_section
from gridloom_plugins.reporters import html
from reporters.test_html_content import Page

BUILDERS = '''
import gridloom


def threshold(task, at: float = 0.8):
    """Logistic regression that predicts the second class from an unusual probability on."""
    from sklearn.linear_model import LogisticRegression
    from sklearn.model_selection import FixedThresholdClassifier
    from sklearn.pipeline import make_pipeline
    from sklearn.preprocessing import StandardScaler

    return FixedThresholdClassifier(make_pipeline(StandardScaler(), LogisticRegression()), threshold=at)


def machine(task, C: float = 1.0):
    """A support vector machine, which has decision values and no probabilities."""
    from sklearn.pipeline import make_pipeline
    from sklearn.preprocessing import StandardScaler
    from sklearn.svm import SVC

    return make_pipeline(StandardScaler(), SVC(C=C, decision_function_shape="ovo"))


@gridloom.hookimpl
def gridloom_model_builders():
    yield gridloom.ModelBuilder("threshold", "A threshold.", threshold, makes="estimator")
    yield gridloom.ModelBuilder("machine", "A machine.", machine, makes="estimator")
'''
FOLDS = StratifiedKFold(3)
PLAIN = {"method": "stratified_kfold", "folds": 3, "shuffle": False}


@pytest.fixture
def run(write, tmp_path):
    """Run an experiment and give its result as it is read from the journal."""
    (tmp_path / "builders.py").write_text(BUILDERS)

    def run(**changes):
        file = write(**({"validation": PLAIN, "reporters": []} | changes))
        gridloom.run(file, n_jobs=1, out=tmp_path / "runs", plugins=[str(tmp_path / "builders.py")])
        return bare_result(tmp_path / "runs" / "small")

    return run


def one_of(name, parameter, value):
    """What changes in an experiment that has one candidate of a model."""
    return {"model": name, "search": {"strategy": "grid", "space": {"model": {parameter: [value]}}}}


def standardized(estimator):
    return make_pipeline(StandardScaler(), estimator)


@pytest.mark.parametrize(
    ("data", "chosen", "estimator"),
    [
        ("breast_cancer", one_of("logistic_regression", "C", 0.01), standardized(LogisticRegression(C=0.01))),
        ("wine", one_of("logistic_regression", "C", 0.001), standardized(LogisticRegression(C=0.001))),
        (
            "breast_cancer",
            one_of("threshold", "at", 0.9),
            FixedThresholdClassifier(standardized(LogisticRegression()), threshold=0.9),
        ),
        ("breast_cancer", one_of("machine", "C", 0.05), standardized(SVC(C=0.05))),
        ("digits", one_of("machine", "C", 0.05), standardized(SVC(C=0.05))),
    ],
    ids=["two classes", "three classes", "another threshold", "decision values", "decision values of ten classes"],
)
def test_the_confusion_matrix_is_that_of_scikit_learn(data, chosen, estimator, run):
    result = run(dataset=data, scoring="accuracy", **chosen)
    X, y = getattr(datasets, f"load_{data}")(return_X_y=True)
    names = list(getattr(datasets, f"load_{data}")().target_names.astype(str))
    found = out_of_fold(result)
    order = [names.index(name) for name in found.truth.classes]
    expected = confusion_matrix(y, cross_val_predict(estimator, X, y, cv=FOLDS), labels=order)
    assert confusion(found) == expected.tolist()
    assert 0 < np.trace(expected) < len(y)
    (matrix, *_) = out_of_fold_section(result).plots
    assert matrix.traces[0]["text"] == [[f"{count:,}" for count in row] for row in expected.tolist()]
    assert f"{len(y):,} predictions, one for each row" in out_of_fold_section(result).sentence


@pytest.mark.parametrize("positive", ["malignant", "benign"])
def test_the_roc_curve_is_about_the_positive_class(positive, run):
    result = run(dataset={"name": "breast_cancer", "positive": positive}, **one_of("logistic_regression", "C", 0.01))
    X, y = datasets.load_breast_cancer(return_X_y=True)
    number = ["malignant", "benign"].index(positive)
    shares = cross_val_predict(standardized(LogisticRegression(C=0.01)), X, y, cv=FOLDS, method="predict_proba")[
        :, number
    ]
    curve = roc(out_of_fold(result))
    assert curve.positive == positive
    assert curve.area == pytest.approx(roc_auc_score(y == number, shares), abs=1e-4)
    assert (curve.points[0], curve.points[-1]) == ((0, 0), (1, 1))


def test_every_fit_scores_what_its_part_of_the_predictions_comes_to_with_repeats_and_seeds(run):
    result = run(
        dataset="wine",
        validation={"method": "stratified_kfold", "folds": 3, "repeats": 2, "seeds": 2},
        scoring="accuracy",
        **one_of("random_forest", "trees", 3),
    )
    found, start = out_of_fold(result), 0
    for fit, score in zip(found.trial.fits, found.trial.scores, strict=True):
        end = start + len(found.truth.tests[fit.repeat, fit.fold])
        assert accuracy_score(found.true[start:end], found.predicted[start:end]) == pytest.approx(score)
        start = end
    assert start == len(found.rows) == 4 * 178
    assert "712 predictions for 178 rows" in found.sentence
    assert "4 for each row, one for each repeat and seed" in found.sentence


def test_predicted_numbers_stand_beside_the_true_ones(run):
    result = run(
        dataset="diabetes",
        scoring="neg_mean_absolute_error",
        validation={"folds": 3},
        **one_of("random_forest", "trees", 5),
    )
    found, start = out_of_fold(result), 0
    for fit, score in zip(found.trial.fits, found.trial.scores, strict=True):
        end = start + len(found.truth.tests[fit.repeat, fit.fold])
        assert -np.abs(found.true[start:end] - found.predicted[start:end]).mean() == pytest.approx(score, rel=1e-5)
        start = end
    against, residuals = out_of_fold_section(result).plots
    dots, errors = against.traces[1], residuals.traces[1]
    assert errors["y"] == pytest.approx(
        [true - predicted for true, predicted in zip(dots["x"], dots["y"], strict=True)]
    )
    assert found.scores is None


def test_the_page_shows_them_of_a_run_whose_data_are_gone(run, tmp_path):
    rows = [f"{n % 7},{n % 5},{'yes' if (n * n) % 7 > 3 else 'no'}" for n in range(90)]
    (tmp_path / "mine.csv").write_text("\n".join(["a,b,target", *rows]))
    result = run(dataset={"name": "csv", "path": "mine.csv", "target": "target"}, scoring="accuracy")
    (tmp_path / "mine.csv").unlink()
    html.report(result)
    page = Page((result.folder / "report.html").read_text(encoding="utf-8"))
    assert "Confusion matrix" in page.text("predictions")
    assert "90 predictions, one for each row" in page.text("predictions")
    assert page.plot("predictions")["layout"]["yaxis"]["ticktext"] == ["no", "yes"]


def test_a_run_that_keeps_no_predictions_says_so_and_what_would_help(run, monkeypatch):
    monkeypatch.setattr(kept_predictions, "MOST", 0)
    section = out_of_fold_section(run())
    assert section.plots == ()
    assert "Predictions are not kept, since they would take" in section.sentence
    assert "fewer candidates, repeats or seeds keeps them" in section.sentence


def test_several_targets_are_left_out_with_a_word(run, tmp_path):
    rng = np.random.default_rng(0)
    X = rng.random((60, 3))
    np.savez(tmp_path / "several.npz", X=X, y=X @ rng.random((3, 2)))
    result = run(
        dataset={"name": "arrays", "path": "several.npz"},
        validation={"folds": 3},
        **one_of("random_forest", "trees", 3),
    )
    assert out_of_fold(result) is None
    assert why_none(result) == "Predictions of several targets or labels a row are not shown."


def test_a_run_of_an_earlier_version_has_no_section_even_when_it_is_resumed(run, tmp_path):
    result = run()
    with sqlite3.connect(result.folder / "journal.sqlite") as database:
        for table in ("truth", "tests"):
            database.execute(f"DROP TABLE {table}")
    again = run()
    assert again.truth is None
    assert out_of_fold_section(again) is None


def test_a_candidate_one_of_whose_fits_kept_nothing_has_no_matrix(run):
    result = run()
    object.__setattr__(result.best.results[0], "predicted", None)
    assert out_of_fold(result) is None
