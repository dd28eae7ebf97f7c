"""`KerasModel` is an estimator as scikit-learn's are, and what the searches train of it equals what it trains itself."""

from __future__ import annotations

import pickle
import subprocess
import sys
import warnings

import keras
import numpy as np
import pandas as pd
import pytest
from sklearn.base import clone, is_classifier, is_regressor
from sklearn.model_selection import StratifiedKFold, check_cv, cross_val_score
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler
from sklearn.utils.estimator_checks import check_estimator

from dropin.networks import ALL_ROWS, MARKS, diabetes, flowers, tumours
from dropin.test_equal_to_scikit_learn import both, check_equal
from gridloom import sklearn as ours
from gridloom.sklearn import KerasModel

pytestmark = MARKS

SAME = {"epochs": 4, "batch_size": ALL_ROWS}


def linear(task, scale=1.0):
    """A linear model that begins with zeros."""
    outputs = {"multiclass": task.n_classes}.get(task.kind, 1)
    activation = {"binary": "sigmoid", "multiclass": "softmax"}.get(task.kind)
    loss = {"binary": "binary_crossentropy", "multiclass": "sparse_categorical_crossentropy"}.get(task.kind, "mse")
    layers = [keras.layers.Rescaling(scale), keras.layers.Dense(outputs, activation, True, "zeros")]
    model = keras.Sequential([keras.Input(task.input_shape), *layers])
    model.compile(keras.optimizers.SGD(0.1), loss)
    return model


def test_it_learns_as_keras_does():
    X, names = flowers()
    found = KerasModel(linear, **SAME, model__scale=0.5, learning_rate=0.2).fit(X, names, np.arange(150) % 3 + 0.5)
    codes = np.unique(names, return_inverse=True)[1]
    model = keras.Sequential(
        [keras.Input((4,)), keras.layers.Rescaling(0.5), keras.layers.Dense(3, "softmax", True, "zeros")]
    )
    model.compile(keras.optimizers.SGD(0.2), "sparse_categorical_crossentropy")
    told = model.fit(X, codes, 150, 4, sample_weight=np.arange(150) % 3 + 0.5, verbose=0)
    np.testing.assert_allclose(found.predict_proba(X), model.predict(X, verbose=0), atol=1e-5)
    np.testing.assert_allclose(found.history_["loss"], told.history["loss"], rtol=1e-4)
    assert found.predict(X[:2]).tolist() == ["setosa", "setosa"]
    assert isinstance(found.model_, keras.Model)
    assert (found.classes_.tolist(), found.n_features_in_) == (["setosa", "versicolor", "virginica"], 4)


@pytest.mark.parametrize("task", ["classification", "regression"])
def test_a_search_trains_what_it_trains_itself(task):
    X, y = tumours() if task == "classification" else diabetes()
    weights = np.arange(len(y)) % 3 * 1.0  # some rows do not count
    steps = make_pipeline(StandardScaler(), KerasModel(linear, task=task, **SAME, random_state=0))
    scale, optimizer, rate = (f"kerasmodel__{name}" for name in ("model__scale", "optimizer", "learning_rate"))
    momentum = {"name": "sgd", "momentum": 0.5}
    grid = [
        {scale: [0.1], optimizer: [None, "sgd", momentum], rate: [0.01]},
        {scale: [0.5], optimizer: [momentum], rate: [0.02]},
    ]
    scoring = "neg_log_loss" if task == "classification" else "r2"
    check_equal(*both("GridSearchCV", steps, grid, fit=(X, y), cv=2, scoring=scoring))
    single = KerasModel(linear, task=task, **SAME, random_state=0)
    theirs, found = both(
        "RandomizedSearchCV",
        single,
        {"learning_rate": [1e-3, 1e-2]},
        fit=(X / np.abs(X).max(axis=0), y),
        weights=weights,
        n_iter=2,
        random_state=0,
    )
    check_equal(theirs, found)
    assert found.best_estimator_.history_["loss"]


def drawn(width=3):
    """A network whose weights are drawn."""
    layers = [keras.layers.Dense(width, "relu"), keras.layers.Dense(1, "sigmoid")]
    model = keras.Sequential([keras.Input((30,)), *layers])
    model.compile("sgd", "binary_crossentropy")
    return model


@pytest.mark.parametrize("seed", [lambda: 3, lambda: np.int64(3), lambda: np.random.RandomState(3)])
def test_any_random_state_makes_it_reproducible(seed):
    X, y = tumours()
    made = [KerasModel(drawn, epochs=1, random_state=seed()) for _ in range(2)]
    one, other = (network.fit(X[:90], y[:90]).predict_proba(X) for network in made)
    np.testing.assert_array_equal(one, other)
    settings = {"cv": 2, "scoring": "neg_log_loss", "refit": False}
    searches = [ours.GridSearchCV(network, {"epochs": [1, 2]}, **settings).fit(X, y) for network in made]
    one, other = (search.cv_results_["mean_test_score"] for search in searches)
    np.testing.assert_array_equal(one, other)


