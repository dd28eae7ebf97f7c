"""Data sets of Parquet files, numpy arrays, folders of pictures, and OpenML."""

from __future__ import annotations

import datetime as dt
import sys
from decimal import Decimal
from urllib.error import HTTPError, URLError

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.parquet
import pytest
from PIL import Image
from sklearn.utils import Bunch

from gridloom import DataError, GridloomError, InvalidInput
from gridloom.testing import DatasetContract
from gridloom_plugins.datasets import arrays, csv, images, openml, parquet

ROWS = 4


# Parquet


@pytest.fixture
def table():
    """A table of every type that a column may have."""
    utc = dt.UTC
    return pa.table(
        {
            "whole": pa.array([1, None, 3, 4], pa.int64()),
            "real": pa.array([0.5, 1.5, None, float("nan")], pa.float32()),
            "exact": pa.array([Decimal("1.25"), None, Decimal("2.00"), Decimal("3.75")]),
            "yes": pa.array([True, False, None, True]),
            "day": pa.array([dt.date(1970, 1, 2), None, dt.date(2000, 2, 29), dt.date(1969, 12, 31)]),
            "time": pa.array([dt.datetime(1970, 1, 1, 12, tzinfo=utc)] * ROWS, pa.timestamp("ns", "Europe/Berlin")),
            "plan": pa.array(["pro", None, "basic", "pro"]).dictionary_encode(),
            "word": pa.array(["é", "b", "", "é"]),
            "y": pa.array(["u", "v", "u", "v"]),
        }
    )


@pytest.fixture
def load_parquet(tmp_path):
    """Load a table that was written as Parquet."""

    def load(table, **options):
        pyarrow.parquet.write_table(table, tmp_path / "data.parquet")
        return parquet.load(tmp_path / "data.parquet", **{"target": "y"} | options)

    return load


NAN = np.nan


def test_types_of_parquet_say_what_columns_hold(load_parquet, table):
    data = load_parquet(table)
    found = {
        column.name: (column.kind, tuple(column.values), data.X[:, place].tolist())
        for place, column in enumerate(data.columns)
    }
    assert {name: (kind, texts) for name, (kind, texts, _) in found.items()} == {
        "whole": ("numeric", ()),
        "real": ("numeric", ()),
        "exact": ("numeric", ()),
        "yes": ("boolean", ()),
        "day": ("date", ()),
        "time": ("date", ()),
        "plan": ("category", ("basic", "pro")),
        "word": ("category", ("b", "é")),
    }
    expected = {
        "whole": [1, NAN, 3, 4],
        "real": [0.5, 1.5, NAN, NAN],
        "exact": [1.25, NAN, 2, 3.75],
        "yes": [1, 0, NAN, 1],
        "day": [1, NAN, 11016, -1],
        "time": [0.5] * ROWS,
        "plan": [1, NAN, 0, 1],
        "word": [1, 0, NAN, 1],
    }
    for name, cells in expected.items():
        assert np.array_equal(found[name][2], cells, equal_nan=True), name
    assert data.classes == ("u", "v")


def test_a_table_is_the_same_from_parquet_and_from_csv(tmp_path):
    rng = np.random.default_rng(0)
    frame = pd.DataFrame(
        {
            "a": rng.normal(size=30),
            "c": rng.choice(["p", "q", None], 30),
            "when": pd.Timestamp("2020-01-01") + pd.to_timedelta(rng.integers(0, 999, 30), unit="h"),
            "flag": rng.choice([True, False], 30),
            "who": rng.integers(0, 4, 30),
            "y": rng.integers(0, 2, 30),
        }
    )
    frame.to_csv(tmp_path / "data.csv", index=False)
    frame.to_parquet(tmp_path / "data.parquet")
    options = {"target": "y", "groups": "who", "order": "a", "types": {"flag": "category"}}
    one = csv.load(tmp_path / "data.csv", **options)
    other = parquet.load(tmp_path / "data.parquet", **options)
    assert np.array_equal(one.X[:, :2], other.X[:, :2], equal_nan=True)
    assert [column.kind for column in one.columns] == [column.kind for column in other.columns]
    assert (one.groups.tolist(), one.order.tolist()) == (other.groups.tolist(), other.order.tolist())
    assert (one.y.tolist(), one.classes) == (other.y.tolist(), other.classes)


