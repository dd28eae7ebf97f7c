"""What workers of the engines import: Keras without what it could do without, which others may have all the same."""

from __future__ import annotations

import subprocess
import sys

import pytest

SCRIPTS = {
    "jax": """
import sys
from gridloom_plugins.engines import fused

fused._prepare()
print(sorted({"keras", "matplotlib", "pandas", "tensorflow"} & sys.modules.keys()))
import etils, jax._src.path, matplotlib.pyplot, pandas
print(jax._src.path.epath_installed)
try:
    import tensorflow
except ModuleNotFoundError as error:
    print(error)
""",
    "tensorflow": """
import sys
from gridloom_plugins.engines import scikeras

scikeras.import_quietly()
print(sorted({"keras", "matplotlib", "jax", "tensorflow"} & sys.modules.keys()))
import jax, matplotlib.pyplot
""",
}

TOLD = {
    "jax": ["['keras']", "False", "'tensorflow' is not available in workers of the engine 'fused'"],
    "tensorflow": ["['keras', 'tensorflow']"],
}


@pytest.mark.parametrize("backend", SCRIPTS)
def test_keras_is_there_without_its_company_and_whoever_wants_that_has_it(backend, environments, tmp_path):
    (tmp_path / "etils").mkdir()
    (tmp_path / "etils/epath.py").write_text("from pathlib import Path")
    paths = [str(tmp_path), environments[backend].get("PYTHONPATH", "")]
    env = environments[backend] | {"PYTHONPATH": ":".join(filter(None, paths))}
    done = subprocess.run(
        [sys.executable, "-c", SCRIPTS[backend]], env=env, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    assert done.stdout.splitlines() == TOLD[backend]
