"""Data with several numbers or labels as targets: from tables and arrays, split, sampled and held out; or refused."""

from __future__ import annotations

import re
from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
from sklearn.model_selection import KFold, ShuffleSplit

from gridloom import Data, DataError, InvalidInput, Predictions, Task
from gridloom.core.data import sample_rows
from gridloom.core.resampling import rows_of
from gridloom.experiment.holding_out import hold_out
from gridloom.experiment.splits import Validation
from gridloom_plugins.datasets import arrays, csv, parquet

RNG = np.random.default_rng(0)
X = RNG.normal(size=(40, 3))
LABELS = (RNG.random((40, 2)) < 0.4).astype(int)
LABELLED = Data(X, LABELS, target_names=("news", "sport"), multilabel=True)
NUMBERS = Data(X, X[:, :2] * 3)


def test_the_task_says_how_many_targets_there_are():
    assert LABELLED.task == Task("multilabel", (3,), 0, n_outputs=2)
    assert NUMBERS.task == Task("multioutput", (3,), 0, n_outputs=2)
    assert NUMBERS.target_names == ("target 0", "target 1")
    assert (LABELLED.task.in_words, NUMBERS.task.in_words) == ("the targets are 2 labels", "the targets are 2 numbers")


def test_what_they_are_counts_as_data():
    alike = {LABELLED.fingerprint, Data(X, LABELS).fingerprint, replace(LABELLED, target_names=("a", "b")).fingerprint}
    assert len(alike) == 3
    assert (
        Data(X, LABELS.astype(bool), target_names=("news", "sport"), multilabel=True).fingerprint
        == LABELLED.fingerprint
    )


@pytest.mark.parametrize(
    ("fields", "message"),
    [
        ({"y": LABELS, "classes": ("a", "b")}, "the data have 2 classes, but 2 targets; several targets are numbers, or labels"),
        ({"y": LABELS[:, :1]}, "the targets have the shape (40, 1); give a single target the shape (40,)"),
        ({"y": LABELS[:, 0], "multilabel": True}, "multilabel targets need the shape (rows, labels), but these have"),
        ({"y": LABELS[:, 0] * 1.5, "target_names": ("a", "b")}, "target_names are for several targets"),
        ({"y": LABELS, "target_name": "a"}, "several targets have target_names, but these data have a target_name"),
        ({"y": LABELS, "target_names": ("a",)}, "there are 2 targets, but 1 target_names"),
        ({"y": LABELS, "target_names": ("a", "a")}, "two targets have the same name: a"),
        ({"y": LABELS + 1, "multilabel": True}, "the label 'target 0' should be 0 or 1, not 2 (row"),
        ({"y": LABELS * [1, 0], "multilabel": True}, "no row has the label 'target 1', so there is nothing to learn; exclude"),
        ({"y": LABELS, "multilabel": True, "positive": "1"}, "is one of two classes, but the targets are 2 labels; remove"),
        ({"y": np.zeros((40, 2, 2))}, "the data have 40 rows of features, but targets of shape (40, 2, 2)"),
    ],
)  # fmt: skip
def test_targets_that_make_no_sense_are_refused(fields, message):
    with pytest.raises(DataError) as caught:
        Data(X, **fields)
    assert message in str(caught.value)


# tables and arrays

TABLE = pd.DataFrame(
    {"a": X[:, 0], "price": X[:, 1], "rent": X[:, 2], "news": LABELS[:, 0], "sport": LABELS[:, 1] == 1}
)


@pytest.fixture(params=["csv", "large csv", "parquet"])
def load(request, tmp_path, monkeypatch):
    """Load TABLE, or another one, by each of the data sets that read tables."""

    def load(table=TABLE, **options):
        if request.param == "parquet":
            table.to_parquet(tmp_path / "data.parquet")
            return parquet.load(tmp_path / "data.parquet", **options)
        if request.param == "large csv":
            monkeypatch.setattr(csv, "LARGE", 0)
        table.to_csv(tmp_path / "data.csv", index=False)
        return csv.load(tmp_path / "data.csv", **options)

    return load


def test_columns_in_a_list_are_several_numbers(load):
    data = load(target=["price", "rent"], features=["a"])
    assert (data.task.kind, data.target_names, data.feature_names) == ("multioutput", ("price", "rent"), ("a",))
    np.testing.assert_array_equal(data.y, X[:, 1:])
    assert load(target=["rent", "price"]).feature_names == ("a", "news", "sport")


def test_columns_in_a_list_are_labels_where_the_task_says_so(load):
    data = load(target=["news", "sport"], task="multilabel", drop=["rent", "price"])
    assert (data.task.kind, data.target_names) == ("multilabel", ("news", "sport"))
    np.testing.assert_array_equal(data.y, LABELS)