def test_plain_numbers_of_parquet_have_no_columns_to_tell_of(load_parquet):
    data = load_parquet(pa.table({"a": [1, 2], "b": [0.5, 1.5], "y": [0.25, 0.75]}))
    assert (data.columns, data.feature_names, data.y.tolist()) == ((), ("a", "b"), [0.25, 0.75])


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"target": "z"}, "there is no column 'z' in data.parquet; known: day, "),
        ({"target": "whole"}, "column 'whole', row 2: the cell is blank; fill it in or remove the row"),
        ({"types": {"word": "numeric"}}, "column 'word', row 1: 'é' is not a finite number, nor is 'b' in row 2 and 'é' in row 4"),
        ({"drop": ["plan"], "types": {"plan": "text"}}, "'types' gives a type for 'plan', but this column is not a feature"),
        ({"groups": "plan"}, "column 'plan' (groups): '' is missing, but every row needs a group"),
    ],
)  # fmt: skip
def test_what_is_wrong_with_parquet_is_refused_by_its_row(load_parquet, table, options, message):
    with pytest.raises(GridloomError) as caught:
        load_parquet(table, **options)
    assert message in str(caught.value)


@pytest.mark.parametrize(
    ("column", "message"),
    [
        (
            pa.array([[1], [2]]),
            "column 'a' contains ndarray values, which a table cannot have; exclude it by 'drop: [a]'",
        ),
        (pa.array([1.0, np.inf]), "column 'a', row 2: 'inf' is not a finite number"),
        (pa.nulls(2), "column 'a', row 1: all 2 cells are missing; exclude the column by 'drop: [a]'"),
    ],
)
def test_columns_of_parquet_that_are_none_are_refused(load_parquet, column, message):
    with pytest.raises(InvalidInput) as caught:
        load_parquet(pa.table({"a": column, "b": [1, 2], "y": [0, 1]}))
    assert message in str(caught.value)


def test_a_file_that_is_no_parquet_is_refused(tmp_path):
    (tmp_path / "data.parquet").write_text("a,y\n1,2\n")
    with pytest.raises(InvalidInput, match=r"data\.parquet: this cannot be read as Parquet: "):
        parquet.load(tmp_path / "data.parquet", target="y")


def test_without_pyarrow_parquet_says_what_to_install(tmp_path, monkeypatch):
    (tmp_path / "data.parquet").touch()
    monkeypatch.setitem(sys.modules, "pyarrow", None)
    with pytest.raises(GridloomError, match=r"'parquet' needs pyarrow: pip install 'gridloom\[parquet\]'"):
        parquet.load(tmp_path / "data.parquet", target="y")


# Arrays

X = np.arange(24.0).reshape(4, 3, 2)


@pytest.mark.parametrize(
    ("y", "options", "classes", "values"),
    [
        (np.array([0, 1, 1, 0]), {}, ("0", "1"), [0, 1, 1, 0]),
        (np.array(["b", "a", "b", "a"]), {}, ("a", "b"), [1, 0, 1, 0]),
        (np.array([True, False, True, True]), {}, ("false", "true"), [1, 0, 1, 1]),
        (np.array([0.5, 1, 2, 3]), {}, (), [0.5, 1, 2, 3]),
        (np.array([0, 1, 1, 0]), {"task": "regression"}, (), [0, 1, 1, 0]),
        (np.array([9, 10, 9, 10], np.uint8), {}, ("9", "10"), [0, 1, 0, 1]),
    ],
)
def test_arrays_are_read_from_npz_and_from_two_npy(tmp_path, y, options, classes, values):
    np.savez(tmp_path / "data.npz", images=X, labels=y, patient=[1, 1, 2, 2])
    data = arrays.load(tmp_path / "data.npz", X="images", y="labels", groups="patient", **options)
    assert np.array_equal(data.X, X)
    assert (data.classes, data.y.tolist(), data.groups.tolist()) == (classes, values, [1, 1, 2, 2])
    np.save(tmp_path / "X.npy", X)
    np.save(tmp_path / "y.npy", y)
    other = arrays.load(tmp_path / "X.npy", y_path=tmp_path / "y.npy", **options)
    assert (other.classes, other.y.tolist()) == (classes, values)


class Bomb:
    """Would leave a trace if it were unpickled."""

    def __reduce__(self):
        return (print, ("unpickled",))


MORE = {"cube": np.zeros((4, 2, 2)), "tall": np.zeros((4, 1)), "twos": 2 * np.eye(4)}


def _bad_arrays(folder):
    np.savez(folder / "pickled.npz", X=np.array([Bomb()], object), y=[0])
    np.savez(folder / "good.npz", X=X, y=[0, 1, 1, 0], nan=[0, np.nan, 1, 2], wide=np.eye(4), **MORE)
    np.save(folder / "good.npy", X)
    (folder / "text.npy").write_text("0 1 2")
    (folder / "half.npz").write_bytes((folder / "good.npz").read_bytes()[:300])


