"""Mistakes in a call: one sentence each, with the argument and the keys in it."""

from __future__ import annotations

import os
import threading

import numpy as np
import pandas as pd
import pytest
from scipy.stats import loguniform
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import KFold
from sklearn.preprocessing import StandardScaler

import gridloom

LOCK = threading.Lock()


def build(task, C=1.0):
    return LogisticRegression(C=C)


def locked(C=1.0):
    with LOCK:
        return LogisticRegression(C=C)


def nothing(task, C=1.0):
    LogisticRegression(C=C)


def unclear(C=1.0):
    pass


def raising(C=1.0):
    raise ValueError("no such luck")


def dying(C=1.0):
    os._exit(1)


def network():
    import keras

    return keras.Sequential([keras.layers.Dense(1)])


def needs(task, C, size):
    return LogisticRegression(C=C * size)


def untold(C):
    return LogisticRegression(C=C)


def loose(task, **options):
    return LogisticRegression(**options)


MISTAKES = {
    "rows": ({"y": [0, 1]}, "X: has 60 rows, but y has 2"),
    "groups": ({"groups": [1]}, "groups: has 1 rows, but y has 60"),
    "weights": ({"sample_weight": ["a"] * 60}, "sample_weight: has dtype <U1; expected numbers"),
    "no array": ({"X": 5}, "X: must be an array or a DataFrame with one row per example, not int"),
    "texts": ({"X": np.array([["a"]] * 60)}, "X: has dtype <U1; features must be numbers, or the columns of a DataFrame"),
    "gaps": ({"X": np.full((60, 2), np.nan)}, "X and y: the features contain a value that is not finite, first in row 0"),
    "a missing target": ({"y": [None] + ["a"] * 59}, "y: the target in row 1 is missing"),
    "one class": ({"y": [1] * 60}, "X and y: every row has the same class, '1'; there is nothing to learn"),
    "no inputs": ({"X": {}}, "X: must map the name of each input to an array"),
    "task": ({"task": "binary"}, "task: unknown task 'binary'; known: classification, multilabel, regression"),
    "parameter": ({"space": {"model": {"c": [1.0]}}}, "space.model.c: unknown parameter 'c'; did you mean 'C'?"),
    "value": ({"space": {"model": {"C": [1.0, object()]}}}, "space.model.C[1]: must be a number, string, boolean, list or dict, or gridloom.Choices or gridloom.Range, not an object of type object"),
    "infinity": ({"space": {"model": {"C": [np.inf]}}}, "space.model.C[0]: inf is not a finite number"),
    "empty": ({"space": {}}, "space: the space is empty"),
    "keys": ({"validation": {"folds": 1}, "scoring": "acuracy", "strategy": "hyper"}, "scoring: unknown scorer 'acuracy'; did you mean 'accuracy' or 'top_k_accuracy'?\nstrategy: unknown strategy 'hyper'"),
    "name": ({"name": "a/b"}, "name: 'a/b' cannot name a run: use up to 64 letters"),
    "not a function": ({"build": LogisticRegression()}, "build: must be a function that returns a model, or the name of a model builder, not an object of type LogisticRegression"),
    "no builder": ({"build": "logistic"}, "build: unknown model builder 'logistic'; did you mean 'logistic_regression'?"),
    "a lock": ({"build": locked}, "build: the function 'locked' cannot be sent to workers, because it refers to 'LOCK' (cannot pickle '_thread.lock' object)"),
    "no return": ({"build": nothing}, "the builder 'nothing' returned NoneType"),
    "no model": ({"build": unclear}, "build: the function 'unclear' returns NoneType, neither a Keras model nor a scikit-learn estimator; does it end in 'return model'?"),
    "an error": ({"build": raising}, "build: the function 'raising' raises ValueError: no such luck"),
    "a death": ({"build": dying}, "build: the process that called the function has died"),
    "no value": ({"build": needs}, "build: parameter 'size' has no value; give it a default, or search it with space={'model': {'size': [...]}}"),
    "no task": ({"build": untold}, "build: the first parameter of a builder gets the task, but in 'untold' it is 'C'"),
    "any option": ({"build": loose}, "build: the function of model builder 'loose' must name each of its parameters"),
    "the name of a column": ({"y": "bought"}, "y: must be the targets themselves; for a column of X, pass X.drop(columns='bought') and X['bought']"),
    "no workers": ({"n_jobs": 0}, "n_jobs: must be a number of workers, or -1 for one per core; 0 is not allowed"),
    "a list for a family": ({"space": {"optimizer": ["adam"]}, "build": network}, "space.optimizer: write 'default', or a dict of 'optimizer' to values to try: {'optimizer': ['adam']}"),
    "a learning rate": ({"lr": 0.1}, "lr: unknown argument 'lr'; it belongs under 'training', as in training={'learning_rate': ...}"),
    "a list of inputs": ({"X": [np.zeros((60, 2)), np.zeros((60, 3))]}, "X: is a list of 2 arrays; pass a dict of them by the names of the model's inputs, such as {'image': images, 'table': table}"),
    "no rows": ({"X": np.zeros((0, 2)), "y": []}, "X and y: there are no rows"),
    "a missing group": ({"groups": [None, *"ab" * 29, "c"]}, "groups: the value in row 1 is missing"),
    "a missing weight": ({"sample_weight": [1.0, np.nan] + [1.0] * 58}, "sample_weight: the value in row 2 is missing"),
    "mixed cells": ({"X": pd.DataFrame({"a": [1, "b", None] * 20})}, "X and y: column 'a' contains int and str values, which a table cannot have; exclude it by X.drop(columns=['a'])"),
    "a number of folds": ({"validation": 5}, "validation: should be the name of a method, or its options; write validation={'folds': 5} for folds, or "),
    "a name for a list": ({"reporters": "html"}, "reporters: should be a list, not 'html'; write ['html']"),
    "a parameter for a family": ({"space": {"C": [1.0]}}, "space.C: 'C' is not a family; it belongs under 'space.model', as in space={'model': {'C': ...}}"),
    "a distribution": ({"space": {"model": {"C": loguniform(0.01, 1)}}}, "space.model.C: must be a number, string, boolean, list or dict, or gridloom.Choices or gridloom.Range, not an object of type rv_continuous_frozen; write the distribution as {'low': 0.01, 'high': 1.0, 'scale': 'log'}"),
    "a splitter": ({"validation": KFold(3)}, "validation: must be a number, string, boolean, list or dict, not an object of type KFold; name a method, such as {'method': 'kfold', 'folds': 5}"),
    "a transformer": ({"preprocess": [StandardScaler()]}, "preprocess[0]: must be a number, string, boolean, list or dict, not an object of type StandardScaler; name a step, such as 'standardize'"),
    "a function that scores": ({"scoring": raising}, "scoring: must be a number, string, boolean, list or dict, not an object of type function; name a scorer, such as 'roc_auc'"),
    "a callback": ({"training": {"callbacks": [LOCK]}}, "training.callbacks[0]: must be a number, string, boolean, list or dict, not an object of type lock; name a callback, such as {'name': 'early_stopping'"),
    "quiet": ({"verbose": 0}, "verbose: unknown argument 'verbose'; write reporters=[] for a search that prints nothing"),
    "engine": ({"engine": "fused"}, "engine: engine 'fused' trains models of the kind 'network', but 'build' makes the kind 'estimator'"),
}  # fmt: skip


@pytest.mark.parametrize(("given", "said"), MISTAKES.values(), ids=MISTAKES.keys())
def test_a_mistake_is_one_sentence_with_its_place(given, said, search):
    with pytest.raises(gridloom.GridloomError) as caught:
        search(**{"build": build} | given)
    assert str(caught.value).startswith(said)


def test_arguments_of_another_type_are_type_errors(search):
    for given, said in (
        ({"n_jobs": "2"}, "n_jobs must be a whole number, not '2'"),
        ({"plugins": "mine.py"}, r"plugins must be a list of strings; write plugins=\['mine.py'\]"),
    ):
        with pytest.raises(TypeError, match=said):
            search(build, **given)


def test_data_that_a_function_carries_to_workers_again_and_again_are_reported(search, caplog):
    large = np.zeros(2_000_000)

    def heavy(task, C=1.0):
        return LogisticRegression(C=C + large[0])

    assert search(heavy).is_complete
    (record,) = caplog.records
    assert "the function 'heavy' refers to 15 MB of data" in record.getMessage()


def test_without_a_plugin_that_takes_arrays_there_is_no_search(search):
    with pytest.raises(gridloom.GridloomError, match="no plugin reads arrays"):
        search(build, without=["builtin-datasets"])
