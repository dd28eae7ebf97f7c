"""The pytest plugin: fixtures around `gridloom.testing`, which is imported by tests that use them and no others."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from gridloom import Result
    from gridloom.testing import Recorder

pytest.register_assert_rewrite("gridloom.testing")


@pytest.fixture
def gridloom_run(tmp_path: Path) -> Callable[..., Result]:
    """Run a tiny experiment in `tmp_path`: `gridloom_run("my_plugin", search={...})`, see `gridloom.testing.run_tiny`."""
    from gridloom.testing import run_tiny

    return partial(run_tiny, tmp_path)


@pytest.fixture
def gridloom_experiment(tmp_path: Path) -> Callable[..., Path]:
    """Write a tiny experiment into `tmp_path` and return its file: `gridloom_experiment(seed=3)`."""
    from gridloom.testing import write_tiny

    return partial(write_tiny, tmp_path)


@pytest.fixture
def gridloom_recorder() -> Recorder:
    """A reporter that keeps everything it gets: `gridloom_run(recorder=gridloom_recorder)`."""
    from gridloom.testing import Recorder

    return Recorder()
