"""One call from arrays and a function to a result: what it takes, and what it leaves."""

from __future__ import annotations

import pickle
from functools import partial

import numpy as np
import pandas as pd
import pytest
from sklearn.linear_model import LogisticRegression, Ridge
from sklearn.model_selection import GridSearchCV, KFold

import gridloom
from gridloom import Choices, Range, When


def build(task, C=1.0, scale: float = 1.0):
    """A logistic regression."""
    return LogisticRegression(C=C * scale)


def test_folds_that_are_not_shuffled_score_as_a_grid_search_does(search, data):
    result = search(build, name="mine", validation={"method": "kfold", "folds": 3, "shuffle": False})
    by_hand = GridSearchCV(LogisticRegression(), {"C": [0.01, 1.0]}, cv=KFold(3)).fit(*data)
    np.testing.assert_allclose(result.cv_results_["mean_test_score"], by_hand.cv_results_["mean_test_score"])
    assert (result.folder.name, result.engine) == ("mine", "sklearn")
    assert result.to_frame()["param_C"].tolist() == [0.01, 1.0]


@pytest.mark.parametrize(
    ("given", "name"),
    [
        (lambda C=1.0: LogisticRegression(C=C), "build"),
        (LogisticRegression, "LogisticRegression"),
        (partial(LogisticRegression, solver="liblinear"), "LogisticRegression"),
        (gridloom.ModelBuilder("own", "A model.", build, makes="estimator"), "own"),
        ("logistic_regression", "logistic_regression"),
        ({"name": "logistic_regression", "max_iter": 50}, "logistic_regression"),
    ],
)
def test_a_builder_is_a_function_a_class_or_a_name_and_names_the_run(given, name, search):
    result = search(given)
    assert result.is_complete
    assert result.folder.name == name
    assert [trial.params for trial in result.trials] == [{"C": 0.01}, {"C": 1.0}]


def test_what_a_function_makes_is_found_out_where_its_code_does_not_say(search):
    def find(C=1.0):
        from importlib import import_module

        return import_module("sklearn.linear_model").LogisticRegression(C=C)

    assert search(find).is_complete


def test_a_parameter_without_a_default_is_searched(search):
    def needs(task, C):
        return LogisticRegression(C=C)

    assert [trial.params for trial in search(needs).trials] == [{"C": 0.01}, {"C": 1.0}]


@pytest.mark.parametrize(
    ("domain", "values"),
    [
        (np.logspace(-2, 0, 3), [0.01, 0.1, 1.0]),
        ((np.float32(0.5), 2), [0.5, 2]),
        (Choices(0.5, 2.0), [0.5, 2.0]),
        (Range(1.0, 2.0, step=0.5), [1.0, 1.5, 2.0]),
        ({"low": 1.0, "high": 2.0, "count": 2}, [1.0, 2.0]),
        (0.5, [0.5]),
    ],
)
def test_a_space_takes_lists_arrays_and_domains(domain, values, search):
    result = search(build, space={"model": {"C": domain}})
    assert [trial.params["C"] for trial in result.trials] == values


def test_conditions_are_domains_too(search):
    model = {"C": [0.5, 1.0], "scale": When(Choices(1.0, 2.0), {"C": (0.5,)})}
    found = search(build, space={"model": model}).trials
    assert [trial.params for trial in found] == [{"C": 0.5, "scale": 1.0}, {"C": 0.5, "scale": 2.0}, {"C": 1.0}]


def test_annotations_admit_and_convert_values_in_workers_as_they_do_here(search):
    def sized(task, C=1.0, sizes: tuple[int, ...] = (1,)):
        if not isinstance(sizes, tuple):
            raise TypeError(sizes)
        return LogisticRegression(C=C * sum(sizes))

    assert search(sized, space={"model": {"sizes": [[1, 2], [3]]}}).is_complete
    with pytest.raises(gridloom.InvalidInput, match=r"^space\.model\.sizes\[0\]"):
        search(sized, space={"model": {"sizes": ["much"]}})


# Data


def test_a_table_is_read_as_what_its_columns_are(search, data):
    X, y = data
    table = pd.DataFrame(X, columns=["a", "b", "y"])
    table["town"] = pd.Categorical(["u", "v", None] * 20)
    classes = pd.Series(np.where(y, "ill", "well"), name="y", index=range(100, 160))
    result = search(
        build, table, classes, preprocess=["impute", "one_hot", "standardize"], refit=True, scoring="f1", positive="ill"
    )
    assert result.is_complete
    columns = result.manifest["data"]["columns"]
    assert "town" in str(columns)
    model = result.load()
    assert set(model.predict(table)) == {"ill", "well"}
    assert model.card["target"] == "y_"  # a column has the name


