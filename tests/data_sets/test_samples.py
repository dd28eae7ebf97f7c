"""The rows that `sample:` takes of a data set."""

from __future__ import annotations

import numpy as np
import pytest

from gridloom import Data, DataError, InvalidInput
from gridloom.core.data import sample_rows


def uneven(*counts):
    """Data with so many rows of each class, in blocks; the only feature is the number of the row."""
    y = np.repeat(np.arange(len(counts)), counts)
    return Data(np.arange(len(y), dtype=float)[:, None], y, classes=tuple("abcdefgh"[: len(counts)]))


def test_a_share_or_a_number_of_the_rows_is_drawn(load_experiment):
    assert len(load_experiment({"name": "iris", "sample": 0.2}).y) == 30
    assert len(load_experiment({"name": "iris", "sample": 30}).y) == 30
    assert len(load_experiment({"name": "diabetes", "sample": 0.5}).y) == 221
    assert len(load_experiment({"name": "iris", "sample": 1.0}).y) == 150
    assert len(load_experiment({"name": "iris", "sample": 150}).y) == 150


def test_a_sample_keeps_the_proportions_of_the_classes():
    assert np.bincount(sample_rows(uneven(60, 30, 10), 0.5, seed=3).y).tolist() == [30, 15, 5]
    assert np.bincount(sample_rows(uneven(60, 30, 10), 20, seed=3).y).tolist() == [12, 6, 2]


def test_a_sample_keeps_the_order_of_the_rows_and_takes_none_twice():
    data = uneven(60, 30, 10)
    rows = sample_rows(data, 0.3, seed=1).X[:, 0].astype(int)
    assert (np.diff(rows) > 0).all()
    assert np.array_equal(sample_rows(data, 0.3, seed=1).y, data.y[rows])


def test_a_sample_is_the_same_for_the_same_seed_and_another_for_another():
    data = uneven(60, 30, 10)
    first, again, other = (sample_rows(data, 0.3, seed) for seed in (1, 1, 2))
    assert first.fingerprint == again.fingerprint
    assert first.fingerprint != other.fingerprint


def test_a_sample_follows_the_seed_of_the_experiment(load_experiment):
    dataset = {"name": "iris", "sample": 0.2}
    prints = [load_experiment(dataset, seed=seed).fingerprint for seed in (1, 1, 2)]
    assert prints[0] == prints[1] != prints[2]


def test_more_rows_than_there_are_cannot_be_drawn(load_experiment, tmp_path):
    with pytest.raises(InvalidInput) as caught:
        load_experiment({"name": "iris", "sample": 151})
    message = "a sample of 151 cannot be drawn from 150 rows"
    assert str(caught.value) == f"{tmp_path / 'small.yaml'}:3:3: {message}"


@pytest.mark.parametrize(("name", "X", "y"), [("X", [[0.0]] * 4, np.arange(4)), ("y", np.zeros((4, 1)), [0, 1, 0, 1])])
def test_data_are_arrays(name, X, y):
    with pytest.raises(DataError, match=f"^{name} should be a numpy array, not list$"):
        Data(X, y)


@pytest.mark.parametrize("sample", [2, 0.001])
def test_a_sample_too_small_for_the_classes_is_refused(sample):
    with pytest.raises(DataError, match=f"a sample of {sample} cannot be drawn from 100 rows"):
        sample_rows(uneven(60, 30, 10), sample, seed=0)


@pytest.mark.parametrize("sample", [0, 1, 0.0, 1.5, -0.5, True, "half"])
def test_a_sample_that_is_neither_a_share_nor_a_number_of_rows_is_refused(load_experiment, sample):
    with pytest.raises(InvalidInput, match=r"small\.yaml:4:11: a sample must be a share of the rows"):
        load_experiment({"name": "iris", "sample": sample})


@pytest.mark.parametrize("sample", [99, 98, 0.99])
def test_all_rows_but_one_or_two_can_be_drawn(sample):
    assert len(sample_rows(uneven(60, 30, 10), sample, seed=0).y) == int(sample if sample > 1 else sample * 100)


def test_a_sample_that_loses_a_rare_class_is_refused_by_its_name():
    with pytest.raises(DataError, match="class 'c'"):
        sample_rows(uneven(30, 18, 2), 0.1, seed=0)
