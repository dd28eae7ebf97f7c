"""What scripts do with scikit-learn's searches beside the usual: results are those of scikit-learn, or scikit-learn trains."""

from __future__ import annotations

import re
import warnings

import keras
import numpy as np
import pytest
from scipy.stats import uniform
from sklearn import model_selection
from sklearn.ensemble import RandomForestRegressor
from sklearn.model_selection import KFold, PredefinedSplit, ShuffleSplit
from sklearn.pipeline import Pipeline, make_pipeline
from sklearn.preprocessing import FunctionTransformer, StandardScaler, TargetEncoder

from dropin.networks import MARKS, by_tensorflow, classifier, compiled, diabetes, regressor, tumours
from dropin.test_equal_to_scikit_learn import both, check_equal
from gridloom import sklearn as ours

pytestmark = MARKS


def emptied(meta, rates):
    """A linear model, by a function that changes what it is given."""
    import keras

    model = keras.Sequential([keras.Input(meta["X_shape_"][1:]), keras.layers.Dense(1, None, True, "zeros")])
    model.compile(keras.optimizers.SGD(rates.pop()), "mse")
    return model


def test_the_last_step_of_a_pipeline_is_searched():
    X, y = diabetes()
    steps = Pipeline([("scale", FunctionTransformer(lambda rows: rows / 100)), ("net", regressor())])
    grid = {"net": [regressor(optimizer__learning_rate=0.001), regressor(optimizer__learning_rate=0.1)]}
    check_equal(*both("GridSearchCV", steps, grid, fit=(X[:90], y[:90]), cv=2))
    with pytest.warns(UserWarning, match="the last step of a candidate is RandomForestRegressor"):
        found = ours.GridSearchCV(steps, {"net": [regressor(), RandomForestRegressor(5)]}, cv=2).fit(X[:60], y[:60])
    assert found.engine_ == "scikit-learn"


@pytest.mark.parametrize("returns", [False, True])
def test_steps_are_fitted_and_applied_as_a_pipeline_does_it(returns):
    rng = np.random.default_rng(0)
    X = rng.integers(0, 9, (80, 3))
    y = X[:, 0] / 9 + rng.normal(size=80) / 5
    relative = FunctionTransformer(lambda rows: rows - rows.mean(axis=0))  # depends on the rows beside a row
    steps = make_pipeline(TargetEncoder(cv=KFold(5, shuffle=True, random_state=0)), relative, regressor())
    grid = {"kerasregressor__optimizer__learning_rate": [0.01, 0.1]}
    given = {"cv": ShuffleSplit(1, test_size=0.5, random_state=0), "return_train_score": returns}
    check_equal(*both("GridSearchCV", steps, grid, fit=(X, y), **given))


def test_a_function_that_changes_its_arguments_and_values_that_are_arrays():
    X, y = diabetes()
    X = (X - X.mean(axis=0)) / X.std(axis=0)
    estimator = regressor(optimizer=None, loss=None).set_params(model=emptied)
    grid = {"model__rates": [[0.1], [0.01]]}
    theirs, found = both("GridSearchCV", estimator, grid, fit=(X, y), cv=2)
    check_equal(theirs, found)
    np.testing.assert_allclose(found.predict(X), theirs.predict(X), atol=1e-3)
    arrays = {"model__scale": [np.array(0.5), np.array([1.0] * 10)]}
    theirs, found = both("GridSearchCV", regressor(), arrays, fit=(X, y), cv=2)
    np.testing.assert_allclose(found.cv_results_["mean_test_score"], theirs.cv_results_["mean_test_score"], rtol=1e-3)


def test_halving_begins_with_as_many_rows_and_a_single_split_is_enough():
    X, y = tumours()
    grid = {"model__rate": [0.01, 0.1, 0.5]}
    halving = both("HalvingGridSearchCV", classifier(compiled), grid, fit=(X, y), cv=2, random_state=0, factor=3)
    assert halving[0].n_resources_ == halving[1].n_resources_
    test = PredefinedSplit(np.where(np.arange(len(y)) % 3, -1, 0))
    check_equal(*both("GridSearchCV", classifier(compiled), grid, fit=(X, y), cv=test, scoring="neg_log_loss"))


