"""Messages of calls say in Python what to write: arguments, dicts and values, and nothing of YAML or the command line."""

from __future__ import annotations

import re

import numpy as np
import pandas as pd
import pytest
from sklearn.linear_model import LogisticRegression

import gridloom

CELLS = {"city": ["a", "b", "c"] * 20, "age": [1.0, np.nan, 3.0] * 20, "size": [float(row) for row in range(60)]}
TABLE = pd.DataFrame(CELLS)
WORDS = np.array(["yes", "no"] * 30)


def build(task, C=1.0):
    return LogisticRegression(C=C)


def refusal(call, *given, **named):
    with pytest.raises(gridloom.GridloomError) as caught:
        call(*given, **named)
    text = str(caught.value)
    assert not re.search(r"(^|\s)-{1,2}[a-z]|\b(true|false|null)\b|'\w+:( [^']*)?'", text), text
    return text


MISTAKES = {
    "a class to score": ({"y": WORDS, "scoring": "recall"}, "write positive='no' or positive='yes'"),
    "columns": ({"X": TABLE}, "write preprocess=['impute', 'one_hot', 'standardize'], or exclude columns: X.drop(columns=['city', 'age'])"),
    "columns besides steps": ({"X": TABLE, "preprocess": ["one_hot"]}, "write preprocess=['impute', 'one_hot', 'standardize'], or"),
    "no empty columns": ({"X": TABLE.assign(no=np.nan)}, "exclude the column by X.drop(columns=['no'])"),
    "numbers that are not finite": ({"X": TABLE.assign(size=np.inf)}, "or exclude the column by X.drop(columns=['size'])"),
    "classes as numbers": ({"y": np.arange(60) % 3, "scoring": "r2"}, "as with task='regression'"),
    "several classes": ({"y": np.ones((60, 2)), "task": "classification"}, "('task': 'regression')"),
    "an engine": ({"engine": "fused"}, "write engine='auto'"),
    "a type": ({"refit": "yes"}, "refit: unknown refit 'yes'; known: simplest"),
    "a mapping": ({"validation": {"nested": 3}}, "write options of the outer folds, such as {'folds': 5}, not 3"),
    "a place": ({"training": {"scoring": "accuracy"}}, "did you mean the top-level key 'scoring'?"),
    "a plugin": ({"strategy": "nothing"}, "name its file with plugins="),
    "a step": ({"X": TABLE, "preprocess": ["impute", "impute"]}, "rename one of them with 'step': 'NAME'"),
}  # fmt: skip


@pytest.mark.parametrize("case", MISTAKES)
def test_messages_of_search_say_it_as_arguments(case, search):
    given, told = MISTAKES[case]
    assert told in refusal(search, build, **given)


def test_a_changed_run_is_started_over_by_arguments(search):
    assert search(build).is_complete
    text = refusal(search, build, space={"model": {"C": [0.5]}})
    assert (
        "start over with fresh=True (the earlier run is kept next to it), or choose another folder with out=." in text
    )
    assert "name this folder under 'warm_start'." in text


def test_a_result_without_a_model_says_which_argument_keeps_one(search):
    result = search(build)
    assert "make the same call with refit=True, which trains only that model" in refusal(result.load)


DICT = {
    "dataset": "iris",
    "model": "logistic_regression",
    "search": {"space": {"model": {"C": [0.1, 1.0]}}},
    "reporters": [],
}


@pytest.mark.parametrize(
    ("changes", "told"),
    [
        ({"refit": 1}, "refit: should be True or False"),
        ({"engine": "fused"}, "write 'engine': 'auto'"),
        ({"time_limits": 3}, "time_limits: unknown option 'time_limits'; did you mean 'time_limit'?"),
        ({"epochs": 3}, "epochs: unknown option 'epochs'; it belongs under 'training'"),
        ({"dataset": {"name": "breast_cancer", "positive": "x"}}, "the positive class 'x' does not exist"),
        ({"validation": {"shuffle": False, "repeats": 2}}, "remove 'shuffle': False"),
    ],
)
def test_messages_about_a_dict_say_it_as_its_entries(changes, told, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    assert told in refusal(gridloom.run, DICT | changes)


def test_messages_about_a_file_say_entries_in_yaml_and_options_in_python(write, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    assert gridloom.run(write(reporters=[])).is_complete
    with pytest.raises(
        gridloom.GridloomError, match=r"start over with fresh=True .* choose another folder with out=\."
    ):
        gridloom.run(write(reporters=[], seed=8))
    with pytest.raises(gridloom.GridloomError, match="write 'engine: auto'"):
        gridloom.run(write(engine="fused", reporters=[]))
    with pytest.raises(gridloom.GridloomError, match=r"settings=\['seed=x'\]: should be a whole number, not \"x\""):
        gridloom.run(write(), settings=["seed=x"])
    for given, right in (({"training.epochs": 10, "refit": False}, ["training.epochs=10", "refit=false"]), ({}, [])):
        with pytest.raises(TypeError, match=re.escape(f"settings must be a list of strings; write settings={right}")):
            gridloom.run(write(), settings=given)


def test_afterwards_messages_are_those_of_the_command_line_again(search, gridloom, write):
    with pytest.raises(Exception, match="engine='auto'"):
        search(build, engine="fused")
    assert "write 'engine: auto'" in gridloom("run", write(engine="fused")).stderr
