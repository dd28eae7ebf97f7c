"""The executor of docs/how-to/an-executor.md, processes by executorlib: what its own lines decide of the contract of executors."""

from __future__ import annotations

from pathlib import Path

import pytest
from docs.snippets import blocks

from gridloom.testing import ExecutorContract

pytestmark = [pytest.mark.slow, pytest.mark.filterwarnings("ignore::DeprecationWarning")]  # pydantic's, by executorlib
PAGE = Path(__file__).parents[2] / "docs" / "how-to" / "an-executor.md"


@pytest.fixture
def contract(tmp_path):
    """The contract for the plugin of the page. All of it holds, but takes long: each session starts processes that import much."""
    (text,) = [block.text for block in blocks(PAGE.read_text("utf-8")) if block.title == "executorlib_workers.py"]
    (tmp_path / "executorlib_workers.py").write_text(text)
    attributes = {"name": "executorlib", "plugin": str(tmp_path / "executorlib_workers.py"), "options": {"workers": 1}}
    return type("TestExecutorlib", (ExecutorContract,), {**attributes, "__module__": __name__})()


def test_left_by_ctrl_c_it_ends_its_workers(contract, tmp_path):
    contract.test_left_by_an_exception_it_ends_its_workers(tmp_path)


def test_a_run_with_it_has_the_table_of_any_other(contract, tmp_path):
    contract.test_a_real_run_has_the_table_of_any_other(tmp_path)
