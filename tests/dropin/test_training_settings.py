"""Validation rows, callbacks and weights of rows: followed with scikit-learn's results, or left to it with the reason."""

from __future__ import annotations

import keras
import numpy as np
import pytest
import sklearn
from keras.callbacks import EarlyStopping, ReduceLROnPlateau, TerminateOnNaN
from sklearn import model_selection
from sklearn.model_selection import GroupKFold, KFold, StratifiedKFold
from sklearn.pipeline import Pipeline
from sklearn.preprocessing import StandardScaler

from dropin.networks import ALL_ROWS, MARKS, classifier, compiled, diabetes, flowers, regressor, tumours
from dropin.test_equal_to_scikit_learn import both, check_equal
from gridloom import sklearn as ours
from gridloom.sklearn import KerasModel

pytestmark = MARKS


def measured(rate=0.5):
    """A linear model of two classes that is compiled with metrics."""
    model = keras.Sequential([keras.Input((30,)), keras.layers.Dense(1, "sigmoid", True, "zeros")])
    model.compile(
        keras.optimizers.SGD(rate), "binary_crossentropy", metrics=["accuracy", keras.metrics.AUC(name="auc")]
    )
    return model


STOPS = [EarlyStopping(patience=1), EarlyStopping("loss", min_delta=0.3, patience=1, start_from_epoch=2)]
KEEPS = [EarlyStopping(patience=2, restore_best_weights=True), ReduceLROnPlateau(patience=1, factor=0.3, cooldown=1)]


def test_early_stopping_on_the_last_share_of_the_rows_which_weigh():
    X, y = tumours()
    rng = np.random.default_rng(0)
    weights = rng.uniform(0.5, 3.0, len(y))
    grid = {"callbacks": [None, *([item] for item in STOPS), KEEPS], "optimizer__learning_rate": [40.0]}
    estimator = classifier(epochs=12, validation_split=0.3, model__scale=0.7)
    given = {"scoring": ["neg_log_loss", "accuracy"], "refit": "neg_log_loss", "cv": 2}
    theirs, found = both("GridSearchCV", estimator, grid, fit=(X, y), weights=weights, **given)
    check_equal(theirs, found)
    assert len({*found.cv_results_["mean_test_neg_log_loss"].round(4)}) >= 3  # callbacks have stopped it elsewhere
    np.testing.assert_allclose(found.predict_proba(X), theirs.predict_proba(X), atol=1e-3)
    assert found.best_estimator_.history_["val_loss"]


@pytest.mark.parametrize("steps", [False, True])
def test_arguments_of_fit_are_followed_before_parameters(steps):
    X, y = diabetes()
    network = regressor(epochs=50, batch_size=16, optimizer__learning_rate=0.01)
    estimator = Pipeline([("scale", StandardScaler()), ("net", network)]) if steps else network
    prefix = "net__" if steps else ""
    settings = {"epochs": 4, "batch_size": ALL_ROWS, "validation_split": 0.25}
    given = {f"{prefix}{name}": value for name, value in settings.items()}
    grid = {f"{prefix}optimizer__learning_rate": [0.001, 0.01]}
    found = [
        module.GridSearchCV(estimator, grid, cv=2, scoring="neg_mean_squared_error").fit(X, y, **given)
        for module in (model_selection, ours)
    ]
    check_equal(*found)
    assert found[1].engine_ == "fused"


@pytest.mark.parametrize(
    ("given", "told"),
    [
        ({"validation_data": (np.zeros((9, 10)), np.zeros(9))}, "validation_data, which is left to Keras's own fit"),
        ({"callbacks": [EarlyStopping()]}, r"callbacks, which SciKeras ignores: give them to the estimator"),
    ],
)
def test_other_arguments_of_fit_are_left_to_keras(given, told):
    X, y = diabetes()
    with pytest.warns(UserWarning, match=told):
        ours.GridSearchCV(regressor(), {"epochs": [1]}, cv=2, refit=False).fit(X, y, **given)


def test_validation_rows_of_a_pipeline_and_of_a_regression():
    X, y = diabetes()
    stops = {"callbacks": EarlyStopping, "callbacks__monitor": "loss", "callbacks__min_delta": 0.05}
    network = regressor(epochs=30, optimizer__learning_rate=0.1, **stops)
    steps = Pipeline([("scale", StandardScaler()), ("net", network)])
    grid = {"net__validation_split": [0.0, 0.25], "net__epochs": [3, 30]}
    splits = KFold(2, shuffle=True, random_state=0)
    check_equal(*both("GridSearchCV", steps, grid, fit=(X, y), cv=splits, return_train_score=True))
    halving = both(
        "HalvingGridSearchCV",
        regressor(epochs=9, validation_split=0.2, callbacks=EarlyStopping()),
        {"optimizer__learning_rate": [1e-7, 1e-6, 1e-5]},
        fit=(X, y),
        cv=2,
        random_state=0,
        factor=3,
    )
    check_equal(*halving)