def test_classes_may_be_texts_or_numbers_and_targets_numbers_or_several(search, data):
    X, y = data
    for name, classes in {
        "texts": ["a", "b"] * 30,
        "objects": pd.Series(["a", "b"] * 30, dtype=object),
        "flags": y > 0,
    }.items():
        assert search(build, X.tolist(), classes, name=name).is_complete
    ridge = {"space": {"model": {"alpha": [0.1, 1.0]}}, "validation": {"folds": 3}}
    assert search(Ridge, X, X[:, 0] + 0.5, name="numbers", **ridge).scoring == "r2"
    assert search(Ridge, X, y, name="forced", task="regression", **ridge).scoring == "r2"
    several = search(Ridge, X, pd.DataFrame(X[:, :2], columns=["u", "v"]), name="several", refit=True, **ridge)
    assert several.load().target_names == ("u", "v")


def test_one_target_may_be_a_column_of_its_own(search, data):
    X, y = data
    first = search(build, X, y, name="plain")
    for name, column in {"array": y.reshape(-1, 1), "table": pd.DataFrame({"state": y})}.items():
        found = search(build, X, column, name=name)
        assert found.cv_results_["mean_test_score"].tolist() == first.cv_results_["mean_test_score"].tolist()
    assert found.truth.target == "state"


def test_groups_weights_and_samples_are_those_of_the_rows(search, data):
    groups = [f"patient {row // 4}" for row in range(60)]
    result = search(
        build, groups=groups, sample_weight=np.arange(60) + 1.0, validation={"method": "group_kfold", "folds": 3}
    )
    assert result.is_complete
    assert result.manifest["experiment"]["dataset"]["groups"] == "list of 60"
    assert search(build, sample=0.5, name="half").manifest["data"]["rows"] == 30


def test_a_result_can_be_pickled_with_all_it_does(search, data):
    again = pickle.loads(pickle.dumps(search(build, refit=True)))
    assert again.load().predict(data[0]).shape == (60,)


def test_rows_that_the_search_never_sees_are_a_share_of_those_given(search):
    result = search(build, test=0.25, refit="simplest")
    assert result.held_out.rows == 15


# What it leaves


def test_the_result_says_the_experiment_as_yaml(search):
    text = search(
        build, strategy={"name": "random", "candidates": 2}, space={"model": {"C": {"low": 0.1, "high": 1.0}}}
    ).experiment_yaml()
    assert text.startswith(
        "# This experiment was a call of gridloom.search: only that Python program can run it again.\n"
    )
    assert "# python:build stands for the function build(task, C=1.0, scale=1.0), code " in text
    assert '  X: "ndarray of float64, shape (60, 3)"\n' in text
    assert "candidates: 2\n" in text


def test_the_same_call_resumes_and_another_one_is_refused_with_what_changed(search, data):
    first = search(build)
    again = search(build)
    assert again.seconds < 60
    assert again.to_frame()["mean_fit_time"].tolist() == first.to_frame()["mean_fit_time"].tolist()  # from the journal
    with pytest.raises(
        gridloom.GridloomError, match=r"What changed:\n  data\.sha256: was \w+\.\.\., is \w+\.\.\.\nUndo"
    ):
        search(build, data[0] + 1)

    def other(task, C=1.0, scale: float = 1.0):
        return LogisticRegression(C=C + scale)

    other.__name__ = "build"
    with pytest.raises(gridloom.GridloomError, match=r"in_memory\.python\.code\.build: was code \w{12}"):
        search(other)
    assert search(other, fresh=True).is_complete


def test_what_would_help_is_said_as_an_argument(search):
    result = search(build, space={"model": {"C": [1.0, 1.01]}})
    assert result.summary.next_step.endswith("only on this data: set validation={'seeds': 20}.")
    assert "set validation={&#x27;seeds&#x27;: 20}." in result._repr_html_()


def test_a_value_that_a_function_refers_to_is_part_of_the_run(search):
    def made(factor):
        def build(C=1.0):
            return LogisticRegression(C=C * factor)

        return build

    search(made(1.0))
    assert search(made(1.0)).is_complete
    with pytest.raises(gridloom.GridloomError, match=r"code\.factor: was 1\.0, is 2\.0"):
        search(made(2.0))
