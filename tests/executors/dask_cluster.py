"""A Dask cluster of real processes on this machine: a scheduler, and workers that come and go."""

from __future__ import annotations

import multiprocessing
import os
import signal
import sys
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

_context = multiprocessing.get_context("forkserver")
_context.set_forkserver_preload(["distributed.scheduler", "distributed.worker"])  # imported once for all of them


@dataclass
class Cluster:
    """A scheduler, and its workers by their process ids."""

    folder: Path
    processes: list[Any] = field(default_factory=list)
    address: str = ""

    def start(self, **options: Any) -> int:
        """Start a worker of one thread, without a nanny; returns its process id."""
        return self._begun(_work, self.address, os.fspath(self.folder), options).pid

    def kill(self, *pids: int) -> None:
        """Kill workers at once, as a machine does that fails."""
        for pid in pids:
            os.kill(pid, signal.SIGKILL)
            next(one for one in self.processes if one.pid == pid).join()

    def kill_scheduler(self) -> None:
        self.kill(self.processes[0].pid)

    def _begun(self, *what: Any) -> Any:
        process = _context.Process(target=what[0], args=what[1:], daemon=True)
        process.start()
        self.processes.append(process)
        return process


@contextmanager
def cluster(folder: Path, workers: int = 2) -> Iterator[Cluster]:
    """A scheduler with so many workers, all of which are gone afterwards."""
    own = Cluster(folder)
    here, there = _context.Pipe()
    try:
        own._begun(_schedule, there, os.fspath(folder))
        own.address = here.recv()
        for _ in range(workers):
            own.start()
        yield own
    finally:
        for process in own.processes:
            process.kill()
            process.join()


def on(cluster: Cluster) -> dict[str, str]:
    """What stands under `executor:` for a cluster."""
    return {"name": "dask", "address": cluster.address}


def _schedule(answer: Any, folder: str) -> None:
    import asyncio

    from distributed import Scheduler

    _quietly(folder)

    async def serve() -> None:
        async with Scheduler(host="127.0.0.1", port=0, dashboard=False) as scheduler:
            answer.send(scheduler.address)
            await scheduler.finished()

    asyncio.run(serve())


def _work(address: str, folder: str, options: Mapping[str, Any]) -> None:
    """Be a worker.

    `path` is where it finds packages first, and `lacks` where it does not; `environment` is what it has for variables;
    it is `without` some modules.
    """
    import asyncio

    from distributed import Worker

    _quietly(folder)
    sys.path[:] = [*options.get("path", []), *(path for path in sys.path if path not in options.get("lacks", []))]
    os.environ.update(options.get("environment", {}))
    for name in options.get("without", []):
        sys.modules[name] = None  # type: ignore[assignment]

    async def work() -> None:
        async with Worker(
            address, nthreads=options.get("threads", 1), local_directory=folder, memory_limit=0
        ) as worker:
            await worker.finished()

    asyncio.run(work())


def _quietly(folder: str) -> None:
    """Write what is reported beside the test, and not among what pytest prints."""
    log = os.open(f"{folder}/dask-{os.getpid()}.log", os.O_CREAT | os.O_WRONLY)
    os.dup2(log, 1)
    os.dup2(log, 2)


def wait_until(condition: Any, seconds: float = 40) -> None:
    """Wait for a condition; AssertionError when it does not come true."""
    ends = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < ends, condition
        time.sleep(0.05)
