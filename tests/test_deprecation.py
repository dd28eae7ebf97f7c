"""Deprecation: whoever implements a deprecated hook is told, in one line."""

from __future__ import annotations

import subprocess
import sys

import pytest

from gridloom import Deprecated
from gridloom.registry import hookspecs
from gridloom.registry.registry import load_registry

PLUGIN = """
import gridloom

def report(result): ...

@gridloom.hookimpl
def gridloom_reporters():
    yield gridloom.Reporter("mine", "Nothing.", report)
"""

ADVICE = "gridloom_reporters is deprecated since 9.1 and goes with 9.3; implement gridloom_writers"

WITH_A_DEPRECATED_HOOK = f"""
import sys

from gridloom import Deprecated, cli
from gridloom.registry import hookspecs

hookspecs.hookspec(hookspecs.gridloom_reporters, warn_on_impl=Deprecated({ADVICE!r}))
cli.main()
"""
"""The command line of a Gridloom whose hook for reporters is deprecated."""


@pytest.fixture
def deprecated(monkeypatch):
    """The hook for reporters as it would be when another takes its place."""
    hook = hookspecs.gridloom_reporters
    monkeypatch.setattr(hook, "gridloom_spec", {**hook.gridloom_spec, "warn_on_impl": Deprecated(ADVICE)})


def test_a_deprecated_hook_works_and_warns_with_the_line_of_whoever_implements_it(deprecated, tmp_path):
    file = tmp_path / "mine.py"
    file.write_text(PLUGIN)
    with pytest.warns(Deprecated, match=ADVICE) as caught:
        registry = load_registry([str(file)], without=["builtin-reporters"])
    assert [(warning.filename, warning.lineno) for warning in caught] == [(str(file), 6)]
    assert [item.full_name for item in registry.provided if item.record.name == "mine"] == ["mine:mine"]


def test_no_hook_of_ours_warns():
    load_registry()


@pytest.mark.parametrize(("options", "said"), [((), True), (("-W", "ignore"), False)])
def test_the_command_line_tells_it_in_one_line_unless_it_is_told_to_ignore_it(options, said, tmp_path):
    (tmp_path / "mine.py").write_text(PLUGIN)
    (tmp_path / "deprecating.py").write_text(WITH_A_DEPRECATED_HOOK)
    command = ["plugins", "-p", "mine.py", "--no-plugin", "builtin-reporters"]
    done = subprocess.run(
        [sys.executable, *options, "deprecating.py", *command],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert (done.returncode, "  reporter mine " in done.stdout) == (0, True), done.stderr
    assert done.stderr == (f"gridloom: {tmp_path / 'mine.py'}:6: {ADVICE}\n" if said else "")
