"""Workers of a fake executor, and nothing kept from one test for the next."""

from __future__ import annotations

import pytest

from executors.fakes import Fake, training
from gridloom.training import lease, pool
from gridloom.training.lease import end_kept


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
