"""What contracts ask of a new process, where nothing was imported and text has other hashes."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Callable, Mapping, Sequence
from functools import partial
from pathlib import Path
from typing import Any

from gridloom.registry.records import KINDS
from gridloom.registry.registry import load_registry


def ask(question: str, **arguments: Any) -> Any:
    """The answer of a function of this module, called in a new process; AssertionError with its traceback if it raises."""
    code = "import sys; sys.path[:] = sys.argv[2:]; from gridloom.testing.child import answer; answer(sys.argv[1])"
    done = subprocess.run(
        [sys.executable, "-c", code, json.dumps([question, arguments]), *sys.path],
        env=os.environ | {"PYTHONHASHSEED": "12345"},
        capture_output=True,
        encoding="utf-8",
        check=False,
    )
    assert done.returncode == 0, f"in a new process:\n{done.stderr}"
    return json.loads(done.stdout.splitlines()[-1])


def answer(asked: str) -> None:
    """Print the answer to a question as the last line."""
    question, arguments = json.loads(asked)
    sys.stdout.write("\n" + json.dumps(QUESTIONS[question](**arguments)) + "\n")


def imported(plugins: Sequence[str], without: Sequence[str]) -> list[str]:
    """The packages that are imported once the plugins are registered, those left out that are named in `without`."""
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
