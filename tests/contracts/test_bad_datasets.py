"""Every check of the contract of data sets fails for a data set that breaks it."""

from __future__ import annotations

import pytest

from contracts.breaking import Bad, breaks, checks_of
from gridloom import Task
from gridloom.errors import DataError
from gridloom.testing import DatasetContract


def dataset(body, classes='("a", "b")', extra="", names="()"):
    lines = "\n    ".join(body.splitlines())
    return f"""
{extra}
SEEN = []

def load():
    import numpy as np

    X = np.arange(24.0).reshape(12, 2)
    y = np.arange(12) % 2
    {lines}
    return Data(X, y, {names}, classes={classes})

@gridloom.hookimpl
def gridloom_datasets():
    yield gridloom.Dataset("bad", "Bad.", load)
"""


BAD = {
    "test_its_data_are_valid": [
        Bad(dataset("return {}"), "it returns dict, not gridloom.Data"),
        Bad(dataset(""), "the task is Task.*, not Task", attributes={"task": Task("binary", (3,), 2)}),
        Bad(dataset(""), "there are 12 rows, not 13", attributes={"rows": 13}),
    ],
    "test_its_features_are_named_each_by_its_own_name": [
        Bad(dataset("", names='("x",)'), r"1 names for features of shape \(2,\)"),
        Bad(dataset("", names='("x", "x")'), "two of the features have the same name"),
        Bad(dataset("", classes='("a", "a")'), "two classes have the same name", error=DataError),
        Bad(dataset("", names="(1, 2)"), "should be a tuple of names", error=DataError),
    ],
    "test_its_targets_suit_the_task": [
        Bad(dataset("y = y + 0.5"), "class", error=DataError),
        Bad(dataset("y = np.ones(12)", classes="()"), "every row has the same target"),
    ],
    "test_it_loads_the_same_data_twice": [
        Bad(dataset("X = np.random.random(X.shape)"), "it loads different data the second time"),
        Bad(dataset("SEEN.append(X)\nX = SEEN[0]"), "it loads different data the second time"),
    ],
    "test_it_loads_the_same_data_in_another_process": [
        # the chance that twelve letters come in the same order under two hashes is one in 12!
        Bad(dataset("y = np.arange(12)", classes="tuple({*'abcdefghijkl'})"), "different data in another process"),
    ],
    "test_a_sample_can_be_drawn": [
        Bad(dataset("y[1:] = 0\ny[0] = 1"), "it would contain no row of class 'b'", error=Exception),
    ],
}


@pytest.mark.parametrize(("check", "bad"), [(check, bad) for check, found in BAD.items() for bad in found])
def test_the_check_fails_for_the_bad_data_set(check, bad, tmp_path):
    breaks(DatasetContract, check, bad, tmp_path)


def test_every_check_has_a_bad_data_set():
    assert set(BAD) == checks_of(DatasetContract)
