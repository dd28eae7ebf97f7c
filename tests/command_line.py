"""The command line, and scripts, within the tests' own process: what it does, prints and ends with, without the seconds it takes to start."""

from __future__ import annotations

import importlib
import logging
import os
import signal
import subprocess
import sys
import traceback
import warnings
from collections.abc import Iterator, Mapping
from contextlib import chdir, contextmanager, redirect_stderr, redirect_stdout
from io import StringIO
from pathlib import Path

import pytest

import gridloom.cli

ONE_CORE = {"LOKY_MAX_CPU_COUNT": "1"}
"""The environment of a machine with one core: every worker takes seconds to import what it trains with."""

Finished = subprocess.CompletedProcess[str]


def run_here(folder: Path, *arguments: object, together: bool = False, **environment: str) -> Finished:
    """Run the command line in a folder, as `python -m gridloom` would; returns its exit code and what it printed.

    Errors are printed among the rest if they are to be `together`. Workers that stay from an earlier run do not see the
    environment.
    """
    command = ["gridloom", *map(str, arguments)]
    output, code = StringIO(), 0
    errors = output if together else StringIO()
    with chdir(folder), redirect_stdout(output), redirect_stderr(errors), _as_at_the_start(command, environment):
        try:
            gridloom.cli.main()
        except SystemExit as end:
            code = end.code if isinstance(end.code, int) else int(end.code is not None)
    return subprocess.CompletedProcess(command, code, output.getvalue(), "" if together else errors.getvalue())


def exec_here(folder: Path, text: str, file: str = "<string>", **environment: str) -> Finished:
    """Run a script in a folder, as `python -c` would, or `python FILE` if it is that of a file; returns its exit code and
    what it printed, errors among the rest.

    Modules of the folder are forgotten afterwards.
    """
    output, code = StringIO(), 0
    with redirect_stdout(output), redirect_stderr(output), _in_folder(folder, ["-c"], environment):
        try:
            exec(compile(text, file, "exec"), {"__name__": "__main__", "__file__": file})
        except Exception:
            code = 1
            traceback.print_exc()
    return subprocess.CompletedProcess(["python", "-c", text], code, output.getvalue(), "")


def pytest_here(folder: Path, *arguments: str, **environment: str) -> Finished:
    """Run the tests of a folder, as `python -m pytest` would; returns the exit code and what was printed.

    Modules of the folder are forgotten afterwards. Gridloom is imported already, with asserts that show their values.
    """
    command, output = ["pytest", *arguments], StringIO()
    quiet = ["-p", "no:cacheprovider", "-p", "no:faulthandler", "-W", "ignore:Module already imported"]
    with redirect_stdout(output), redirect_stderr(output), _in_folder(folder, command, environment):
        code = int(pytest.main([*arguments, *quiet]))
    return subprocess.CompletedProcess(command, code, output.getvalue(), "")


@contextmanager
def _in_folder(folder: Path, command: list[str], environment: Mapping[str, str]) -> Iterator[None]:
    """A folder to work in and to import from, and the rest as at the start of a new process."""
    with chdir(folder), _as_at_the_start(command, environment), importing_from(folder):
        yield


@contextmanager
def importing_from(folder: Path) -> Iterator[None]:
    """A folder whose modules can be imported, and whose distributions are installed; afterwards its modules are forgotten."""
    known, path = set(sys.modules), sys.path[:]
    sys.path.insert(0, str(folder))
    importlib.invalidate_caches()
    try:
        yield
    finally:
        sys.path[:] = path
        for name in sys.modules.keys() - known:
            if str(getattr(sys.modules[name], "__file__", None)).startswith(str(folder)):
                del sys.modules[name]


def run_process(folder: Path, *arguments: object, **environment: str) -> Finished:
    """Run the command line in a folder as a process of its own, on a machine with one core."""
    command = [sys.executable, "-m", "gridloom", *map(str, arguments)]
    return subprocess.run(
        command,
        cwd=folder,
        env=os.environ | ONE_CORE | environment,
        capture_output=True,
        text=True,
        timeout=600,
        check=False,
    )


@contextmanager
def _as_at_the_start(command: list[str], more: Mapping[str, str]) -> Iterator[None]:
    """The arguments, environment, warnings, logs and handlers that a new process has; afterwards they are as before.

    Packages such as submitit configure logging as they are imported, which closes every handler there is; absl's would close
    the stream that it was made with, which pytest still needs.
    """
    arguments, environment, handler = sys.argv, dict(os.environ), signal.getsignal(signal.SIGTERM)
    shown, logged = warnings.formatwarning, logging.root.handlers
    kept = logging._handlerList[:]  # type: ignore[attr-defined]
    logging._handlerList.clear()  # type: ignore[attr-defined]
    try:
        sys.argv = command
        logging.root.handlers = []
        os.environ.update(ONE_CORE | more)
        with warnings.catch_warnings():
            warnings.resetwarnings()
            warnings.simplefilter("default")
            yield
    finally:
        sys.argv, warnings.formatwarning, logging.root.handlers = arguments, shown, logged
        logging._handlerList[:0] = kept  # type: ignore[attr-defined]
        os.environ.clear()
        os.environ.update(environment)
        signal.signal(signal.SIGTERM, handler)
