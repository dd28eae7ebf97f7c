"""What workers of the engine import: Keras without what it could do without, which others may have all the same."""

from __future__ import annotations

import subprocess
import sys

SCRIPT = """
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
"""


def test_keras_is_there_alone_and_whoever_wants_pandas_or_matplotlib_has_them(environments, tmp_path):
    (tmp_path / "etils").mkdir()
    (tmp_path / "etils/epath.py").write_text("from pathlib import Path")
    paths = [str(tmp_path), environments["jax"].get("PYTHONPATH", "")]
    env = environments["jax"] | {"PYTHONPATH": ":".join(filter(None, paths))}
    done = subprocess.run([sys.executable, "-c", SCRIPT], env=env, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    assert done.stdout.splitlines() == [
        "['keras']",
        "False",
        "'tensorflow' is not available in workers of the engine 'fused'",
    ]
