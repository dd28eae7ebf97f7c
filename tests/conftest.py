"""What tests share: small experiments on scikit-learn estimators, and the command line."""

from __future__ import annotations

import compileall
import os
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml
from command_line import ONE_CORE, Finished, run_here, run_process
from hypothesis import HealthCheck, settings

from gridloom.registry.registry import Registry, load_registry
from gridloom.training import lease

SMALL: dict[str, Any] = {
    "name": "small",
    "dataset": "iris",
    "model": "logistic_regression",
    "search": {"strategy": "grid", "space": {"model": {"C": [0.1, 1.0, 10.0]}}},
    "validation": {"method": "stratified_kfold", "folds": 3},
    "seed": 7,
    "reporters": ["console", "csv"],
}
"""A valid experiment that trains in a second without Keras."""

# on a busy machine a slow example is no failure
settings.register_profile("untimed", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("untimed")


lease.MOST_KEPT = 3
"""Workers of all three engines stay from one test to the next: they take seconds to import what they train with."""


ONE_THREAD = (
    *("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"),
    *("TF_NUM_INTRAOP_THREADS", "TF_NUM_INTEROP_THREADS"),
)
"""How many threads libraries compute with. Those that wait for each other do so by computing, at the cost of tests beside them."""


def pytest_configure(config: pytest.Config) -> None:
    """Let the processes of pytest-xdist, and those that they start, compute with a thread each; and compile what is tested, once.

    Where Python is told to write no bytecode, each of hundreds of processes would.
    """
    if not hasattr(config, "workerinput"):
        for name in ONE_THREAD:
            os.environ.setdefault(name, "1")
        for folder in ("framework", "plugins", "tests"):
            compileall.compile_dir(Path(__file__).parents[1] / folder, quiet=2)


@pytest.hookimpl(wrapper=True)
def pytest_collection() -> Iterator[None]:
    """Keep the tests with their rewritten asserts as bytecode, for the next session: rewriting them takes ten seconds a process."""
    before, sys.dont_write_bytecode = sys.dont_write_bytecode, False
    try:
        return (yield)
    finally:
        sys.dont_write_bytecode = before


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Under pytest-xdist, begin with the slow files: a process that ends with one would leave the others idle."""
    if hasattr(config, "workerinput"):
        slow = {item.path for item in items if item.get_closest_marker("slow")}
        items.sort(key=lambda item: item.path not in slow)


@pytest.fixture(scope="session", autouse=True)
def _nobodys_settings(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """No `gridloom.toml` of whoever runs the tests, or in a folder around theirs, says where they train; and one worker does.

    Tests that need two ask for them: pools of one and of two would push each other out, and every worker takes seconds to
    import what it trains with.
    """
    (tmp_path_factory.getbasetemp() / ".git").mkdir(exist_ok=True)
    with pytest.MonkeyPatch.context() as patch:
        for name, value in ONE_CORE.items():
            patch.setenv(name, value)
        patch.setenv("XDG_CONFIG_HOME", str(tmp_path_factory.mktemp("config")))
        yield


@pytest.fixture(scope="session")
def registry() -> Registry:
    """The registry of the built-in plugins."""
    return load_registry()


@pytest.fixture
def write(tmp_path: Path) -> Callable[..., Path]:
    """Write an experiment: `write(seed=3)` is SMALL with another seed, `write("text")` is any text; returns the file."""

    def write(text: str | None = None, *, file: str = "small.yaml", **changes: Any) -> Path:
        path = tmp_path / file
        if text is None:
            content = {key: value for key, value in (SMALL | changes).items() if value is not None}
            text = yaml.safe_dump(content, sort_keys=False)
        path.write_text(text, encoding="utf-8")
        return path

    return write


@pytest.fixture
def gridloom(tmp_path: Path) -> Callable[..., Finished]:
    """Run the command line in `tmp_path`: `gridloom("run", file)` returns what `subprocess.run` would.

    It runs in the tests' own process, whose workers stay from one run to the next, and as on a machine with one core;
    `gridloom("run", file, "--n-jobs", 2)` has two workers all the same. See `gridloom_process` for a process of its own.
    """
    return lambda *arguments: run_here(tmp_path, *arguments)


@pytest.fixture
def gridloom_process(tmp_path: Path) -> Callable[..., Finished]:
    """Run the command line in `tmp_path` in a process of its own, with variables: `gridloom("run", file, TERM="dumb")`."""
    return lambda *arguments, **environment: run_process(tmp_path, *arguments, **environment)


@pytest.fixture(scope="session")
def _finished() -> dict[str, tuple[Path, subprocess.CompletedProcess[str]]]:
    """The folders of runs that tests begin with, and what each printed, by the text of the experiment."""
    return {}


@pytest.fixture
def finished(
    write: Callable[..., Path],
    tmp_path: Path,
    tmp_path_factory: pytest.TempPathFactory,
    _finished: dict[str, tuple[Path, subprocess.CompletedProcess[str]]],
) -> Callable[..., tuple[Path, subprocess.CompletedProcess[str]]]:
    """Write an experiment that was run here: `finished(seed=3)` returns its file, and the process that ran it.

    Equal experiments are trained once, for all tests; each test has a copy of the run.
    """

    def finished(**changes: Any) -> tuple[Path, subprocess.CompletedProcess[str]]:
        file = write(**changes)
        text = file.read_text("utf-8")
        if text not in _finished:
            folder = tmp_path_factory.mktemp("finished")
            shutil.copy(file, folder)
            done = run_here(folder, "run", file.name)
            assert done.returncode == 0, done.stderr
            _finished[text] = folder, done
        folder, done = _finished[text]
        shutil.copytree(folder / "runs", tmp_path / "runs", dirs_exist_ok=True)
        return file, done

    return finished
