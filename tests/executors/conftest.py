"""Workers of a fake executor, fits that wait, and nothing kept from one test for the next."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from executors.fakes import Fake, training
from gridloom.training import lease, pool
from gridloom.training.lease import end_kept

WAITING = Path(__file__).with_name("waiting.py")
FOUR = {"strategy": "grid", "space": {"model": {"C": [1.0, 2.0, 3.0, 4.0]}}}


@pytest.fixture(autouse=True)
def nothing_kept(monkeypatch):
    end_kept()
    monkeypatch.setattr(lease, "MOST_KEPT", 1)  # as everywhere but in other tests
    yield
    end_kept()


@pytest.fixture
def fake():
    return Fake()


@pytest.fixture
def workers(fake, monkeypatch):
    """Make workers on the fake executor: `workers(score, count=2)`; how a fit is scored is told by its number."""

    def make(score=float, *, count=2, growth=0, executor=fake):
        monkeypatch.setattr(pool, "run_batch", training(score, growth))
        return pool.Workers(count, {"A": "b"}, max_growth=100, executor=executor)

    return make


@pytest.fixture
def flags(tmp_path):
    """The folder where the fits of waiting.py say that they have begun."""
    (tmp_path / "flags").mkdir()
    shutil.copy(WAITING, tmp_path)
    return tmp_path / "flags"


@pytest.fixture
def waiting(write, flags):
    """Write an experiment whose fits wait while there is a file `hold` among the flags."""

    def waiting(executor, prints=0):
        engine = {"name": "waiting", "folder": str(flags), "prints": prints}
        return write(engine=engine, search=FOUR, executor=executor)

    return waiting
