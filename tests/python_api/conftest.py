"""Data of two classes, a search in an empty folder with one worker, and programs of their own."""

from __future__ import annotations

import subprocess
import sys

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


@pytest.fixture
def printed(tmp_path):
    """`printed(text)` runs a program in a process of its own, where warnings are errors: what it prints, and its errors."""

    def printed(text):
        (tmp_path / "program.py").write_text(text)
        command = [sys.executable, "-W", "error", "program.py"]
        done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, check=False)
        return done.stdout, done.stderr

    return printed
