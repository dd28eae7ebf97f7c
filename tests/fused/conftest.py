"""Scripts about JAX run in processes of their own, since the tests' own process may have Keras on TensorFlow."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from gridloom_plugins.engines import fused, scikeras

TESTS = Path(__file__).parents[1]
FASTER = {"XLA_FLAGS": "--xla_backend_optimization_level=0 --xla_llvm_disable_expensive_passes=true"}
"""For programs of Keras's own that run once: compiled fast, not fast themselves."""


@pytest.fixture(scope="session")
def environments():
    """What workers of the two engines have in their environment.

    As everywhere, programs are kept in the user's cache: the tests compile them when they are run for the first time, or when
    something of them has changed.
    """
    path = os.pathsep.join(filter(None, [str(TESTS), os.environ.get("PYTHONPATH")]))
    common = os.environ | {"PYTHONPATH": path}
    return {"jax": common | fused.environment({}), "tensorflow": common | scikeras.environment({})}


@pytest.fixture(scope="session")
def start(environments):
    """Begin to run a module of this folder as a script on a backend; returns the process."""

    def run(module, folder, backend="jax", **more):
        return subprocess.Popen(
            [sys.executable, "-m", module, str(folder)],
            env=environments[backend] | more,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )

    return run


@pytest.fixture(scope="session")
def finish():
    """Wait for a script; fails when it does."""

    def wait(process):
        output, errors = process.communicate(timeout=900)
        assert process.returncode == 0, errors
        return output

    return wait


@pytest.fixture(scope="session")
def in_worker(environments):
    """Run a module of this folder in a worker's environment, in the process that runs the others; fails when it does."""
    process = subprocess.Popen(
        [sys.executable, "-m", "fused.serving"],
        env=environments["jax"],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )

    def run(module, folder):
        process.stdin.write(json.dumps([module, str(folder)]) + "\n")
        process.stdin.flush()
        answer = process.stdout.readline()
        assert answer, f"{module} ended the process, with exit code {process.wait()}"
        assert not (error := json.loads(answer)), error

    yield run
    process.communicate()
