"""What is imported when: nothing heavy before a fit is trained, so that the command line answers at once."""

from __future__ import annotations

import importlib
import inspect
import json
import os
import pkgutil
import subprocess
import sys
import textwrap
from importlib.metadata import entry_points
from pathlib import Path

import pytest

import gridloom_plugins
from gridloom.registry import hookspecs

ROOT = Path(__file__).parents[1]
HEAVY = (
    "tensorflow",
    "keras",
    "jax",
    "sklearn",
    "pandas",
    "matplotlib",
    "mlflow",
    "tensorboard",
    "scipy",
    "plotly",
    "jinja2",
)
REGISTRATIONS = sorted({point.module for point in entry_points(group="gridloom") if point.name.startswith("builtin-")})

RUNNER = """
import json, sys

def command(*arguments):
    from gridloom.cli.commands import app

    code = app(arguments, prog_name="gridloom", standalone_mode=False)
    assert not code, code

found = {{}}
for code in {codes!r}:
    exec(code)
    found[code] = sorted({{name.partition(".")[0] for name in sys.modules}})
print("IMPORTED:", json.dumps(found))
"""


def imported(*codes: str, folder: Path = ROOT) -> dict[str, set[str]]:
    """The packages that a new process has imported after running each of these, one after the other."""
    done = subprocess.run(
        [sys.executable, "-c", RUNNER.format(codes=codes)],
        cwd=folder,
        capture_output=True,
        text=True,
        timeout=300,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    found = json.loads(done.stdout.rpartition("IMPORTED:")[2])
    return {code: set(packages) for code, packages in found.items()}


def heavy(found: dict[str, set[str]]) -> dict[str, set[str]]:
    """What is heavy of what was imported, by the code after which it was there."""
    return {code: packages & set(HEAVY) for code, packages in found.items() if not packages.isdisjoint(HEAVY)}


def test_a_heavy_import_would_be_seen():
    assert heavy(imported("import gridloom; gridloom.run", "import scipy")) == {"import scipy": {"scipy"}}


def test_nothing_heavy_is_imported_by_the_package_or_a_command_that_trains_nothing():
    found = imported(
        "import gridloom; gridloom.run",
        "from gridloom.registry.registry import load_registry; load_registry()",
        "command('--help')",
        "command('run', '--help')",
        "command('new', 'plugin', '--help')",
        "command('new', 'experiment', '--help')",
        "command('compare', '--help')",
        "command('--version')",
        "command('plugins')",
        "command('plugins', '--json')",
        "command('plugins', 'show', 'mlp')",
        "command('check', 'experiments')",
        "command('check', 'experiments/honest')",
    )
    assert all("gridloom" in packages for packages in found.values())
    assert heavy(found) == {}


def test_nothing_heavy_is_imported_by_the_registration_modules():
    found = imported(*(f"import {module}" for module in REGISTRATIONS))
    assert len(found) == len(REGISTRATIONS)
    assert heavy(found) == {}


def test_every_package_of_built_in_plugins_with_a_hook_is_registered():
    with_hooks = set()
    for found in pkgutil.iter_modules(gridloom_plugins.__path__, "gridloom_plugins."):
        module = importlib.import_module(found.name)
        if any(name.startswith("gridloom_") and inspect.isfunction(item) for name, item in vars(module).items()):
            with_hooks.add(found.name)
    assert with_hooks == set(REGISTRATIONS)


def test_the_process_that_runs_a_search_of_networks_stays_free_of_keras(tmp_path):
    block = inspect.getdoc(hookspecs.gridloom_engines).partition("Example::\n")[2]
    (tmp_path / "mine.py").write_text(textwrap.dedent(block))
    (tmp_path / "e.yaml").write_text(
        "dataset: {name: pima, sample: 20}\n"
        "model: mlp\n"
        "search: {strategy: grid, space: {dropout: {dropout_rate: [0.1, 0.2]}}}\n"
        "validation: {method: kfold, folds: 2}\n"
        "engine: mine:guess\n"
    )
    (packages,) = imported("command('run', 'e.yaml', '-p', 'mine.py', '-j', '1')", folder=tmp_path).values()
    assert (tmp_path / "runs" / "e" / "journal.sqlite").exists()
    assert packages.isdisjoint({"tensorflow", "keras", "scikeras", "jax"})


STARTED = "import signal, sys; signal.signal(signal.SIGINT, signal.default_int_handler); from gridloom.cli import main; main()"
"""The command line where Ctrl-C is not ignored, which it is in processes that a shell starts in the background."""


@pytest.mark.parametrize("module", ["typer", "pluggy", "yaml"])
def test_ctrl_c_while_anything_is_imported_ends_in_a_line(tmp_path, module):
    (tmp_path / f"{module}.py").write_text("import signal; signal.raise_signal(signal.SIGINT)")
    done = subprocess.run(
        [sys.executable, "-c", STARTED, "check", "experiments"],
        cwd=ROOT,
        env=os.environ | {"PYTHONPATH": os.pathsep.join([str(tmp_path), *sys.path])},
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert (done.returncode, done.stdout, done.stderr) == (130, "", "gridloom: stopped\n")
