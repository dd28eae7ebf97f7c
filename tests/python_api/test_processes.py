"""Programs as processes of their own: a function of `__main__`, of a module beside it, a program that is killed, and far workers."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import time
from pathlib import Path

import pytest
from command_line import ONE_CORE
from journaled import journaled
from sklearn.linear_model import LogisticRegression

PROGRAM = """
import os
import sys
import time

import numpy as np
from sklearn.linear_model import LogisticRegression

import gridloom
import models

MAX_ITER = 300


def build(task, C=1.0):
    if os.path.exists("slow"):
        time.sleep(0.2)
    return models.made(C, MAX_ITER)


print("begins")
rng = np.random.default_rng(0)
X = rng.normal(size=(60, 3))
y = X[:, 0] > 0
given = {"n_jobs": 1, "reporters": [], "validation": {"folds": 5}}
for out in ["runs"] if os.path.exists("slow") else ["runs", "whole"]:
    result = gridloom.search(build, X, y, space={"model": {"C": [0.1, 1.0, 10.0]}}, out=out, **given)
    print(result.best.mean, result.to_frame()["mean_test_score"].tolist())
"""
MODELS = """
from sklearn.linear_model import LogisticRegression


def made(C, max_iter):
    return LogisticRegression(C=C, max_iter=max_iter)
"""


def start(folder, seed="0"):
    """Start the program in its folder, with this seed for hashes."""
    environment = os.environ | ONE_CORE | {"PYTHONHASHSEED": seed}
    pipes = {"stdout": subprocess.PIPE, "stderr": subprocess.PIPE}
    return subprocess.Popen([sys.executable, "program.py"], cwd=folder, env=environment, text=True, **pipes)


def ended(process):
    printed, errors = process.communicate(timeout=300)
    assert process.returncode == 0, errors
    return printed


@pytest.fixture(scope="module")
def program(tmp_path_factory):
    """The folder of a script, with a module beside it, that was killed as it searched, and searched again."""
    folder = tmp_path_factory.mktemp("program")
    (folder / "program.py").write_text(PROGRAM)
    (folder / "models.py").write_text(MODELS)
    (folder / "slow").touch()
    process, run = start(folder), folder / "runs" / "build"
    while journaled(run) < 3:
        assert process.poll() is None, process.stderr.read()
        time.sleep(0.1)
    process.kill()
    process.communicate()
    (folder / "slow").unlink()
    (folder / "kept").write_text(str(journaled(run)))
    (folder / "printed").write_text(ended(start(folder, seed="7")))
    return folder


@pytest.mark.slow
def test_a_program_that_is_killed_is_resumed_by_running_it_again(program):
    assert 3 <= int((program / "kept").read_text()) < 15
    begins, resumed, whole = (program / "printed").read_text().splitlines()
    assert begins == "begins"  # workers do not run the program
    assert [journaled(program / out / "build") for out in ("runs", "whole")] == [15, 15]
    assert resumed == whole


@pytest.mark.slow
def test_what_the_program_refers_to_in_other_modules_is_part_of_the_run(program, tmp_path):
    shutil.copytree(program, tmp_path, dirs_exist_ok=True)
    (tmp_path / "models.py").write_text(MODELS.replace("C=C", "C=2 * C"))
    process = start(tmp_path)
    _, errors = process.communicate(timeout=300)
    assert process.returncode == 1
    assert (
        "contains fits of another experiment, so it cannot be resumed. What changed:\n  in_memory.python.code.models: was module"
        in errors
    )


def test_a_function_travels_to_workers_of_an_executor_on_other_machines(search):
    far = Path(__file__).parents[1] / "executors" / "far_threads.py"

    def build(task, C=1.0):
        return LogisticRegression(C=C)

    result = search(build, executor="far", plugins=[str(far)])
    assert result.is_complete
    assert result.workers
