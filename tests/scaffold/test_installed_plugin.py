"""A new plugin as an author has it: written, built, installed beside Gridloom, its own tests run, and used."""

from __future__ import annotations

import shutil
import sys

import pytest
from installing import build, install_fresh, run

pytestmark = pytest.mark.slow

EVERYTHING = "family,dataset,model,strategy,engine,reporter"


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    """The folder that the new plugin `x` is written into."""
    path = tmp_path_factory.mktemp("new")
    run(sys.executable, "-m", "gridloom", "new", "plugin", "x", "--with", EVERYTHING, folder=path)
    return path


@pytest.fixture(scope="module")
def python(folder):
    """The Python of a fresh environment in which the plugin's wheel is installed, and that finds the packages of this one."""
    wheel = build(folder / "x", folder)
    shutil.rmtree(folder / "x" / "src")  # what is tested is what is installed
    return install_fresh(folder, wheel)


def test_its_own_tests_pass(python, folder):
    printed = run(python, "-m", "pytest", "-q", folder=folder / "x").stdout
    assert " passed in " in printed
    assert "failed" not in printed
    assert "skipped" not in printed


def test_it_is_listed_with_all_it_provides(python, folder):
    listed = run(python, "-m", "gridloom", "plugins", folder=folder).stdout
    assert "\nx  (x 0.1.0)\n" in listed
    assert "DISABLED" not in listed
    for thing in ("family x-noise", "data set x-moons", "model builder x-residual"):
        assert thing in listed
    for thing in ("strategy x-random", "engine x-bagging", "reporter x-summary"):
        assert thing in listed


def test_its_experiments_run(python, folder):
    run(python, "-m", "gridloom", "run", "experiments", folder=folder / "x")
    assert "candidates failed" in (folder / "x" / "runs" / "network" / "summary.txt").read_text()
