"""What contracts ask of another process, where text has other hashes: a new one, or one that answers all of them."""

from __future__ import annotations

import atexit
import json
import os
import subprocess
import sys
import traceback
from collections.abc import Callable, Mapping, Sequence
from contextlib import redirect_stdout, suppress
from functools import lru_cache, partial
from pathlib import Path
from typing import Any

from gridloom.registry.records import KINDS
from gridloom.registry.registry import load_registry

CODE = "import sys; sys.path[:] = sys.argv[1:]; from gridloom.testing.child import answer; answer()"


def ask_new(question: str, **arguments: Any) -> Any:
    """The answer of a function of this module in a new process, where nothing was imported.

    AssertionError with its traceback if it raises.
    """
    process = _begin(tuple(sys.path))
    try:
        return _ask(process, question, arguments)
    finally:
        _end(process)


def ask(question: str, **arguments: Any) -> Any:
    """The answer of a function of this module in another process, which stays for the next question: it has imported much.

    AssertionError with its traceback if it raises.
    """
    return _ask(_kept(tuple(sys.path)), question, arguments)


@lru_cache(maxsize=8)
def _kept(path: tuple[str, ...]) -> subprocess.Popen[str]:
    process = _begin(path)
    atexit.register(_end, process)
    return process


def _begin(path: tuple[str, ...]) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, "-c", CODE, *path],
        env=os.environ | {"PYTHONHASHSEED": "12345"},
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        encoding="utf-8",
    )


def _ask(process: subprocess.Popen[str], question: str, arguments: Mapping[str, Any]) -> Any:
    said = ""
    if process.poll() is None and process.stdin and process.stdout:
        with suppress(BrokenPipeError):
            process.stdin.write(json.dumps([question, str(Path.cwd()), arguments]) + "\n")
            process.stdin.flush()
            said = process.stdout.readline()
    if not said:
        _kept.cache_clear()
    assert said, f"another process ended without a result, with exit code {process.wait()}"
    found, error = json.loads(said)
    assert not error, f"in another process:\n{error}"
    return found


def _end(process: subprocess.Popen[str]) -> None:
    process.communicate()


def answer() -> None:
    """Answer the questions of standard input, one a line, on standard output: what is found, or else the traceback."""
    for line in sys.stdin:
        question, folder, arguments = json.loads(line)
        found, error = None, ""
        with redirect_stdout(sys.stderr):
            try:
                os.chdir(folder)
                found = QUESTIONS[question](**arguments)
            except Exception:
                error = traceback.format_exc()
        sys.stdout.write(json.dumps([found, error]) + "\n")
        sys.stdout.flush()


def imported(plugins: Sequence[str], without: Sequence[str]) -> list[str]:
    """The packages that are imported once the plugins are registered, except those named in `without`."""
    load_registry(plugins, without)
    return sorted({name.partition(".")[0] for name in sys.modules})


def fingerprint(plugins: Sequence[str], name: str, options: Mapping[str, Any], folder: str) -> str:
    """The fingerprint of a data set."""
    return str(_called(plugins, "data set", name, options, folder).fingerprint)


def proposals(plugins: Sequence[str], name: str, options: Mapping[str, Any], folder: str) -> list[list[str]]:
    """What a strategy proposes in each of the spaces of its contract."""
    from gridloom.testing.searching import SPACES, described, explore

    strategy = partial(_called, plugins, "strategy", name, options, folder)
    return [described(explore(partial(strategy, space))) for space in SPACES.values()]


def _called(
    plugins: Sequence[str], kind_name: str, name: str, options: Mapping[str, Any], folder: str, *fixed: Any
) -> Any:
    (kind,) = (kind for kind in KINDS if kind.kind == kind_name)
    record = load_registry(plugins).find(kind, name).record
    valid, findings = record.options.validate(options, Path(folder))
    assert not findings, findings
    return record.function(*fixed, **valid)


QUESTIONS: Mapping[str, Callable[..., Any]] = {"imported": imported, "fingerprint": fingerprint, "proposals": proposals}
