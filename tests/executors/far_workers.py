"""An executor whose workers are processes of `concurrent.futures`, as those of a cluster are: other machines, as far as anybody knows."""

from __future__ import annotations

import multiprocessing
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor
from contextlib import contextmanager

import gridloom


@contextmanager
def opened(count, environment, workers: int = 2) -> Iterator[gridloom.Session]:
    with ProcessPoolExecutor(workers, multiprocessing.get_context("spawn")) as pool:
        yield gridloom.FarSession(pool.submit, environment, capacity=lambda: workers)


@gridloom.hookimpl
def gridloom_executors():
    yield gridloom.Executor("far", "Two processes that know nothing of this machine.", opened, far=True)
