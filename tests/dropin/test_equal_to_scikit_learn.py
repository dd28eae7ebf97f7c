"""Where training draws nothing at random, results are those of scikit-learn's own search with the same estimator."""

from __future__ import annotations

import warnings

import keras.wrappers
import numpy as np
import pytest
from sklearn import model_selection
from sklearn.experimental import enable_halving_search_cv  # noqa: F401
from sklearn.pipeline import Pipeline
from sklearn.preprocessing import MinMaxScaler, StandardScaler

from dropin.networks import (
    MARKS,
    Offset,
    by_tensorflow,
    classifier,
    compiled,
    diabetes,
    flowers,
    for_keras,
    regressor,
    tumours,
)
from gridloom import sklearn as ours

pytestmark = MARKS

ALIKE = {"rtol": 2e-3, "atol": 2e-5}
"""Two programs add up float32 in another order."""


def both(name, *given, fit=(), weights=None, **settings):
    """The search by scikit-learn and by Gridloom, fitted; the second by the engine `fused` alone."""
    found = []
    for module in (model_selection, ours):
        search = getattr(module, name)(*given, **settings)
        found.append(search.fit(*fit, **({} if weights is None else {"sample_weight": weights})))
    assert (found[1].engine_, found[1].why_not_fused_) == ("fused", "")
    return found


def check_equal(theirs, found):
    """The same candidates, scores and ranks, in columns of the same names and types."""
    assert list(theirs.cv_results_) == list(found.cv_results_)
    for name, column in theirs.cv_results_.items():
        if name.endswith("_time"):
            assert np.shape(found.cv_results_[name]) == np.shape(column)
        elif "score" in name and "rank" not in name:
            np.testing.assert_allclose(found.cv_results_[name], column, **ALIKE, err_msg=name)
        elif name.startswith("rank"):
            assert found.cv_results_[name].dtype == column.dtype
    assert str(found.cv_results_["params"]) == str(theirs.cv_results_["params"])
    assert (found.best_index_, found.best_params_) == (theirs.best_index_, theirs.best_params_)


def test_a_grid_with_several_scores_and_weights():
    X, y = tumours()
    weights = np.where(np.arange(len(y)) % 3, 1.0, 2.5)
    grid = {"model__scale": [0.1, 1.0], "optimizer__learning_rate": [0.1], "epochs": [2, 6]}
    given = {"scoring": ["neg_log_loss", "accuracy"], "refit": "neg_log_loss", "cv": 2}
    theirs, found = both("GridSearchCV", classifier(), grid, fit=(X, y), weights=weights, **given)
    check_equal(theirs, found)
    np.testing.assert_allclose(found.predict_proba(X), theirs.predict_proba(X), atol=1e-4)
    assert found.best_estimator_.get_params() == theirs.best_estimator_.get_params()
    assert found.result_ is None  # whose scores would count all rows alike


def test_a_pipeline_whose_steps_are_searched_with_names_of_classes_and_scores_of_training_rows():
    X, names = flowers()
    network = classifier(loss="sparse_categorical_crossentropy", optimizer__learning_rate=0.3)
    steps = Pipeline([("scale", StandardScaler()), ("net", network)])
    grid = {"scale": [StandardScaler(), MinMaxScaler()], "net__model__scale": [0.5, 2.0]}
    splits = model_selection.ShuffleSplit(3, test_size=0.5, random_state=0)  # as many rows to train as to test
    theirs, found = both("GridSearchCV", steps, grid, fit=(X, names), cv=splits, return_train_score=True)
    check_equal(theirs, found)
    assert (found.predict(X) == theirs.predict(X)).mean() > 0.98
    assert list(found.classes_) == ["setosa", "versicolor", "virginica"]


def test_random_candidates_of_a_regression_on_splits_that_are_listed_once():
    X, y = diabetes()
    steps = Pipeline([("scale", StandardScaler()), ("net", regressor(optimizer__learning_rate=0.01))])
    lists = {"net__epochs": [1, 3, 9], "net__model__scale": [0.1, 0.5, 1.0]}
    given = {"n_iter": 4, "random_state": 4, "scoring": {"r": "r2", "e": "neg_mean_absolute_error"}, "refit": "e"}
    found = []
    for module in (model_selection, ours):
        splits = iter([(np.arange(0, 300), np.arange(300, 442)), (np.arange(150, 442), np.arange(0, 150))])
        found.append(module.RandomizedSearchCV(steps, lists, cv=splits, **given).fit(X, y))
    check_equal(*found)
    assert found[1].engine_ == "fused"


