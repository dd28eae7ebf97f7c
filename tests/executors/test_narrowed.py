"""Workers share features in the type that engines compute with, converted once."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from gridloom import Data
from gridloom.core.narrowing import narrowed
from gridloom.testing.experiments import read_tiny
from gridloom.training.job import job_of

Y = np.arange(70_000) % 2


def data_of(X):
    return Data(X, Y, classes=("a", "b"), feature_names=("one", "two"))


def test_wide_features_are_converted_and_count_as_those_that_were_given():
    data = data_of(np.random.default_rng(0).normal(size=(70_000, 2)))
    found = narrowed(data)
    assert found.X.dtype == "float32"
    np.testing.assert_array_equal(found.X, data.X.astype("float32"))
    assert (found.fingerprint, found.task, found.feature_names) == (data.fingerprint, data.task, data.feature_names)
    assert narrowed(data_of((data.X * 100).astype("int64"))).X.dtype == "float32"


@pytest.mark.parametrize(
    "X",
    [
        np.zeros((70_000, 20), "uint8"),
        np.zeros((70_000, 20), "float32"),
        np.full((70_000, 2), 2**24 + 1),
        np.full((70_000, 2), 1e39),
    ],
)
def test_what_is_narrow_or_would_be_rounded_stays(X):
    data = Data(X, Y, classes=("a", "b"))
    assert narrowed(data) is data


def test_small_data_stay():
    data = Data(np.zeros((10, 2)), Y[:10], classes=("a", "b"))
    assert narrowed(data) is data


@pytest.mark.parametrize(
    ("engine", "preprocess", "dtype"),
    [("fused", None, "float32"), ("fused", ["standardize"], "float64"), ("sklearn", None, "float64")],
)
def test_engines_that_compute_with_float32_get_it_unless_steps_come_first(tmp_path, engine, preprocess, dtype):
    keys = {"preprocess": preprocess} if preprocess else {}
    if engine == "fused":
        keys |= {"model": "mlp", "search": {"space": {"model": {"hidden": [[2]]}}}}
    experiment = read_tiny(tmp_path, engine=engine, **keys)
    assert job_of(experiment, data_of(np.zeros((70_000, 2))), Path("log")).data.X.dtype == dtype