def test_a_random_state_that_is_searched_is_left_to_scikit_learn():
    X, y = tumours()
    with pytest.warns(UserWarning, match="random_state is searched, and candidates of a run share one"):
        ours.GridSearchCV(KerasModel(drawn, epochs=1), {"random_state": [0, 1]}, cv=2, refit=False).fit(X[:60], y[:60])


def test_a_fit_that_fails_leaves_it_as_it_was():
    X, y = tumours()
    network = KerasModel(linear, **SAME).fit(X, np.array(["ill", "well"])[y])
    before = network.predict(X)
    for settings, rows in (({"epochs": "3"}, X), ({"epochs": 1, "model__scale": "much"}, np.hstack([X, X]))):
        network.set_params(**settings)
        with pytest.raises((ValueError, RuntimeError)):
            network.fit(rows, np.array(["a", "b"])[y])
        np.testing.assert_array_equal(network.predict(X), before)
        assert (network.classes_.tolist(), network.n_features_in_) == (["ill", "well"], 30)


def with_a_local_layer():
    class Local(keras.layers.Layer):
        def call(self, values):
            return 3 * values

    model = keras.Sequential([keras.Input((30,)), Local(), keras.layers.Dense(1, "sigmoid")])
    model.compile("sgd", "binary_crossentropy")
    return model


def with_a_lambda():
    layers = [keras.layers.Lambda(lambda values: values * 2), keras.layers.Dense(1, "sigmoid")]
    model = keras.Sequential([keras.Input((30,)), *layers])
    model.compile("sgd", "binary_crossentropy")
    return model


@pytest.mark.parametrize("build", [with_a_local_layer, with_a_lambda])
def test_a_network_that_cannot_be_read_back_is_refused_with_the_way_out(build):
    X, y = tumours()
    told = (
        r"cannot be read back; define its layers as classes at the top level.*(find class 'Local'|has a Lambda layer)"
    )
    with pytest.raises(RuntimeError, match=told):
        KerasModel(build, epochs=1).fit(X[:60], y[:60])


def test_no_callbacks_and_no_validation_rows_may_be_said_in_a_grid():
    X, y = tumours()
    grid = {"callbacks": [None, []], "validation": [None, 0]}
    search = ours.GridSearchCV(KerasModel(linear, **SAME), grid, cv=2, refit=False).fit(X[:60], y[:60])
    assert (search.engine_, len({*search.cv_results_["mean_test_score"]})) == ("fused", 1)


def test_validation_rows_and_callbacks_are_those_of_gridloom():
    X, y = tumours()
    stops = [{"name": "early_stopping", "patience": 1, "min_delta": 0.5}]
    model = KerasModel(linear, epochs=9, batch_size=ALL_ROWS, validation=0.25, callbacks=stops, random_state=0)
    assert len(model.fit(X, y).history_["val_loss"]) == 2
    assert model.set_params(callbacks=None).fit(X, y).history_["val_loss"][-1] < 0.69
    found = ours.GridSearchCV(model, {"callbacks": [None, stops], "class_weight": [None, {1: 2.0}]}, cv=2).fit(X, y)
    assert (found.engine_, found.why_not_fused_) == ("fused", "")
    with pytest.raises(ValueError, match=r"class_weight has '1', which is no class of y; the classes are 0, 1"):
        clone(model).set_params(class_weight={"1": 2.0}).fit(X, y)


def test_it_is_a_classifier_or_a_regressor_before_it_is_fitted():
    classifier, regressor = KerasModel(linear), KerasModel(linear, task="regression")
    assert is_classifier(classifier)
    assert is_regressor(regressor)
    assert isinstance(check_cv(3, [0, 1] * 5, classifier=is_classifier(classifier)), StratifiedKFold)
    assert hasattr(classifier, "predict_proba")
    assert not hasattr(regressor, "predict_proba")
    scores = cross_val_score(KerasModel(linear, **SAME), *tumours(), cv=3, scoring="roc_auc")
    assert scores.min() > 0.9


def test_parameters_of_the_function_are_parameters_with_a_prefix():
    model = KerasModel(linear, model__scale=2.0)
    assert model.get_params()["model__scale"] == 2.0
    assert KerasModel(linear).get_params()["model__scale"] == 1.0
    assert clone(model).get_params() == model.get_params()
    assert "model__scale=2.0" in repr(model)


