"""Arguments that the functions do not have: one error, with the word that they have for it, or where it belongs."""

from __future__ import annotations

import inspect
import typing

import pytest

import gridloom

SEARCH = {
    "n_trials": "it belongs under 'strategy', as in strategy={'name': ..., 'candidates': ...}",
    "max_trials": "it belongs under 'strategy', as in strategy={'name': ..., 'candidates': ...}",
    "n_iter": "it belongs under 'strategy', as in strategy={'name': ..., 'candidates': ...}",
    "timeout": "it belongs under 'stop', as in stop={'time': ...}",
    "metric": "did you mean 'scoring'?",
    "objective": "did you mean 'scoring'?",
    "cv": "did you mean 'validation'?",
    "epochs": "it belongs under 'training', as in training={'epochs': ...}",
    "callbacks": "it belongs under 'training', as in training={'callbacks': ...}",
    "seeds": "it belongs under 'validation', as in validation={'seeds': ...}",
    "estimator": "did you mean 'build'?",
    "param_grid": "did you mean 'space'?",
    "random_state": "did you mean 'seed'?",
    "dataset": "did you mean 'X'?",
    "dropout": "it belongs under 'space', as in space={'dropout': ...}",
    "positve": "did you mean 'positive'?",
}


@pytest.mark.parametrize("name", SEARCH)
def test_an_unknown_argument_of_search_is_answered_with_what_to_write(name):
    with pytest.raises(gridloom.GridloomError) as caught:
        gridloom.search(**{name: 1})
    assert str(caught.value) == f"{name}: unknown argument '{name}'; {SEARCH[name]}"


def test_all_unknown_arguments_are_in_one_error_which_comes_before_missing_ones():
    with pytest.raises(gridloom.GridloomError) as caught:
        gridloom.search(estimator=None, param_grid={}, cv=3)
    assert [problem.location.source for problem in caught.value.problems] == ["estimator", "param_grid", "cv"]


def test_a_missing_argument_is_pythons_own_error():
    with pytest.raises(TypeError, match="missing 3 required"):
        gridloom.search(seed=1)


@pytest.mark.parametrize(
    ("name", "told"),
    [
        ("cv", "did you mean the top-level key 'validation:'?"),
        ("epochs", "it belongs under 'training:'"),
        ("overwrite", "did you mean 'fresh'?"),
        ("directory", "did you mean 'out'?"),
        ("keep_model", "did you mean 'keep_models'?"),
    ],
)
def test_an_unknown_argument_of_run_is_answered_with_its_place_in_the_file(name, told):
    with pytest.raises(gridloom.GridloomError) as caught:
        gridloom.run("experiment.yaml", **{name: 1})
    assert str(caught.value) == f"{name}: unknown argument '{name}'; {told}"


@pytest.mark.parametrize("function", [gridloom.search, gridloom.run, gridloom.load])
def test_editors_see_every_argument(function):
    parameters = inspect.signature(function).parameters
    assert parameters
    assert not [item for item in parameters.values() if item.kind is item.VAR_KEYWORD]
    assert function.__doc__
    assert typing.cast(typing.Any, function).__wrapped__.__name__ == function.__name__
