"""Trains on features that are small whole numbers, and on the same as floats, and notes what programs get of them.

Run by `serving`, in a process with the environment of a worker.
"""

from __future__ import annotations

import json
from contextlib import ExitStack
from dataclasses import replace
from pathlib import Path
from unittest.mock import patch

import fused.quiet  # noqa: F401  (first)

# isort: split
import jax
import numpy as np

from fused.works import make_work
from gridloom import Data
from gridloom_plugins.fused import training
from gridloom_plugins.fused.features import Features
from gridloom_plugins.fused.programs import Program


def main(folder):
    work = make_work(folder, {"model": {"case": ["layer:no_hidden"]}}, training={"epochs": 2, "batch_size": 8})
    classes, pixels = work.data.classes, (work.data.X * 20).astype("int8")
    (narrow, scores), (wide, again) = (
        trained(replace(work, data=Data(X, work.data.y, classes=classes))) for X in (pixels, pixels.astype("float64"))
    )
    file = Path(folder) / "X.npy"
    np.save(file, pixels.astype("float32"))
    mapped = np.load(file, mmap_mode="r")
    alias = Features("mapped", [mapped], 1, {}).X.unsafe_buffer_pointer() == mapped.ctypes.data
    found = {"narrow": narrow, "wide": wide, "equal": scores == again, "alias": alias}
    (Path(folder) / "features.json").write_text(json.dumps(found))


def trained(work):
    """The features of every call of a program, and the scores in the end."""
    seen = []

    def noting(name, method):
        def call(self, *arguments):
            X = arguments[-2 if name == "epoch" else -1]
            seen.append((name, isinstance(X, jax.Array), X.dtype.name, id(X)))
            return method(self, *arguments)

        return call

    with ExitStack() as patches:
        for name in ("epoch", "predict"):
            patches.enter_context(patch.object(Program, name, noting(name, getattr(Program, name))))
        scores = {fit.key: result.score for fit, result in training.train_fits(work)}
    return seen, scores
