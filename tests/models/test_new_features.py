"""New rows that are no table: pictures and arrays, read as the data set of the model reads its own."""

from __future__ import annotations

import csv
import io
import types

import numpy as np
import pytest
from PIL import Image

import gridloom as public
from gridloom.models.new_features import is_table, read_features
from gridloom.registry.records import Dataset

RNG = np.random.default_rng(0)
X = RNG.normal(size=(60, 3))


@pytest.fixture
def arrays(gridloom, write, tmp_path):
    np.savez(tmp_path / "rows.npz", features=X, target=np.where(X[:, 0] > 0, "up", "down"))
    dataset = {"name": "arrays", "path": "rows.npz", "X": "features", "y": "target"}
    done = gridloom("run", write(dataset=dataset, refit=True))
    assert done.returncode == 0, done.stderr
    return "small"


def test_arrays_are_predicted_from_their_files(arrays, gridloom, tmp_path):
    np.save(tmp_path / "new.npy", X[:4])
    np.savez(tmp_path / "new.npz", features=X[:4], other=X)
    (tmp_path / "new.csv").write_text(
        "feature 0,feature 1,feature 2\n" + "\n".join(",".join(map(repr, row)) for row in X[:4].tolist())
    )
    model = public.load(tmp_path / "runs" / arrays)
    for name in ("new.npy", "new.npz", "new.csv"):
        done = gridloom("predict", arrays, name)
        assert done.returncode == 0, done.stderr
        table = list(csv.DictReader(io.StringIO(done.stdout)))
        assert [row["prediction"] for row in table] == model.predict(X[:4]).tolist()
        shares = [[float(row[f"probability of {one}"]) for one in ("down", "up")] for row in table]
        np.testing.assert_allclose(shares, model.predict_proba(X[:4]), atol=1e-12)


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("none.npy", "none.npy: this cannot be read: No such file or directory"),
        ("wide.npy", "wide.npy: the model takes rows of 3 columns, not an array of shape (60, 2)"),
        ("other.npz", "other.npz: there is no array 'features' in this file"),
        ("text.npy", "text.npy: this file contains pickled Python objects, or is not an .npy or .npz file"),
    ],
)
def test_files_that_hold_no_such_rows_are_refused_by_name(arrays, gridloom, tmp_path, name, said):
    np.save(tmp_path / "wide.npy", X[:, :2])
    np.savez(tmp_path / "other.npz", feature=X)
    (tmp_path / "text.npy").write_text("a,b\n")
    done = gridloom("predict", arrays, name)
    assert done.returncode == 2
    assert said in done.stderr


def card_of(columns=(), inputs=None, **dataset):
    return types.SimpleNamespace(columns=columns, inputs=inputs or {}, input_shape=(2, 2, 3), dataset=dataset)


@pytest.fixture
def images(registry):
    return registry.find(Dataset, "images").record


def test_pictures_of_a_folder_are_those_of_the_data_set_with_their_names(images, tmp_path):
    for number in range(4):
        path = tmp_path / ("dark", "light")[number % 2] / f"{number}.png"
        path.parent.mkdir(exist_ok=True)
        Image.new("RGB", (4, 6), (60 * number, 9, 9)).save(path)
    options = {"size": [2, 3], "greyscale": True}
    names, found = read_features(tmp_path, card_of(name="images", path="elsewhere", **options), images)
    assert names == ["dark/0.png", "dark/2.png", "light/1.png", "light/3.png"]
    np.testing.assert_array_equal(found, images.load(tmp_path, size=(2, 3), greyscale=True).X)
    names, one = read_features(tmp_path / "light/1.png", card_of(name="images", **options), images)
    assert names == ["1.png"]
    np.testing.assert_array_equal(one[0], found[2])
    (tmp_path / "empty").mkdir()
    with pytest.raises(public.InvalidInput, match="empty: this folder contains no pictures"):
        read_features(tmp_path / "empty", card_of(name="images"), images)


def test_what_a_data_set_does_not_read_is_refused(registry, tmp_path):
    digits = registry.find(Dataset, "digits").record
    with pytest.raises(
        public.InvalidInput, match=r"the model takes rows of shape \(2, 2, 3\), which its data set cannot read from"
    ):
        read_features(tmp_path, card_of(name="digits"), digits)
    with pytest.raises(public.InvalidInput, match=r"the model takes a dict of arrays, 'a' \(2,\), 'b' \(1,\), which"):
        read_features(tmp_path, card_of(inputs={"a": (2,), "b": (1,)}), None)


def test_a_table_is_what_has_columns_and_is_no_array(registry, tmp_path):
    arrays = registry.find(Dataset, "arrays").record
    known = {
        name: is_table(tmp_path / name, card_of(columns=("a",)), arrays) for name in ("x.csv", "x.CSV.gz", "x.npy")
    }
    assert known == {"x.csv": True, "x.CSV.gz": True, "x.npy": False}
    assert is_table(tmp_path / "x.dat", card_of(columns=("a",)), None)
    assert not is_table(tmp_path / "x.csv", card_of(), arrays)