@pytest.mark.parametrize(
    "estimator",
    [
        classifier(measured, validation_split=0.3, epochs=10, callbacks=[EarlyStopping("val_auc", min_delta=1e-4)]),
        classifier(measured, validation_split=0.3, epochs=10, callbacks={"stop": EarlyStopping("val_accuracy")}),
        classifier(
            optimizer__learning_rate=20.0,
            metrics=["accuracy", keras.metrics.Recall],
            validation_split=0.4,
            epochs=9,
            fit__callbacks=[[ReduceLROnPlateau("val_accuracy", patience=1), TerminateOnNaN()]],
        ),
    ],
)
def test_callbacks_that_monitor_a_metric(estimator):
    X, y = tumours()
    check_equal(*both("GridSearchCV", estimator, {"batch_size": [ALL_ROWS]}, fit=(X, y), cv=3, scoring="neg_log_loss"))


class Own(EarlyStopping):
    """A callback of the user's own."""


@pytest.mark.parametrize(
    ("settings", "reason"),
    [
        ({"callbacks": [Own("loss")]}, "the callback Own is left to Keras's own fit"),
        ({"callbacks": [EarlyStopping("loss", baseline=0.3)]}, "baseline=0.3 of EarlyStopping is left to Keras's own"),
        ({"callbacks": [EarlyStopping()]}, "EarlyStopping monitors 'val_loss' without validation_split"),
        ({"callbacks": [keras.callbacks.LambdaCallback()]}, "the callback LambdaCallback is left to Keras's own fit"),
        ({"fit__validation_freq": 2, "validation_split": 0.2}, "'fit__validation_freq' is left to Keras's own fit"),
        ({"callbacks": [EarlyStopping("loss")] * 2}, "the callback 'early_stopping' is there twice"),
    ],
)
@pytest.mark.filterwarnings("ignore:Early stopping conditioned")
def test_what_gridloom_does_not_have_is_left_to_keras(settings, reason):
    X, y = tumours()
    with pytest.warns(UserWarning, match=reason):
        found = ours.GridSearchCV(classifier(compiled, **settings), {"epochs": [2]}, cv=2).fit(X[:60], y[:60])
    assert found.engine_ == "scikit-learn"


@pytest.mark.parametrize("step", [False, True])
def test_weights_for_the_last_step_of_a_pipeline(step):
    X, names = flowers()
    network = classifier(loss="sparse_categorical_crossentropy", optimizer__learning_rate=0.3)
    weights = np.random.default_rng(0).uniform(0.5, 3, 150)
    if step:
        steps, name, prefix = Pipeline([("scale", StandardScaler()), ("net", network)]), "net__sample_weight", "net__"
    else:
        steps, name, prefix = network, "sample_weight", ""
    found = []
    for module in (sklearn.model_selection, ours):
        search = module.GridSearchCV(steps, {f"{prefix}epochs": [3, 6]}, cv=StratifiedKFold(3), scoring="neg_log_loss")
        found.append(search.fit(X, names, **{name: weights}))
    check_equal(*found)
    assert found[1].engine_ == "fused"


@pytest.mark.parametrize("model", ["scikeras", "gridloom"])
def test_metadata_routing_of_weights_and_groups(model):
    X, y = tumours()
    weights, groups = np.random.default_rng(0).uniform(0.5, 3, len(y)), np.arange(len(y)) % 7
    with sklearn.config_context(enable_metadata_routing=True):
        network = classifier(compiled) if model == "scikeras" else KerasModel(by_task, epochs=3, batch_size=ALL_ROWS)
        network.set_fit_request(sample_weight=True)
        scorer = sklearn.metrics.make_scorer(sklearn.metrics.accuracy_score).set_score_request(sample_weight=True)
        steps = Pipeline([("scale", StandardScaler().set_fit_request(sample_weight=False)), ("net", network)])
        found = []
        for module in (sklearn.model_selection, ours):
            search = module.GridSearchCV(steps, {"net__epochs": [1, 4]}, cv=GroupKFold(3), scoring=scorer)
            found.append(search.fit(X, y, sample_weight=weights, groups=groups))
        check_equal(*found)
        assert (found[1].engine_, found[1].why_not_fused_) == ("fused", "")
        steps.set_params(scale=StandardScaler().set_fit_request(sample_weight=True))
        with pytest.warns(UserWarning, match="metadata routing passes something on to the step 'scale'"):
            left = ours.GridSearchCV(steps, {"net__epochs": [1]}, cv=2, scoring=scorer).fit(
                X[:60], y[:60], sample_weight=weights[:60]
            )
        assert left.engine_ == "scikit-learn"


def by_task(task):
    """A linear model of two classes."""
    return compiled()
