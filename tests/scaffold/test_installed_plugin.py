"""A new plugin as an author has it: written, built, installed beside Gridloom, its own tests run, and used."""

from __future__ import annotations

import shutil
import sys

import pytest
from installing import TESTS, build, install_fresh, run, run_in_one_process

pytestmark = pytest.mark.slow

EVERYTHING = "family,dataset,model,strategy,engine,reporter"


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    """The folder that the new plugin `x` is written into."""
    path = tmp_path_factory.mktemp("new")
    run(sys.executable, "-m", "gridloom", "new", "plugin", "x", "--with", EVERYTHING, folder=path)
    return path


@pytest.fixture(scope="module")
def printed(folder):
    """What a process of a fresh environment prints, in which the plugin's wheel is installed beside the packages of this one."""
    wheel = build(folder / "x", folder)
    shutil.rmtree(folder / "x" / "src")  # what is tested is what is installed
    commands = {"plugins": ["plugins"], "tests": [TESTS, "-q"], "experiments": ["run", "experiments"]}
    return run_in_one_process(install_fresh(folder, wheel), commands, folder=folder / "x")


def test_it_is_listed_with_all_it_provides(printed):
    assert "\nx  (x 0.1.0)\n" in printed["plugins"]
    assert "DISABLED" not in printed["plugins"]
    for thing in ("family x-noise", "data set x-moons", "model builder x-residual"):
        assert thing in printed["plugins"]
    for thing in ("strategy x-random", "engine x-bagging", "reporter x-summary"):
        assert thing in printed["plugins"]


def test_its_own_tests_pass(printed):
    assert " passed in " in printed["tests"]
    assert "failed" not in printed["tests"]
    assert "skipped" not in printed["tests"]


def test_its_experiments_run(printed, folder):
    assert "engine x-bagging" in printed["experiments"]
    assert "candidates failed" in (folder / "x" / "runs" / "network" / "summary.txt").read_text()