@pytest.mark.parametrize(
    ("file", "options", "message"),
    [
        ("pickled.npz", {}, "this file contains pickled Python objects, or is not an .npy or .npz file"),
        ("text.npy", {}, "this file contains pickled Python objects, or is not an .npy or .npz file"),
        ("half.npz", {}, "this cannot be read as .npy or .npz: "),
        ("good.npz", {"y": "z"}, "there is no array 'z' in this file; known: X, cube, nan, tall, twos, wide, y"),
        ("good.npz", {"y": "nan"}, "the target in row 2 is missing or not finite"),
        (
            "good.npz",
            {"y": "wide", "task": "classification"},
            "the targets have the shape (4, 4); several targets are ",
        ),
        ("good.npz", {"y": "cube"}, "the targets have the shape (4, 2, 2); there should be one per row, or several "),
        ("good.npz", {"y": "tall"}, "the targets have the shape (4, 1); there should be one per row"),
        ("good.npz", {"task": "multilabel"}, "the targets have the shape (4,); there should be (rows, labels), as"),
        ("good.npz", {"y": "twos", "task": "multilabel"}, "the label in row 1, column 1 should be 0 or 1, not 2.0"),
        ("good.npz", {"y_path": "good.npy"}, "this file contains the targets as well; use 'y' instead of 'y_path'"),
        ("good.npy", {}, "an .npy file contains one array; name the file of the targets with 'y_path'"),
        ("good.npy", {"y_path": "good.npz"}, "the targets of an .npy file should be an .npy file as well"),
    ],
)
def test_arrays_that_cannot_be_used_are_refused_and_nothing_is_unpickled(tmp_path, capsys, file, options, message):
    _bad_arrays(tmp_path)
    options = {key: tmp_path / value if key == "y_path" else value for key, value in options.items()}
    with pytest.raises(InvalidInput) as caught:
        arrays.load(tmp_path / file, **options)
    assert message in str(caught.value)
    assert "unpickled" not in capsys.readouterr().out


# Pictures


@pytest.fixture
def pictures(tmp_path):
    """A folder with two classes of pictures in several formats, each of its own colour."""
    for number, (name, mode) in enumerate(
        [("cat/b.png", "RGB"), ("cat/a.jpg", "L"), ("dog/c.png", "RGBA"), ("dog/d.gif", "P")]
    ):
        file = tmp_path / "pictures" / name
        file.parent.mkdir(parents=True, exist_ok=True)
        Image.new("RGB", (6, 4), (255, 51 * number, 0)).convert(mode).save(file)
    (tmp_path / "pictures" / "cat" / ".DS_Store").touch()
    return tmp_path / "pictures"


def test_pictures_are_numbers_from_0_to_1_in_the_order_of_their_names(pictures):
    data = images.load(pictures)
    assert (data.X.shape, data.X.dtype) == ((4, 4, 6, 3), np.float32)
    assert (data.classes, data.y.tolist()) == (("cat", "dog"), [0, 0, 1, 1])
    assert np.array_equal(data.X[1], np.broadcast_to(np.float32([1, 0, 0]), (4, 6, 3)))
    assert np.array_equal(data.X[2], np.broadcast_to(np.array([255, 102, 0], np.float32) / 255, (4, 6, 3)))


def test_pictures_are_scaled_and_made_grey_as_pillow_does(pictures):
    data = images.load(pictures, size=(2, 3), greyscale=True)
    assert data.X.shape == (4, 2, 3, 1)
    grey = Image.new("RGB", (6, 4), (255, 0, 0)).convert("L").resize((3, 2), Image.Resampling.BILINEAR)
    assert np.array_equal(data.X[1, ..., 0], np.asarray(grey, np.float32) / 255)


def test_pictures_are_turned_as_their_exif_data_say(pictures):
    exif = Image.Exif()
    exif[0x0112] = 6  # a quarter turn
    Image.new("RGB", (4, 6)).save(pictures / "cat" / "turned.jpg", exif=exif)
    assert images.load(pictures).X.shape == (5, 4, 6, 3)


@pytest.mark.parametrize(
    ("file", "content", "message"),
    [
        ("cat/z.png", b"\x89PNG\r\n\x1a\nbroken", "cat/z.png: this picture cannot be read: "),
        ("cat/notes.txt", b"of cats", "cat/notes.txt: this picture cannot be read: "),
        ("stray.png", b"", "stray.png: this file is not in a subfolder, so its class is unknown"),
        ("cow/", None, "cow: this class has no pictures; add some, or delete the folder"),
        ("cat/more/", None, "cat/more: this is not a picture; the folder of a class may contain only pictures"),
    ],
)
def test_what_is_no_picture_is_refused_by_its_name(pictures, file, content, message):
    path = pictures / file
    path.mkdir() if content is None else path.write_bytes(content)
    with pytest.raises(InvalidInput) as caught:
        images.load(pictures)
    assert str(caught.value).startswith(f"{pictures}/{message}")


