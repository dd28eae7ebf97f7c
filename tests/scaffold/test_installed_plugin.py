"""A new plugin as an author has it: written, built, installed beside Gridloom, its own tests run, and used."""

from __future__ import annotations

import shutil
import subprocess
import sys
import sysconfig
from pathlib import Path

import pytest

pytestmark = pytest.mark.slow

EVERYTHING = "family,dataset,model,strategy,engine,reporter"


def run(*command: object, folder: Path) -> str:
    """What a command prints; fails with all it has printed when it does."""
    done = subprocess.run([*map(str, command)], cwd=folder, capture_output=True, text=True, timeout=600, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    """The folder that the new plugin `x` is written into."""
    path = tmp_path_factory.mktemp("new")
    run(sys.executable, "-m", "gridloom", "new", "plugin", "x", "--with", EVERYTHING, folder=path)
    return path


@pytest.fixture(scope="module")
def python(folder):
    """The Python of a fresh environment in which the plugin's wheel is installed, and that finds the packages of this one."""
    pip = [sys.executable, "-m", "pip", "--quiet"]
    build = ["wheel", "--no-deps", "--no-build-isolation", "--wheel-dir", "wheels"]
    run(*pip, *build, folder / "x", folder=folder)
    shutil.rmtree(folder / "x" / "src")  # what is tested is what is installed
    run(sys.executable, "-m", "venv", "--without-pip", "venv", folder=folder)
    python = folder / "venv" / "bin" / "python"
    (wheel,) = (folder / "wheels").iterdir()
    run(*pip, "--python", python, "install", "--no-deps", "--no-index", wheel, folder=folder)
    (site,) = (folder / "venv" / "lib").glob("python*/site-packages")
    here = sysconfig.get_path("purelib")
    (site / "packages.pth").write_text(f"import site; site.addsitedir({here!r})\n")
    return python


def test_its_own_tests_pass(python, folder):
    printed = run(python, "-m", "pytest", "-q", folder=folder / "x")
    assert " passed in " in printed
    assert "failed" not in printed
    assert "skipped" not in printed


def test_it_is_listed_with_all_it_provides(python, folder):
    listed = run(python, "-m", "gridloom", "plugins", folder=folder)
    assert "\nx  (x 0.1.0)\n" in listed
    assert "SET ASIDE" not in listed
    for thing in ("family x-noise", "data set x-moons", "model builder x-residual"):
        assert thing in listed
    for thing in ("strategy x-random", "engine x-bagging", "reporter x-summary"):
        assert thing in listed


def test_its_experiments_run(python, folder):
    run(python, "-m", "gridloom", "run", "experiments", "-j2", folder=folder / "x")
    assert "candidates failed" in (folder / "x" / "runs" / "network" / "summary.txt").read_text()