def logits():
    """A network whose output is no probability."""
    import keras

    model = keras.Sequential([keras.Input((30,)), keras.layers.Dense(1, None, True, "zeros")])
    model.compile("sgd", keras.losses.BinaryCrossentropy(from_logits=True))
    return model


@pytest.mark.parametrize(
    ("estimator", "weights", "reason"),
    [
        (classifier(logits), None, "the loss 'binary_crossentropy' of logits is left to Keras's own fit"),
        (classifier(compiled), np.arange(60) % 2, "is 0 for some rows"),
        (classifier(compiled, fit__initial_epoch=1), None, "'fit__initial_epoch' is left to Keras's own fit"),
    ],
)
def test_what_would_be_computed_otherwise_is_left_to_keras(estimator, weights, reason):
    X, y = tumours()
    given = {} if weights is None else {"sample_weight": weights}
    with pytest.warns(UserWarning, match=reason):
        found = ours.GridSearchCV(estimator, {"batch_size": [60]}, cv=2, refit=False).fit(X[:60], y[:60], **given)
    assert found.engine_ == "scikit-learn"


def test_a_class_that_does_not_train_is_said_with_the_way_out():
    X, y = tumours()
    rows = np.argsort(y, kind="stable")[::3]
    with pytest.warns(UserWarning, match=r"class 0 is missing from the training rows of split 0.*StratifiedKFold\(2\)"):
        ours.GridSearchCV(classifier(), {"epochs": [1]}, cv=2, refit=False).fit(X[rows], y[rows])


@pytest.mark.parametrize(
    ("model", "steps", "told"),
    [
        (compiled, False, "'optimizer__learning_rate' is searched, but SciKeras ignores it"),
        (compiled, True, "or leave compiling to SciKeras|search 'net__model__learning_rate'"),
        (by_tensorflow, False, "the function for 'model' compiles the network"),
    ],
)
def test_what_scikeras_ignores_is_told(model, steps, told):
    X, y = tumours()
    network = Pipeline([("scale", StandardScaler()), ("net", classifier(model))]) if steps else classifier(model)
    grid = {"net__optimizer__learning_rate" if steps else "optimizer__learning_rate": [0.1, 0.2]}
    with pytest.warns(UserWarning) as warned:  # noqa: PT030  (two of them for TensorFlow)
        ours.GridSearchCV(network, grid, cv=2, refit=False).fit(X[:60], y[:60])
    assert any(re.search(told, str(warning.message)) for warning in warned)


@pytest.mark.parametrize("settings", [{}, {"callbacks": [keras.callbacks.LambdaCallback()]}])
def test_generators_are_drawn_from_as_by_scikit_learn(settings):
    X, y = diabetes()
    lists = {"model__scale": uniform(1e-3, 1e-2), "epochs": [1, 2, 3]}
    found: list = []
    generators: list = []
    for module in (model_selection, ours):
        np.random.seed(5)  # noqa: NPY002
        generators.append(draws := np.random.RandomState(3))
        search = module.RandomizedSearchCV(
            regressor(**settings), lists, n_iter=2, cv=ShuffleSplit(2, random_state=draws), random_state=draws
        )
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            search.fit(X[:60], y[:60])
            search.set_params(random_state=None, cv=KFold(2, shuffle=True)).fit(X[:60], y[:60])
        found.append(search)
    check_equal(*found)
    assert found[1].engine_ == ("scikit-learn" if settings else "fused")
    assert len({generator.randint(10**9) for generator in generators}) == 1


def test_nothing_of_an_earlier_fit_stays():
    X, y = diabetes()
    search = ours.GridSearchCV(regressor(), {"epochs": [1]}, cv=2, refit=False).fit(X[:60] / 100, y[:60])
    assert search.engine_ == "fused"
    search.set_params(estimator=RandomForestRegressor(5), param_grid={}).fit(X[:60], y[:60])
    assert not hasattr(search, "engine_")
    assert not hasattr(search, "result_")
