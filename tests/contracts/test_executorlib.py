"""The executor of docs/how-to/an-executor.md, processes by executorlib: what its own lines decide of the contract, and a run."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from docs.snippets import blocks
from executors import clusters

from gridloom.testing import ExecutorContract
from gridloom.training.lease import end_kept

pytestmark = [pytest.mark.slow, pytest.mark.filterwarnings("ignore::DeprecationWarning")]  # pydantic's, by executorlib
PAGE = Path(__file__).parents[2] / "docs" / "how-to" / "an-executor.md"


@pytest.fixture
def plugin(tmp_path, monkeypatch):
    """The plugin of the page, in a file."""
    monkeypatch.setenv("PYTHONPATH", os.environ.get("PYTHONPATH", ""))  # which executorlib sets, and leaves set
    (text,) = [block.text for block in blocks(PAGE.read_text("utf-8")) if block.title == "executorlib_workers.py"]
    (tmp_path / "executorlib_workers.py").write_text(text)
    yield str(tmp_path / "executorlib_workers.py")
    end_kept()


def test_left_by_ctrl_c_it_ends_its_workers(plugin, tmp_path):
    """All other checks hold as well, but take long: each session starts processes that import much."""
    attributes = {"name": "executorlib", "plugin": plugin, "options": {"workers": 1}, "__module__": __name__}
    contract = type("TestExecutorlib", (ExecutorContract,), attributes)()
    contract.test_left_by_an_exception_it_ends_its_workers(tmp_path)


def test_a_run_with_it_is_that_of_any_other(plugin, gridloom, write, tmp_path):
    file = write(**clusters.EXPERIMENT, model="made_up")
    chosen = "{name: executorlib, workers: 1}"
    done = gridloom("run", file, "-p", clusters.PLUGIN, "-p", plugin, "--executor", chosen)
    assert done.returncode == 0, done.stderr
    assert "the workers of executorlib" in done.stdout
    assert clusters.made(tmp_path / "runs" / "made") == clusters.made_by_loky(gridloom, write)
