"""Cross-validation: which rows train and which test."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from sklearn.model_selection import KFold, ShuffleSplit, StratifiedKFold, StratifiedShuffleSplit

from gridloom import Data, DataError, InvalidInput
from gridloom.experiment.bind import read_experiment
from gridloom.experiment.split_methods import COUNTED, METHODS
from gridloom.experiment.splits import Validation
from gridloom.experiment.validation_rows import watched

SEED = 7


def classes(*counts):
    """Data with so many rows of each class, a, b and so on, in blocks."""
    y = np.repeat(np.arange(len(counts)), counts)
    return Data(np.arange(len(y), dtype=float)[:, None], y, classes=tuple("abcdefgh"[: len(counts)]))


def numbers(rows):
    """Data with a number to predict."""
    return Data(np.arange(rows, dtype=float)[:, None], np.arange(rows) / 2)


MIXED = Data(np.zeros((60, 1)), np.tile([0, 1, 1, 2, 1], 12), classes=("a", "b", "c"))
"""60 rows, the classes well mixed in the proportions 1 : 3 : 1."""

DESCRIBED = replace(
    MIXED, groups=np.arange(60) // 5, order=np.random.default_rng(0).permutation(60), folds=np.arange(60) % 4 - 1
)
"""The same rows in 12 groups, with an order in time and three folds, besides rows that never test."""


def rows(splits):
    """Splits as lists of (train, test) that can be compared."""
    return [(split.train.tolist(), split.test.tolist()) for split in splits]


def made(method, data, seed=SEED, **options):
    return Validation(method, options).materialise(data, seed)


def expected(splitter, data):
    return [(train.tolist(), test.tolist()) for train, test in splitter.split(data.X, data.y)]


def test_kfold_cuts_the_rows_into_contiguous_blocks_as_scikit_learn_does():
    assert rows(made("kfold", numbers(10), shuffle=False)) == expected(KFold(5), numbers(10))
    assert rows(made("kfold", MIXED, folds=7, shuffle=False)) == expected(KFold(7), MIXED)


def test_shuffled_kfold_is_that_of_scikit_learn_with_the_seed():
    assert rows(made("kfold", MIXED, folds=4, shuffle=True)) == expected(KFold(4, shuffle=True, random_state=7), MIXED)


def test_stratified_kfold_is_that_of_scikit_learn_shuffled_unless_told_otherwise():
    shuffled = StratifiedKFold(5, shuffle=True, random_state=SEED)
    assert rows(made("stratified_kfold", MIXED)) == expected(shuffled, MIXED)
    assert rows(made("stratified_kfold", MIXED, folds=3, shuffle=False)) == expected(StratifiedKFold(3), MIXED)


def test_stratified_folds_keep_the_proportions_of_the_classes():
    for split in made("stratified_kfold", classes(60, 30, 10), folds=5):
        assert np.bincount(classes(60, 30, 10).y[split.test]).tolist() == [12, 6, 2]


def test_shuffle_split_is_stratified_where_there_are_classes():
    stratified = StratifiedShuffleSplit(5, test_size=0.2, random_state=SEED)
    assert rows(made("shuffle_split", MIXED)) == expected(stratified, MIXED)
    plain = ShuffleSplit(2, test_size=0.3, random_state=SEED)
    assert rows(made("shuffle_split", numbers(20), folds=2, test_share=0.3)) == expected(plain, numbers(20))


@pytest.mark.parametrize("method", ["kfold", "stratified_kfold"])
@given(folds=st.integers(2, 12), shuffle=st.booleans(), seed=st.integers(0, 2**32 - 1))
def test_every_row_is_tested_in_one_fold_and_trains_in_the_others(method, folds, shuffle, seed):
    splits = made(method, MIXED, seed, folds=folds, shuffle=shuffle)
    assert sorted(row for split in splits for row in split.test) == list(range(60))
    for split in splits:
        assert sorted([*split.train, *split.test]) == list(range(60))


REPEATED = {"kfold": {"shuffle": True}, "stratified_kfold": {}, "shuffle_split": {}}


@pytest.mark.parametrize(("method", "options"), REPEATED.items())
def test_repeats_differ_from_each_other(method, options):
    splits = made(method, MIXED, folds=3, repeats=4, **options)
    by_repeat = [rows(split for split in splits if split.repeat == repeat) for repeat in range(4)]
    assert len({str(repeat) for repeat in by_repeat}) == 4
    assert all(len(repeat) == 3 for repeat in by_repeat)


@pytest.mark.parametrize(("method", "options"), REPEATED.items())
def test_the_seed_decides_random_splits(method, options):
    first, again, other = (rows(made(method, MIXED, seed, repeats=2, **options)) for seed in (1, 1, 99))
    assert first == again
    assert first != other


@pytest.mark.parametrize(("method", "options"), REPEATED.items())
def test_every_seed_of_an_experiment_can_be_repeated(method, options):
    assert len(made(method, MIXED, 2**32 - 1, folds=2, repeats=2, **options)) == 4


def test_splits_are_numbered_by_repeat_and_fold():
    splits = made("kfold", MIXED, folds=2, shuffle=True, repeats=2)
    assert [(split.repeat, split.fold) for split in splits] == [(0, 0), (0, 1), (1, 0), (1, 1)]


CHOICES = [
    pytest.param("kfold", {}, id="kfold"),
    pytest.param("kfold", {"folds": 7}, id="folds of kfold"),
    pytest.param("kfold", {"folds": 2, "shuffle": True, "repeats": 3}, id="repeats of kfold"),
    pytest.param("stratified_kfold", {}, id="stratified_kfold"),
    pytest.param("stratified_kfold", {"folds": 3, "repeats": 2}, id="repeats of stratified_kfold"),
    pytest.param("shuffle_split", {}, id="shuffle_split"),
    pytest.param("shuffle_split", {"folds": 1, "repeats": 4, "test_share": 0.4}, id="repeats of shuffle_split"),
    pytest.param("group_kfold", {"folds": 3, "repeats": 2}, id="repeats of group_kfold"),
    pytest.param("stratified_group_kfold", {"folds": 4}, id="stratified_group_kfold"),
    pytest.param("time_series", {"folds": 4, "gap": 2}, id="time_series"),
    pytest.param("predefined", {}, id="predefined"),
    pytest.param("leave_one_out", {}, id="leave_one_out"),
]


@pytest.mark.parametrize(("method", "options"), CHOICES)
def test_the_places_of_a_validation_are_those_of_the_splits_that_it_makes(method, options):
    validation = Validation(method, options).fitted(DESCRIBED)
    splits = validation.materialise(DESCRIBED, SEED)
    assert validation.places == [(split.repeat, split.fold) for split in splits]
    assert validation.splits == len(splits)


def test_no_method_is_left_out_of_the_test_above():
    assert {choice.values[0] for choice in CHOICES} == set(METHODS)


def test_what_a_validation_does_not_say_is_resolved():
    assert Validation("kfold").resolved == {"method": "kfold", "folds": 5, "shuffle": True, "repeats": 1, "seeds": 1}
    resolved = Validation("shuffle_split", {"test_share": 0.5}, seeds=4).resolved
    assert resolved == {"method": "shuffle_split", "folds": 5, "test_share": 0.5, "repeats": 1, "seeds": 4}


def test_a_class_that_is_missing_where_one_trains_is_refused_with_advice(write, registry, tmp_path):
    experiment = read_experiment(write(validation={"method": "kfold", "folds": 3, "shuffle": False}), registry)
    with pytest.raises(InvalidInput) as caught:
        experiment.materialise(experiment.load_data())
    assert str(caught.value) == (
        f"{tmp_path / 'small.yaml'}:13:3: class 'setosa' is missing from the training rows of fold 0; "
        "use stratified_kfold, or remove 'shuffle: false'"
    )


def test_the_advice_is_not_to_shuffle_what_is_shuffled():
    with pytest.raises(DataError, match="class 'b' is missing") as caught:
        made("kfold", classes(9, 1), folds=2, shuffle=True)
    assert "shuffle" not in str(caught.value)


@pytest.mark.parametrize("method", METHODS)
def test_the_advice_for_a_class_of_a_single_row_does_not_go_in_a_circle(method):
    data = replace(classes(9, 1), groups=np.arange(10), folds=np.arange(10) % 2)
    options = {} if method in COUNTED else {"folds": 2}
    with pytest.raises(DataError, match="class 'b'") as caught:
        made(method, data, **options)
    assert "has a single row, so no folds can both train and test on it; exclude its row" in str(caught.value)
    assert "use " not in str(caught.value)


def test_the_advice_to_stratify_names_a_number_of_folds_that_can_be():
    with pytest.raises(DataError, match="use stratified_kfold with at most 2 folds, or remove"):
        made("kfold", classes(18, 2), folds=4, shuffle=False)
    assert made("stratified_kfold", classes(18, 2), folds=2)


def test_fewer_rows_of_a_class_than_folds_are_refused():
    message = r"^class 'b' has 2 row\(s\), fewer than the 3 folds; use at most 2 folds$"
    with pytest.raises(DataError, match=message):
        made("stratified_kfold", classes(10, 2), folds=3)
    assert len(made("stratified_kfold", classes(10, 3), folds=3)) == 3


def test_more_folds_than_rows_are_refused():
    with pytest.raises(DataError, match=r"^11 folds need at least as many rows; there are 10$"):
        made("kfold", numbers(10), folds=11)
    assert len(made("kfold", numbers(10), folds=10)) == 10


def test_stratifying_a_number_is_refused():
    with pytest.raises(DataError, match=r"^stratified_kfold needs classes, but the target is a number; use kfold"):
        made("stratified_kfold", numbers(20))


@pytest.mark.parametrize(
    ("method", "options", "data"),
    [
        pytest.param("shuffle_split", {"test_share": 0.999}, numbers(10), id="no row to train on"),
        pytest.param("shuffle_split", {"test_share": 0.05}, classes(4, 3, 3), id="no row to test for a class"),
    ],
)
def test_what_scikit_learn_cannot_split_is_refused_in_words(method, options, data):
    with pytest.raises(DataError, match=f"^validation '{method}' cannot split the 10 rows: "):
        made(method, data, **options)


def test_rows_of_one_group_cannot_be_parted_to_watch_a_training():
    data = replace(MIXED, groups=np.arange(60) // 30)
    with pytest.raises(
        DataError,
        match=r"^validation 0\.2 of the training rows of fold 0 cannot be held out: they all belong to one group",
    ):
        watched(made("group_kfold", data, folds=2), data, 0.2, method="group_kfold", seed=SEED)
