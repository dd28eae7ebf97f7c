"""Runs that keep their models."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

PLUGIN = Path(__file__).with_name("mixed.py")
MIXED = {
    "dataset": "mixed",
    "model": "logistic_regression",
    "preprocess": ["impute", "one_hot", "text_vectors", "standardize"],
    "search": {"space": {"model": {"C": [0.1, 1.0]}}},
    "refit": True,
    "reporters": [],
}


@pytest.fixture
def kept(write, gridloom, tmp_path):
    """Run an experiment, by default on the mixed table; returns the folder of the run."""
    plugin = shutil.copy(PLUGIN, tmp_path / "mixed.py")

    def kept(*more, **changes):
        file = write(**{**MIXED, **changes})
        done = gridloom("run", file, "-p", plugin, *more)
        assert done.returncode == 0, done.stderr
        return tmp_path / "runs" / "small"

    return kept