@pytest.mark.parametrize(
    ("name", "right"),
    [
        ("scale", "for the parameter of the function write model__scale"),
        ("model__scal", "did you mean 'model__scale'?"),
        ("epoch", "did you mean 'epochs'?"),
        ("optimizer__learning_rate", "write learning_rate"),
        ("optimizer__momentum", r"write optimizer=\{'name': 'sgd', 'momentum': ...\}"),
        ("validation_split", "write validation"),
        ("loss", "compile the network with its loss in the function"),
        ("units", "it has batch_size, build"),
    ],
)
def test_an_unknown_parameter_is_answered_with_the_right_one(name, right):
    with pytest.raises(TypeError, match=f"KerasModel has no parameter '{name}'; {right}"):
        KerasModel(linear, **{name: 1})
    with pytest.raises(ValueError, match=right):
        ours.GridSearchCV(KerasModel(linear), {name: [1]}, cv=2).fit(*tumours())


@pytest.mark.parametrize(
    ("build", "told"),
    [(lambda *, rate: rate, "'rate'"), (lambda **rest: rest, r"must name each of its parameters.*\*\*kwargs")],
)
def test_a_function_that_cannot_be_called_is_told_before_its_parameters(build, told):
    with pytest.raises(TypeError, match=told):
        KerasModel(build, model__rate=0.5)


def test_it_is_pickled_with_its_network_and_a_function_without_a_name():
    X, y = tumours()
    table = pd.DataFrame(X, columns=[f"c{number}" for number in range(30)])
    model = KerasModel(lambda task, scale=1.0: linear(task, scale), **SAME).fit(table, y)
    model.model_.set_weights([weights + 0.1 for weights in model.model_.get_weights()])
    again = pickle.loads(pickle.dumps(model))
    np.testing.assert_allclose(again.predict_proba(table), model.predict_proba(table), atol=1e-6)
    assert again.feature_names_in_.tolist() == table.columns.tolist()
    assert again.fit(table, y).score(table, y) > 0.9


def fails(task, fails=True):
    """A network that cannot be made, unless it is told so."""
    if fails:
        raise ValueError("this network cannot be made")
    return linear(task)


@pytest.mark.parametrize(
    ("settings", "told"),
    [
        ({"task": "ranking"}, r"task='ranking' is no task of KerasModel"),
        ({"epochs": 0}, r"^epochs: should be greater than or equal to 1, not 0"),
        ({"optimizer": "sdg"}, r"^optimizer: .*did you mean 'sgd'\?"),
        (
            {"callbacks": [{"name": "early_stopping"}]},
            r"^callbacks\[0\]: .*monitors 'val_loss', but no rows are held out",
        ),
        ({"engine": "fusd"}, r"did you mean 'fused'\?"),
        ({"build": fails}, "the network cannot be trained: ValueError: this network cannot be made"),
        ({"build": 3}, "build must be a function that returns a Keras model, not an object of type int"),
    ],
)
def test_what_is_wrong_is_told_by_fit(settings, told):
    X, y = tumours()
    with pytest.raises((ValueError, TypeError, RuntimeError), match=told):
        KerasModel(**{"build": linear} | settings).fit(X, y)


def test_targets_that_are_numbers_need_the_task():
    X, y = diabetes()
    with pytest.raises(ValueError, match=r"for numbers, write KerasModel\(build, task='regression'\)"):
        KerasModel(linear).fit(X, y)


def test_a_candidate_that_fails_has_no_score():
    with warnings.catch_warnings(record=True) as told:
        warnings.simplefilter("always")
        found = ours.GridSearchCV(KerasModel(fails, **SAME), {"model__fails": [True, False]}, cv=2).fit(*tumours())
    assert any("this network cannot be made" in str(warning.message) for warning in told)
    assert np.isnan(found.cv_results_["mean_test_score"]).tolist() == [True, False]


FAILING = {
    "check_do_not_raise_errors_in_init_or_set_params": "unknown parameters are refused at once, as Python refuses them",
    "check_sample_weight_equivalence_on_dense_data": "a row that counts twice is not in two batches",
}


def layered(task):
    """A network with a hidden layer."""
    outputs, activation = (task.n_classes, "softmax") if task.n_classes else (1, None)
    layers = [keras.layers.Dense(16, "relu"), keras.layers.Dense(outputs, activation)]
    model = keras.Sequential([keras.Input(task.input_shape), *layers])
    model.compile("sgd", "sparse_categorical_crossentropy" if task.n_classes else "mse")
    return model


@pytest.mark.filterwarnings("ignore")  # of fits that the checks mean to fail
@pytest.mark.parametrize("task", ["classification", "regression"])
def test_checks_of_scikit_learn(task):
    model = KerasModel(layered, task=task, epochs=40, batch_size=16, learning_rate=0.01, random_state=0)
    checks = check_estimator(model, on_skip=None, expected_failed_checks=FAILING)
    assert len([check for check in checks if check["status"] == "passed"]) > 45


def test_it_does_not_need_scikeras():

    code = "import sys; sys.modules['scikeras'] = None; from gridloom.sklearn import KerasModel, GridSearchCV"
    subprocess.run([sys.executable, "-c", code], check=True)
