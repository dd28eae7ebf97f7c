"""An executor whose workers are processes of `concurrent.futures`, as those of a cluster are: other machines, as far as anybody knows."""

from __future__ import annotations

import multiprocessing
import os
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Annotated

from annotated_types import Ge

import gridloom


@contextmanager
def opened(count, environment, workers: Annotated[int, Ge(1)] = 2) -> Iterator[gridloom.Session]:
    """Processes that are started anew, `workers` of them."""
    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload(["__main__", "gridloom.training.loky"])  # each takes a while to import
    with TemporaryDirectory() as mark, ProcessPoolExecutor(workers, context) as pool:
        wanted = partial(os.path.isdir, mark)
        try:
            yield gridloom.FarSession(pool.submit, environment, is_wanted=wanted, capacity=lambda: workers)
        except BaseException:
            Path(mark).rmdir()
            raise


@gridloom.hookimpl
def gridloom_executors():
    yield gridloom.Executor("far", "Two processes that know nothing of this machine.", opened, far=True)
