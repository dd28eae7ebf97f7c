"""Run small searches in one folder, from Python or from the command line.

Keras is imported here, and so on TensorFlow: tests compare with it, and one before them may load a model of another backend.
"""

from __future__ import annotations

import keras  # noqa: F401
import pytest

import gridloom
from scikeras_engine.searches import PLUGIN, write


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    """One folder for all runs, so that all of them come from the same plugin file."""
    path = tmp_path_factory.mktemp("engine")
    (path / "builders.py").write_text(PLUGIN)
    return path


@pytest.fixture
def search(folder, request):
    """Run a small search named after the test, and return its result."""

    def run(model, space, **changes):
        name = "".join(char if char.isalnum() else "-" for char in request.node.name.removeprefix("test_"))[:60]
        file = write(folder, name, model, space, **changes)
        return gridloom.run(file, n_jobs=1, out=folder / "runs", plugins=[str(folder / "builders.py")])

    return run
