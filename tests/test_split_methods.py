"""Splits by groups, in time, by folds that the data bring, and of single rows: as scikit-learn makes them."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sklearn.model_selection import (
    GroupKFold,
    LeaveOneOut,
    PredefinedSplit,
    StratifiedGroupKFold,
    TimeSeriesSplit,
)

from gridloom import Data, DataError
from gridloom.experiment.split_notes import notes_on
from gridloom.experiment.splits import Validation

SEED = 7
RNG = np.random.default_rng(3)
ROWS = 48
DATA = Data(np.arange(ROWS, dtype=float)[:, None], np.tile([0, 1, 1], 16), classes=("a", "b"))
GROUPED = replace(DATA, groups=RNG.permutation(np.repeat(np.arange(12), 4)))
ORDERED = replace(DATA, order=RNG.permutation(ROWS))
FOLDED = replace(DATA, folds=np.tile([-1, 0, 5, 2], 12))


def made(method, data, seed=SEED, **options):
    return Validation(method, options).materialise(data, seed)


def rows(splits):
    return [(split.train.tolist(), split.test.tolist()) for split in splits]


def expected(pairs):
    return [(train.tolist(), test.tolist()) for train, test in pairs]


# As scikit-learn makes them


@pytest.mark.parametrize("shuffle", [True, False])
@pytest.mark.parametrize(
    ("method", "splitter"), [("group_kfold", GroupKFold), ("stratified_group_kfold", StratifiedGroupKFold)]
)
def test_groups_are_shared_out_as_scikit_learn_does_it(method, splitter, shuffle):
    for repeat in range(2 if shuffle else 1):
        ours = [split for split in made(method, GROUPED, shuffle=shuffle, folds=3, repeats=2) if split.repeat == repeat]
        theirs = splitter(3, shuffle=shuffle, random_state=SEED + repeat if shuffle else None)
        assert rows(ours) == expected(theirs.split(DATA.X, DATA.y, GROUPED.groups))


@pytest.mark.parametrize(
    ("options", "theirs"),
    [
        ({}, {}),
        ({"folds": 3, "gap": 4}, {"n_splits": 3, "gap": 4}),
        ({"folds": 2, "test_rows": 5, "train_rows": 9}, {"n_splits": 2, "test_size": 5, "max_train_size": 9}),
    ],
)
def test_folds_in_time_are_those_of_scikit_learn_for_rows_as_they_stand(options, theirs):
    assert rows(made("time_series", DATA, **options)) == expected(TimeSeriesSplit(**theirs).split(DATA.X))


def test_folds_in_time_are_those_of_scikit_learn_for_rows_sorted_by_their_order():
    in_time = np.argsort(ORDERED.order, kind="stable")
    pairs = [(in_time[train], in_time[test]) for train, test in TimeSeriesSplit(4).split(DATA.X)]
    assert rows(made("time_series", ORDERED, folds=4)) == expected(pairs)


def test_predefined_folds_are_those_of_scikit_learn_in_the_order_of_their_numbers():
    assert rows(made("predefined", FOLDED)) == expected(PredefinedSplit(FOLDED.folds).split())
    assert Validation("predefined").fitted(FOLDED).folds == 3


def test_every_row_is_left_out_once():
    assert rows(made("leave_one_out", DATA)) == expected(LeaveOneOut().split(DATA.X))
    assert Validation("leave_one_out").fitted(DATA).folds == ROWS


# What must never be


@pytest.mark.parametrize("method", ["group_kfold", "stratified_group_kfold"])
@settings(max_examples=30)
@given(
    groups=st.lists(st.integers(0, 9), min_size=ROWS, max_size=ROWS).filter(lambda found: len(set(found)) >= 4),
    shuffle=st.booleans(),
    seed=st.integers(0, 2**32 - 1),
)
def test_no_group_is_on_both_sides(method, groups, shuffle, seed):
    data = replace(DATA, groups=np.array(groups))
    try:
        splits = made(method, data, seed, folds=3, shuffle=shuffle)
    except DataError as error:
        assert "class" in str(error) or "no row" in str(error)  # noqa: PT017  (few and large groups may hold a class)
        return
    for split in splits:
        assert not set(data.groups[split.train]) & set(data.groups[split.test])
    assert sorted(row for split in splits for row in split.test) == list(range(ROWS))


@settings(max_examples=30)
@given(
    order=st.lists(st.floats(-5, 5), min_size=ROWS, max_size=ROWS),
    folds=st.integers(2, 5),
    gap=st.integers(0, 4),
)
def test_no_row_of_the_future_trains(order, folds, gap):
    data = replace(DATA, order=np.array(order), y=np.arange(ROWS, dtype=float), classes=())
    for split in made("time_series", data, folds=folds, gap=gap):
        assert data.order[split.train].max() <= data.order[split.test].min()
        assert not set(split.train) & set(split.test)


@pytest.mark.parametrize(
    ("method", "data"),
    [
        ("group_kfold", GROUPED),
        ("stratified_group_kfold", GROUPED),
        ("time_series", ORDERED),
        ("predefined", FOLDED),
        ("leave_one_out", DATA),
    ],
)
def test_inner_splits_lie_inside_the_training_rows_of_their_outer_fold(method, data):
    counted = method in ("predefined", "leave_one_out")
    options, nested = ({}, {}) if counted else ({"folds": 2}, {"folds": 3})
    validation = Validation(method, options, nested=nested).fitted(data)
    splits = validation.materialise_nested(data, SEED)
    places = [(outer, *place) for outer, _ in enumerate(validation.outer.places) for place in validation.inner.places]
    assert [split.place for split in splits if split.fold >= 0] == places
    whole = {split.outer: split for split in splits if split.fold < 0}
    for split in splits:
        if split.fold >= 0:
            assert {*split.train, *split.test} <= {*whole[split.outer].train}
            assert not {*split.train} & {*split.test}
    assert validation.most_fits == len(validation.places) + len(places)


# What is refused


@pytest.mark.parametrize(
    ("method", "option", "options"),
    [
        ("group_kfold", "groups", {}),
        ("stratified_group_kfold", "groups", {}),
        ("predefined", "folds", {}),
    ],
)
def test_data_without_what_a_method_needs_are_refused_with_the_line_to_write(method, option, options):
    with pytest.raises(DataError) as caught:
        Validation(method, options).fitted(DATA).materialise(DATA, SEED)
    assert str(caught.value) == (
        f"{method} needs {option}, which these data do not have; write '{option}: COLUMN' next to the data set's name, "
        f"as in {{name: csv, ..., {option}: COLUMN}}"
    )


@pytest.mark.parametrize(
    ("method", "data", "options", "message"),
    [
        (
            "group_kfold",
            replace(DATA, groups=np.arange(ROWS) % 3),
            {},
            "5 folds need at least as many groups; there are 3",
        ),
        (
            "predefined",
            replace(DATA, folds=np.full(ROWS, 0.5)),
            {},
            "the folds of predefined must be whole numbers from 0, or -1 for rows that never test, not 0.5",
        ),
        ("predefined", replace(DATA, folds=np.full(ROWS, -1)), {}, "the fold of every row is -1"),
        ("predefined", replace(DATA, folds=np.zeros(ROWS)), {}, "there is no row for fold 0 to train on"),
        (
            "time_series",
            DATA,
            {"folds": 4, "test_rows": 12},
            "validation 'time_series' cannot split the 48 rows: Too many",
        ),
        (
            "time_series",
            replace(DATA, y=np.repeat([0, 1], 24)),
            {},
            "class 'b' is missing from the training rows of fold 0; use fewer folds, so that the first one trains on more",
        ),
        (
            "group_kfold",
            replace(DATA, y=np.repeat([0, 1], [36, 12]), groups=np.arange(ROWS) // 12),
            {"folds": 4},
            "use folds that leave some of its groups to train on by stratified_group_kfold",
        ),
        ("leave_one_out", Data(np.zeros((400, 1)), np.arange(400.0)), {}, "makes 160,000 fits per candidate"),
    ],
)
def test_what_cannot_be_split_is_refused_in_words(method, data, options, message):
    nested = {} if method == "leave_one_out" else None
    with pytest.raises(DataError) as caught:
        Validation(method, options, nested=nested).fitted(data).materialise(data, SEED)
    assert message in str(caught.value)


# What is said before a run trains


@pytest.mark.parametrize(
    ("method", "data", "notes"),
    [
        ("kfold", DATA, []),
        ("kfold", GROUPED, ["'method: group_kfold' keeps groups together"]),
        ("stratified_kfold", GROUPED, ["'method: stratified_group_kfold' keeps groups together"]),
        ("group_kfold", GROUPED, []),
        ("kfold", ORDERED, ["'method: time_series' avoids this"]),
        ("shuffle_split", ORDERED, ["'method: time_series' avoids this"]),
        ("leave_one_out", ORDERED, ["'method: time_series' avoids this"]),
        ("time_series", ORDERED, []),
        ("time_series", replace(DATA, order=np.arange(ROWS) // 6), ["'gap: ROWS' skips rows between them"]),
        ("kfold", FOLDED, ["'method: predefined' uses them"]),
        ("predefined", FOLDED, []),
    ],
)
def test_what_the_data_tell_and_the_splits_do_not_heed_is_said_once(method, data, notes):
    validation = Validation(method)
    found = list(notes_on(data, validation.materialise(data, SEED), validation.resolved))
    assert [note.rpartition("; ")[2] for note in found] == notes


def test_blocks_of_rows_in_time_are_not_warned_of():
    validation = Validation("kfold", {"shuffle": False})
    assert not list(notes_on(ORDERED, validation.materialise(ORDERED, SEED), validation.resolved))
