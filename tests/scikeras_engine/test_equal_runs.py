"""A search with the engine `scikeras` leaves its parent process light and silent; tests/test_article.py compares tables."""

from __future__ import annotations

import json
import subprocess
import sys

import pytest

from scikeras_engine.searches import write

pytestmark = pytest.mark.slow

PARENT = """
import json, sys
import gridloom

result = gridloom.run(sys.argv[1], n_jobs=1, out=sys.argv[2])
heavy = [name for name in ("tensorflow", "keras", "scikeras", "jax") if name in sys.modules]
print(json.dumps({"complete": result.is_complete, "heavy": heavy}))
"""


def test_the_parent_process_never_imports_keras_and_prints_nothing_of_tensorflow(folder):
    file = write(folder, "alone", {"name": "mlp", "hidden": [4]}, {"dropout": {"dropout_rate": [0.5]}})
    done = subprocess.run(
        [sys.executable, "-c", PARENT, str(file), str(folder / "alone")],
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert (done.returncode, done.stderr) == (0, "")
    assert json.loads(done.stdout) == {"complete": True, "heavy": []}
