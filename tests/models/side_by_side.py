"""A plugin: data with two inputs, and an engine that trains scikit-learn's estimators on both side by side."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

import gridloom
from gridloom_plugins.engines import sklearn


def load():
    """Pictures and a table."""
    rng = np.random.default_rng(0)
    image, table = rng.normal(size=(40, 2, 2)), rng.normal(size=(40, 3))
    return gridloom.Data({"image": image, "table": table}, (table[:, 0] > 0).astype(int), classes=("no", "yes"))


@gridloom.hookimpl
def gridloom_datasets():
    yield gridloom.Dataset("two-inputs", "Pictures and a table.", load)


@gridloom.hookimpl
def gridloom_engines():
    yield replace(sklearn.ENGINE, name="side-by-side", cuts=True, preference=-1)
