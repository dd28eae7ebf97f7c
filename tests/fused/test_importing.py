"""What workers of the engine import: Keras without what it could do without, which others may have all the same."""

from __future__ import annotations

import subprocess
import sys

SCRIPT = """
import sys
from gridloom_plugins.engines import fused

fused._prepare()
print(sorted({"keras", "matplotlib", "pandas", "tensorflow"} & sys.modules.keys()))
import matplotlib.pyplot, pandas
try:
    import tensorflow
except ModuleNotFoundError as error:
    print(error)
"""


def test_keras_is_there_alone_and_whoever_wants_pandas_or_matplotlib_has_them(environments):
    done = subprocess.run(
        [sys.executable, "-c", SCRIPT], env=environments["jax"], capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    assert done.stdout.splitlines() == ["['keras']", "there is no 'tensorflow' in workers of the engine 'fused'"]
