"""The features are put on the device once, and stay as narrow as they are: copies in every call cost seconds."""

from __future__ import annotations

import json
import subprocess
import sys

import pytest

pytestmark = pytest.mark.slow

SCRIPT = """
import json, sys
from dataclasses import replace

import jax
import numpy as np

from fused.works import make_work
from gridloom import Data
from gridloom_plugins.fused import programs, training
from gridloom_plugins.fused.features import Features

work = make_work(sys.argv[1], {"model": {"case": ["layer:no_hidden"]}}, training={"epochs": 2, "batch_size": 8})
pixels = Data((work.data.X * 20).astype("int8"), work.data.y, classes=work.data.classes)
work = replace(work, data=pixels)
seen = []
for name in ("epoch", "predict"):

    def noting(self, *arguments, name=name, method=getattr(programs.Program, name)):
        X = arguments[-2 if name == "epoch" else -1]
        seen.append((name, isinstance(X, jax.Array), X.dtype.name, id(X)))
        return method(self, *arguments)

    setattr(programs.Program, name, noting)
scores = {fit.key: result.score for fit, result in training.train_fits(work)}
narrow = len(seen)
wide = replace(work, data=Data(pixels.X.astype("float64"), work.data.y, classes=work.data.classes))
again = {fit.key: result.score for fit, result in training.train_fits(wide)}
np.save(f"{sys.argv[1]}/X.npy", pixels.X.astype("float32"))
mapped = np.load(f"{sys.argv[1]}/X.npy", mmap_mode="r")
alias = Features("mapped", [mapped], 1, {}).X.unsafe_buffer_pointer() == mapped.ctypes.data
print(json.dumps({"narrow": seen[:narrow], "wide": seen[narrow:], "equal": scores == again, "alias": alias}))
"""


@pytest.fixture(scope="module")
def found(environments, tmp_path_factory):
    """What the programs get of features that are small whole numbers, and of the same as floats; whether scores agree."""
    folder = str(tmp_path_factory.mktemp("features"))
    done = subprocess.run(
        [sys.executable, "-c", SCRIPT, folder], env=environments["jax"], capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


def test_every_call_gets_the_same_array_that_is_on_the_device(found):
    for kind in ("narrow", "wide"):
        assert {name for name, *_ in found[kind]} == {"epoch", "predict"}
        assert len({tuple(rest) for _, *rest in found[kind]}) == 1
        assert all(is_on_device for _, is_on_device, *_ in found[kind])


def test_features_in_a_file_that_workers_share_are_not_copied(found):
    assert found["alias"]


def test_pixels_take_a_byte_there_and_score_as_floats_do(found):
    assert found["narrow"][0][2] == "int8"
    assert found["wide"][0][2] == "float32"
    assert found["equal"]
