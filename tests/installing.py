"""What authors and users of plugins do with pip and venv, without a network: build a wheel, install it, run commands."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import sysconfig
from collections.abc import Mapping, Sequence
from pathlib import Path

from command_line import ONE_CORE

PIP = (sys.executable, "-m", "pip", "--quiet", "--no-cache-dir")
OFFLINE = ("--no-deps", "--no-index")


def run(*command: object, folder: Path, together: bool = False, **environment: str) -> subprocess.CompletedProcess[str]:
    """Run a command in a folder, as on a machine with one core, with errors among what it prints if `together`; it must succeed."""
    done = subprocess.run(
        [*map(str, command)],
        cwd=folder,
        env=os.environ | ONE_CORE | environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT if together else subprocess.PIPE,
        text=True,
        timeout=600,
        check=False,
    )
    assert done.returncode == 0, done.stdout + (done.stderr or "")
    return done


TESTS = "pytest"
"""Instead of a command of Gridloom: run tests, with these arguments."""

NEXT = "<the next command>"
"""What stands between the outputs of commands; neither pytest nor Gridloom prints such a line."""

IN_ONE_PROCESS = f"""
import json, sys

import pytest

from gridloom.cli.commands import app

for name, *given in json.loads(sys.argv[1]):
    print({NEXT!r}, flush=True)
    if name == {TESTS!r}:
        code = pytest.main([*given, "-W", "ignore:Module already imported"])
    else:
        code = app([name, *given], standalone_mode=False)
    if code:
        sys.exit(code)
"""
"""Runs commands on the workers that those before them have left; the first that fails ends it.

Gridloom is imported before its tests, which are then without asserts that show their values.
"""


def run_in_one_process(
    python: Path, commands: Mapping[str, Sequence[object]], folder: Path, **environment: str
) -> dict[str, str]:
    """What each of these commands prints, errors included, run one after the other by an interpreter in a folder; all must succeed."""
    words = json.dumps([[*map(str, command)] for command in commands.values()])
    done = run(python, "-c", IN_ONE_PROCESS, words, folder=folder, together=True, **environment)
    return dict(zip(commands, done.stdout.split(NEXT + "\n")[1:], strict=True))


def build(source: Path, folder: Path) -> Path:
    """The wheel of a distribution, built in a folder."""
    run(*PIP, "wheel", source, *OFFLINE, "--no-build-isolation", "--wheel-dir", folder / "wheels", folder=folder)
    (wheel,) = (folder / "wheels").iterdir()
    return wheel


def install_fresh(folder: Path, *what: object) -> Path:
    """The interpreter of a fresh environment with what pip is told to install, which finds the packages of this one."""
    run(sys.executable, "-m", "venv", "--without-pip", "venv", folder=folder)
    python = folder / "venv" / "bin" / "python"
    (site,) = (folder / "venv" / "lib").glob("python*/site-packages")
    here = sysconfig.get_path("purelib")
    (site / "tests.pth").write_text(f"import site; site.addsitedir({here!r})\n")
    run(*PIP, "--python", python, "install", *OFFLINE, *what, folder=folder)
    return python
