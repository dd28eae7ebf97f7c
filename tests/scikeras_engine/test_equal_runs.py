"""A search with the engine `scikeras` gives the same however it is run, and leaves its parent process light."""

from __future__ import annotations

import json
import subprocess
import sys
from types import SimpleNamespace

import pytest

import gridloom
from scikeras_engine.searches import write

pytestmark = pytest.mark.slow

PARENT = """
import json, sys
import gridloom

result = gridloom.run(sys.argv[1], n_jobs=1, out=sys.argv[2])
heavy = [name for name in ("tensorflow", "keras", "scikeras", "jax") if name in sys.modules]
print(json.dumps({"best": result.best.mean, "heavy": heavy}))
"""


@pytest.fixture(scope="module")
def alone(folder):
    """A search run by a script with a single worker: what it says, and its table."""
    file = write(
        folder,
        "anyhow",
        {"name": "mlp", "hidden": [4]},
        {"dropout": {"dropout_rate": [0.0, 0.5], "weight_constraint": [1]}},
    )
    done = subprocess.run(
        [sys.executable, "-c", PARENT, str(file), str(folder / "alone")],
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    table = (folder / "alone" / "anyhow" / "results.csv").read_bytes()
    return SimpleNamespace(file=file, told=json.loads(done.stdout), stderr=done.stderr, table=table)


def test_the_parent_process_never_imports_keras(alone):
    assert alone.told["heavy"] == []


def test_a_run_from_python_prints_nothing_of_tensorflow(alone):
    assert alone.stderr == ""


def test_one_worker_and_two_give_the_same_table_byte_for_byte(alone, folder):
    gridloom.run(alone.file, n_jobs=2, out=folder / "two")
    assert (folder / "two" / "anyhow" / "results.csv").read_bytes() == alone.table
    assert alone.table.count(b"complete") == 2
