"""What authors and users of plugins do with pip and venv, without a network: build a wheel, install it, run commands."""

from __future__ import annotations

import os
import subprocess
import sys
import sysconfig
from pathlib import Path

from command_line import ONE_CORE

PIP = (sys.executable, "-m", "pip", "--quiet", "--no-cache-dir")
OFFLINE = ("--no-deps", "--no-index")


def run(*command: object, folder: Path, **environment: str) -> subprocess.CompletedProcess[str]:
    """Run a command in a folder, as on a machine with one core; it must succeed."""
    done = subprocess.run(
        [*map(str, command)],
        cwd=folder,
        env=os.environ | ONE_CORE | environment,
        capture_output=True,
        text=True,
        timeout=600,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return done


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