def test_halving_by_epochs_and_by_rows_keeps_the_same_candidates():
    X, y = tumours()
    grid = {"optimizer__learning_rate": [1e-3, 1e-2, 1e-1]}
    by_epochs = {"resource": "epochs", "min_resources": 2, "max_resources": 6, "factor": 3, "cv": 2}
    by_rows = {"min_resources": 150, "factor": 3, "cv": 2, "random_state": 0}
    for given in (by_epochs, by_rows):
        theirs, found = both("HalvingGridSearchCV", classifier(), grid, fit=(X, y), scoring="neg_log_loss", **given)
        check_equal(theirs, found)
        assert (found.n_resources_, found.n_candidates_) == (theirs.n_resources_, theirs.n_candidates_)


def test_objects_that_print_alike_are_different_candidates():
    X, y = tumours()
    grid = {"model__offset": [Offset(0.0), Offset(2.0), None]}
    theirs, found = both("GridSearchCV", classifier(), grid, fit=(X, y), cv=2, scoring="neg_log_loss")
    check_equal(theirs, found)
    assert [trial.params["model__offset"] for trial in found.result_.trials] == ["an offset", "an offset (2)", "None"]


def test_the_wrapper_of_keras():
    X, names = flowers()
    wrapper = keras.wrappers.SKLearnClassifier(for_keras)
    settings = {"batch_size": 10_000, "epochs": 4, "verbose": 0}
    grid = {"model_kwargs": [{"rate": 0.01}, {"rate": 0.2}], "fit_kwargs": [settings]}
    theirs, found = both("GridSearchCV", wrapper, grid, fit=(X, names), cv=3)
    check_equal(theirs, found)
    assert found.result_.best.mean == pytest.approx(found.best_score_, rel=1e-5)
    assert found.result_.scoring == "accuracy"
    assert set(found.result_.best.params) == {"model_kwargs", "fit_kwargs", "epochs", "batch_size"}


def test_a_network_that_cannot_be_made_fails_as_with_scikit_learn():
    X, y = tumours()
    grid = {"model__fails": [False, True]}
    with warnings.catch_warnings(record=True) as told:
        warnings.simplefilter("always")
        found = ours.GridSearchCV(classifier(compiled), grid, cv=2, scoring="accuracy").fit(X, y)
    texts = [str(warning.message) for warning in told]
    assert any("this network cannot be made" in text and "2 fits failed out of a total of 4" in text for text in texts)
    assert any(text.startswith("2 of 4 fits were trained by Keras's own fit: ValueError: this") for text in texts)
    assert np.isnan(found.cv_results_["mean_test_score"]).tolist() == [False, True]
    assert found.best_params_ == {"model__fails": False}
    with pytest.raises(ValueError, match="this network cannot be made"):
        ours.GridSearchCV(classifier(compiled), grid, cv=2, error_score="raise").fit(X, y)


LEFT = [
    (classifier(by_tensorflow), {}, {}, "tensorflow"),
    (classifier(compiled, class_weight="balanced"), {}, {}, "class_weight='balanced' is left to Keras's own fit"),
    (classifier(compiled, fit__steps_per_epoch=1), {}, {}, "'fit__steps_per_epoch' is left to Keras's own fit"),
    (classifier(compiled), {"scoring": lambda estimator, X, y: estimator.score(X, y)}, {}, "scoring is a function"),
    (classifier(compiled()), {}, {}, "'model' is not a function that makes a network"),
]


@pytest.mark.parametrize(("estimator", "settings", "fit", "reason"), LEFT, ids=[case[-1][:25] for case in LEFT])
def test_what_the_engine_does_not_follow_is_left_to_keras_with_the_reason(estimator, settings, fit, reason):
    X, y = tumours()
    with pytest.warns(UserWarning, match="not trained by the engine 'fused'"):
        found = ours.GridSearchCV(estimator, {"epochs": [2]}, cv=2, **settings).fit(X[:60], y[:60], **fit)
    assert reason in found.why_not_fused_
    assert (found.engine_, found.result_) == ("scikit-learn", None)


def test_frames_of_polars_score_as_arrays_do():
    import polars as pl

    X, y = tumours()
    frame, target = pl.DataFrame(X), pl.Series("y", y)
    grid = {"net__model__scale": [0.5, 1.0]}
    for steps in ([], [("scale", StandardScaler())]):
        pipeline = Pipeline([*steps, ("net", classifier())])
        theirs, found = both("GridSearchCV", pipeline, grid, cv=3, fit=(frame, target))
        check_equal(theirs, found)
        np.testing.assert_array_equal(found.predict(frame), theirs.predict(frame))
