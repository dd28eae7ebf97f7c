"""Data for models with several inputs: arrays by name, kept side by side, and given back by name."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gridloom import Data, DataError, InvalidInput, Task, cut_inputs
from gridloom.core.data import sample_rows
from gridloom.core.describing import described
from gridloom_plugins.datasets import arrays

ROWS = 6
Y = np.array([0, 1, 0, 1, 1, 0])
IMAGE = np.arange(ROWS * 6, dtype="uint8").reshape(ROWS, 2, 3)
TABLE = np.linspace(-1, 1, ROWS * 2).reshape(ROWS, 2)
IDS = np.arange(ROWS) * 1000
ALL = {"image": IMAGE, "table": TABLE, "ids": IDS}


def data_of(**inputs):
    return Data(inputs, Y, classes=("a", "b"))


@settings(max_examples=20)
@given(st.permutations(list(ALL)), st.permutations(range(ROWS)))
def test_each_input_comes_back_by_its_name_whatever_the_order_and_the_rows(names, rows):
    data = data_of(**{name: ALL[name] for name in names})
    assert data.X.shape == (ROWS, 9)
    assert data.task == Task("binary", (9,), 2, {"image": (2, 3), "table": (2,), "ids": (1,)})
    taken = data.take(np.array(rows))
    found = cut_inputs(taken.X, taken.inputs)
    assert list(found) == names
    np.testing.assert_array_equal(found["image"], IMAGE[rows])
    np.testing.assert_array_equal(found["table"], TABLE[rows].astype("float32"))
    np.testing.assert_array_equal(found["ids"], IDS[rows, None])


def test_one_array_is_not_cut():
    assert cut_inputs(TABLE, Data(TABLE, Y, classes=("a", "b")).inputs) is TABLE


def test_the_array_is_as_narrow_as_all_values_fit_in():
    assert data_of(image=IMAGE, mask=IMAGE > 3).X.dtype == "uint8"
    assert data_of(image=IMAGE, change=IMAGE.astype("int8")).X.dtype == "int16"
    assert data_of(image=IMAGE, table=TABLE).X.dtype == "float32"


def test_the_fingerprint_tells_where_one_input_ends():
    one, other = data_of(a=TABLE, b=IMAGE), data_of(a=TABLE[:, :1], b=np.hstack([TABLE[:, 1:], IMAGE.reshape(6, 6)]))
    assert np.array_equal(one.X, other.X)
    assert len({one.fingerprint, other.fingerprint, Data(one.X, Y, classes=("a", "b")).fingerprint}) == 3


def test_a_sample_keeps_the_inputs_and_they_are_described():
    data = sample_rows(data_of(**ALL), 4, seed=0)
    assert (data.X.shape, described(data)) == ((4, 9), "inputs image 2 x 3, table 2, ids 1")


@pytest.mark.parametrize(
    ("inputs", "said"),
    [
        ({"image": IMAGE}, "a dict of 1 array(s), but needs at least two inputs; pass the array itself"),
        ({"image": IMAGE, "table": TABLE[1:]}, "the input 'table' has 5 rows, but 'image' has 6"),
        ({"image": IMAGE, "a/b": TABLE}, "should be text without '/', not 'a/b'"),
        ({"image": IMAGE, 1: TABLE}, "should be text without '/', not 1"),
        ({"image": IMAGE, "table": TABLE.tolist()}, "'table' should be a numpy array, not list"),
        ({"image": IMAGE, "table": TABLE.astype(str)}, "'table' does not contain numbers"),
        ({"image": IMAGE, "none": TABLE[:, :0]}, "'none' has the shape (6, 0), so its rows are empty"),
        ({"image": IMAGE, "ids": IDS - 2**24 - 1}, "'ids' contains the whole number -16777217"),
        (
            {"image": IMAGE, "ids": IDS + 2**24 - 4999},
            "'ids' contains the whole number 16777217, but networks compute in",
        ),
        ({"image": IMAGE, "table": TABLE * 1e39}, "the features contain a value that is not finite"),
        ({"image": IMAGE, "table": TABLE * np.nan}, "the features contain a value that is not finite"),
    ],
)
def test_what_cannot_be_inputs_is_refused(inputs, said):
    with pytest.raises(DataError, match=r"\w") as caught:
        Data(inputs, Y, classes=("a", "b"))
    assert said in str(caught.value)


def test_the_largest_exact_id_is_taken():
    assert data_of(image=IMAGE, ids=IDS + 2**24 - 5000).X[:, -1].max() == 2**24


def test_inputs_have_no_columns_and_suit_their_array():
    with pytest.raises(DataError, match="data with several inputs have no feature_names"):
        Data({"a": TABLE, "b": IMAGE}, Y, classes=("a", "b"), feature_names=("a", "b"))
    with pytest.raises(DataError, match=r"the inputs have 9 values a row, but the features have the shape \(6, 2\)"):
        Data(TABLE, Y, classes=("a", "b"), inputs={"a": (3, 3)})


# the data set `arrays`


@pytest.fixture
def file(tmp_path):
    np.savez(tmp_path / "all.npz", **ALL, y=Y)
    return tmp_path / "all.npz"


def test_arrays_of_a_file_are_inputs_by_their_names_or_by_others(file):
    data = arrays.load(file, X=("table", "image"))
    assert data.inputs == {"table": (2,), "image": (2, 3)}
    renamed = arrays.load(file, X={"pixels": "image", "image": "table"})
    np.testing.assert_array_equal(cut_inputs(renamed.X, renamed.inputs)["pixels"], IMAGE)


def test_an_input_that_is_not_in_the_file_is_refused(file, tmp_path):
    with pytest.raises(InvalidInput, match="there is no array 'tabel' in this file; did you mean 'table'"):
        arrays.load(file, X=("tabel", "image"))
    np.save(tmp_path / "x.npy", TABLE)
    with pytest.raises(InvalidInput, match=r"an \.npy file contains one array; several inputs need an \.npz file"):
        arrays.load(tmp_path / "x.npy", X=("table", "image"), y_path=tmp_path / "x.npy")


# experiments on them


@pytest.fixture
def two_inputs(write, file):
    return lambda **changes: write(
        **{"dataset": {"name": "arrays", "path": str(file), "X": ["image", "table"]}} | changes
    )


def test_check_says_what_the_inputs_are_and_an_engine_of_one_input_is_refused(gridloom, two_inputs, tmp_path):
    file = two_inputs(validation={"folds": 2})
    done = gridloom("run", file)
    assert done.returncode == 2
    assert done.stderr.strip().endswith(
        "the engine 'sklearn' trains models with one input, but 'arrays' has several, 'image' (2, 3), 'table' (2,); name "
        "another engine, or use data with one array of features"
    )
    assert not (tmp_path / "runs").exists() or not (tmp_path / "runs" / "small" / "journal.sqlite").exists()


def test_preprocessing_is_refused(gridloom, two_inputs):
    done = gridloom(
        "run", two_inputs(model="mlp", search={"space": {"model": {"hidden": [[2]]}}}, preprocess=["standardize"])
    )
    assert done.returncode == 2
    assert (
        "preprocessing is for tables, but these data have several inputs, 'image' (2, 3), 'table' (2,); remove it"
        in done.stderr
    )