def test_pictures_of_several_sizes_and_of_16_bits_are_refused_by_their_names(pictures):
    Image.new("RGB", (5, 4)).save(pictures / "dog" / "e.png")
    message = (
        r"dog/e\.png: this picture has 4 x 5 pixels, but a\.jpg has 4 x 6; scale all of them with 'size: \[4, 6\]'"
    )
    with pytest.raises(InvalidInput, match=message):
        images.load(pictures)
    assert images.load(pictures, size=(4, 6)).X.shape[0] == 5
    Image.fromarray(np.full((4, 6), 40_000, np.uint16)).save(pictures / "dog" / "f.png")
    with pytest.raises(InvalidInput, match=r"f\.png: this picture has more than 8 bits a channel \(its mode is I;16\)"):
        images.load(pictures, size=(4, 6))


def test_a_folder_of_pictures_is_found_beside_the_experiment(pictures, load_experiment):
    assert load_experiment({"name": "images", "path": "pictures"}).X.shape == (4, 4, 6, 3)
    with pytest.raises(InvalidInput, match=r"small\.yaml:4:9: there is no folder .*none"):
        load_experiment({"name": "images", "path": "none"})


# OpenML


@pytest.fixture
def fetched(monkeypatch):
    """What scikit-learn is asked for, and its answer: a table, or an error."""
    from sklearn import datasets

    frame = pd.DataFrame(
        {"a": [1.5, 2.5, np.nan, 4], "c": pd.Categorical(["p", "q", "q", "p"]), "class": pd.Categorical(list("uvuv"))}
    )
    asked = {"answer": Bunch(frame=frame, target_names=["class"])}

    def fetch(**options):
        asked["options"] = options
        if isinstance(asked["answer"], Exception):
            raise asked["answer"]
        return asked["answer"]

    monkeypatch.setattr(datasets, "fetch_openml", fetch)
    return asked


def test_openml_is_read_through_scikit_learn(fetched):
    data = openml.load("credit-g", version=1)
    assert {key: fetched["options"][key] for key in ("name", "version")} == {"name": "credit-g", "version": 1}
    assert [(column.name, column.kind, column.gaps) for column in data.columns] == [
        ("a", "numeric", True),
        ("c", "category", False),
    ]
    assert (data.classes, data.y.tolist(), data.target_name) == (("u", "v"), [0, 1, 0, 1], "class")
    assert openml.load(31, target="c").feature_names == ("a", "class")
    assert fetched["options"]["data_id"] == 31


@pytest.mark.parametrize(
    ("error", "code", "message"),
    [
        (URLError("no route"), 4, "openml.org cannot be reached (<urlopen error no route>), and 'credit-g' has not been"),
        (TimeoutError("timed out"), 4, "openml.org cannot be reached (timed out)"),
        (ValueError("No active dataset credit-g found."), 2, "OpenML does not provide the data set credit-g: No active"),
        (HTTPError("u", 412, "Precondition", None, None), 2, "OpenML does not provide the data set credit-g: HTTP Error 412"),
    ],
)  # fmt: skip
def test_what_openml_does_not_give_is_told_in_a_sentence(fetched, write, gridloom, error, code, message):
    fetched["answer"] = error
    done = gridloom("run", write(dataset={"name": "openml", "data": "credit-g", "version": 1}))
    assert done.returncode == code
    assert message in done.stderr
    assert "Traceback" not in done.stderr


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"data": "credit-g"}, "choose a version of 'credit-g' with 'version: 1'"),
        ({"data": 31, "version": 2}, "the number 31 already identifies a version; remove 'version'"),
    ],
)
def test_openml_wants_one_version(fetched, options, message):
    with pytest.raises(DataError) as caught:
        openml.load(**options)
    assert str(caught.value).startswith(message)


def test_openml_asks_for_a_target_where_there_are_several(fetched):
    fetched["answer"].target_names = ["a", "c"]
    with pytest.raises(DataError, match=r"has 2 targets \(a, c\); choose a column with 'target'"):
        openml.load(31)


def test_the_options_of_openml_are_annotated_and_documented():
    class Contract(DatasetContract):
        name = "openml"

    Contract().test_its_options_are_annotated_and_documented()