def test_numbers_that_look_like_labels_are_said_to_be_numbers(load, caplog):
    table = TABLE.assign(sport=LABELS[:, 1])
    assert load(table, target=["news", "sport"]).task.kind == "multioutput"
    assert "all targets are 0 or 1 and are treated as numbers to predict; write 'task: multilabel'" in caplog.text


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"target": ["news", "a"], "task": "multilabel"}, "column 'a'"),
        ({"target": ["price", "word"]}, "'x' is not a finite number"),
        ({"target": ["price", "gap"]}, "the cell is blank; fill it in or remove the row"),
        ({"target": ["news", "gap"], "task": "multilabel"}, "column 'gap'"),
        ({"target": ["news", "sport"], "task": "classification"}, "several targets are numbers ('task: regression'), or labels"),
        ({"target": "news", "task": "multilabel"}, "'task: multilabel' needs several labels; list their columns, as in"),
        ({"target": ["news"]}, "'target: [news]' lists a single column; write 'target: news'"),
        ({"target": ["news", "news"]}, "'news' is listed twice among the targets"),
        ({"target": ["price", "rent"], "features": ["a", "rent"]}, "the target 'rent' is among the features"),
        ({"target": ["price", "rend"]}, "did you mean 'rent'"),
    ],
)  # fmt: skip
def test_targets_of_tables_that_cannot_be_used_are_refused(load, options, message):
    table = TABLE.assign(gap=[None, *LABELS[1:, 0]], word=["x", *["1"] * 39])
    if "word" not in options["target"]:
        table = table.drop(columns="word")
    with pytest.raises((DataError, InvalidInput)) as caught:
        load(table, **options)
    assert message in str(caught.value)


def test_arrays_of_two_dimensions_are_several_numbers_or_labels(tmp_path):
    np.savez(tmp_path / "data.npz", X=X, y=LABELS, rent=X[:, :2])
    numbers = arrays.load(tmp_path / "data.npz", y="rent")
    assert (numbers.task.kind, numbers.target_names, numbers.y.tolist()) == (
        "multioutput",
        ("rent 0", "rent 1"),
        X[:, :2].tolist(),
    )
    labels = arrays.load(tmp_path / "data.npz", task="multilabel")
    assert (labels.task.kind, labels.target_names, labels.y.tolist()) == ("multilabel", ("y 0", "y 1"), LABELS.tolist())


# splits


@pytest.mark.parametrize("data", [LABELLED, NUMBERS], ids=["labels", "numbers"])
def test_rows_are_split_as_by_scikit_learn_without_classes(data):
    splits = Validation("kfold", {"folds": 3}).materialise(data, 7)
    theirs = KFold(3, shuffle=True, random_state=7).split(X)
    assert [split.test.tolist() for split in splits] == [test.tolist() for _, test in theirs]
    (split,) = Validation("shuffle_split", {"folds": 1}).materialise(data, 7)
    assert split.test.tolist() == next(ShuffleSplit(1, test_size=0.2, random_state=7).split(X))[1].tolist()
    assert len(hold_out(data, 0.2, 7).tested) == 8
    half = sample_rows(data, 0.5, 7)
    assert (half.y.shape, half.task) == ((20, 2), data.task)


@pytest.mark.parametrize("method", ["stratified_kfold", "stratified_group_kfold"])
def test_stratified_folds_are_refused_with_a_way_out(method):
    grouped = replace(LABELLED, groups=np.arange(40) // 4)
    other = method.removeprefix("stratified_")
    with pytest.raises(DataError, match=f"{method} needs classes, but the targets are 2 labels; use {other}"):
        Validation(method, {}).materialise(grouped, 7)


def test_a_label_that_rows_to_train_on_have_alike_is_refused():
    rare = Data(X, np.column_stack([LABELS[:, 0], np.arange(40) == 3]), target_names=("a", "rare"), multilabel=True)
    with pytest.raises(
        DataError, match=r"the label 'rare' is the same in all training rows of fold \d \(it has 1 of 40 rows"
    ):
        Validation("kfold", {}).materialise(rare, 7)
    with pytest.raises(DataError, match="the label 'rare' would be the same in all rows that are searched"):
        hold_out(replace(rare, order=np.where(np.arange(40) == 3, 99, np.arange(40))), 0.2, 7)


# predictions


@pytest.mark.parametrize(
    ("data", "predictions", "message"),
    [
        (LABELLED, Predictions(LABELS[:, 0]), "should predict labels of shape (40, 2), not (40,)"),
        (LABELLED, Predictions(LABELS * 2), "should predict labels of 0 and 1, not 0, 2"),
        (
            LABELLED,
            Predictions(probabilities=X[:, :2]),
            "for 2 targets the model should predict labels of shape (40, 2)",
        ),
        (LABELLED, Predictions(LABELS, X), "should predict probabilities of shape (40, 2), not (40, 3)"),
        (NUMBERS, Predictions(values=X), "should predict values of shape (40, 2), not (40, 3)"),
    ],
)
def test_predictions_of_other_shapes_are_refused(data, predictions, message):
    with pytest.raises(ValueError, match=re.escape(message)):
        predictions.check_several(40, 2, multilabel=data.multilabel)


def test_of_two_labels_both_probabilities_are_kept_and_resampled():
    likely = RNG.random((40, 2))
    found = rows_of(Predictions(LABELS, likely), np.array([3, 3, 5]))
    assert found.given("values").tolist() == likely[[3, 3, 5]].tolist()
    np.testing.assert_array_equal(found.kept, likely[[3, 3, 5]].astype("float32"))
