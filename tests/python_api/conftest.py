"""Data of two classes, and a search in an empty folder with one worker."""

from __future__ import annotations

import numpy as np
import pytest

import gridloom


@pytest.fixture
def data():
    """X and y of 60 rows, two classes that the first feature tells apart, about."""
    rng = np.random.default_rng(0)
    X = rng.normal(size=(60, 3))
    return X, (X[:, 0] + 0.3 * rng.normal(size=60) > 0).astype(int)


@pytest.fixture
def search(tmp_path, monkeypatch, data):
    """`search(build)` searches C in an empty folder, with one worker, without reports; what is given besides counts for more."""
    monkeypatch.chdir(tmp_path)

    def search(build, X=data[0], y=data[1], **given):
        usual = {
            "space": {"model": {"C": [0.01, 1.0]}},
            "validation": {"method": "stratified_kfold", "folds": 3},
            "reporters": [],
            "n_jobs": 1,
        }
        return gridloom.search(build, X, y, **usual | given)

    return search
