"""A kept model with several inputs predicts for a dict of arrays, in any order; its data leave by name."""

from __future__ import annotations

import shutil
from pathlib import Path

import numpy as np
import pytest
from sklearn.base import clone

import gridloom as public

from . import side_by_side


@pytest.fixture
def run(write, gridloom, tmp_path):
    shutil.copy(Path(__file__).with_name("side_by_side.py"), tmp_path / "two.py")
    space = {"model": {"C": [0.5]}}
    file = write(dataset="two-inputs", engine="side-by-side", search={"space": space}, refit=True, reporters=[])
    done = gridloom("run", file, "-p", "two.py")
    assert done.returncode == 0, done.stderr
    return tmp_path / "runs" / "small"


def test_a_kept_model_takes_a_dict_of_arrays_in_any_order(run, gridloom, tmp_path):
    data = side_by_side.load()
    model = public.load(run, plugins=[str(tmp_path / "two.py")])
    new = {"table": np.full((2, 3), 5.0) * [[1], [-1]], "image": np.ones((2, 2, 2))}
    by_hand = clone(model.model).fit(data.X, data.y)
    flat = np.hstack([new["image"].reshape(2, -1), new["table"]])
    np.testing.assert_allclose(model.predict_proba(new), by_hand.predict_proba(flat), atol=1e-6)
    assert list(model.predict(new)) == [("no", "yes")[label] for label in by_hand.predict(flat)]
    np.testing.assert_array_equal(model.transform(new)["image"], new["image"])
    assert model.card["inputs"] == {"image": [2, 2], "table": [3]}
    assert "- `image`: (rows, 2, 2)\n- `table`: (rows, 3)\n" in (run / "model" / "card.md").read_text()
    for wrong, said in (
        (flat, "the model has several inputs: pass a dict of arrays by name, 'image' (2, 2), 'table' (3,)"),
        ({"image": new["image"]}, "there is no input 'table'; known: image"),
        ({**new, "ids": new["table"]}, "the model has no input 'ids', but 'image' (2, 2), 'table' (3,)"),
        ({**new, "image": new["table"]}, "the input 'image' takes rows of shape (2, 2), not an array of (2, 3)"),
        ({**new, "table": new["table"] * np.nan}, "the features should be finite numbers"),
        ({name: values[:0] for name, values in new.items()}, "there are no rows"),
    ):
        with pytest.raises(public.DataError) as caught:
            model.predict(wrong)
        assert str(caught.value) == said
    (tmp_path / "new.csv").write_text("a\n1\n")
    done = gridloom("predict", "small", "new.csv", "-p", "two.py")
    assert done.returncode == 2
    assert (
        "the model takes a dict of arrays, 'image' (2, 2), 'table' (3,), which its data set cannot read from a file; use gridloom.load"
        in done.stderr
    )


def test_a_script_reads_the_training_data_by_input(run, gridloom, tmp_path):
    done = gridloom("export", "small", "--format", "script", "-p", "two.py")
    assert done.returncode == 0, done.stderr
    data = side_by_side.load()
    names = {"__file__": str(tmp_path / "small-script" / "train.py")}
    exec((tmp_path / "small-script" / "train.py").read_text().partition("if __name__")[0], names)
    X, y, weights = names["read"]()
    assert (y.tolist(), weights) == (data.y.tolist(), None)
    for name, values in public.cut_inputs(data.X, data.inputs).items():
        np.testing.assert_array_equal(X[name], values)
