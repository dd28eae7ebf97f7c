"""The built-in executor: worker processes of this machine, by the copy of loky that comes with joblib."""

from __future__ import annotations

import atexit
import os
import queue
import signal
import sys
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import Future
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from typing import TypeVar, TypeVarTuple

from joblib import cpu_count
from joblib.externals.loky import ProcessPoolExecutor

from gridloom.training.array_files import reducers

T = TypeVar("T")
Ts = TypeVarTuple("Ts")

IDLE_SECONDS = 300
"""After so long without a call a worker ends; another starts when there are calls again."""

_THREAD_LIMITS = (
    "OMP_NUM_THREADS",
    "OPENBLAS_NUM_THREADS",
    "MKL_NUM_THREADS",
    "BLIS_NUM_THREADS",
    "VECLIB_MAXIMUM_THREADS",
    "NUMBA_NUM_THREADS",
    "NUMEXPR_NUM_THREADS",
)


@dataclass(frozen=True)
class Loky:
    """Executes calls in processes: an `Executor`. When one of them dies, all calls of its session are lost."""

    @contextmanager
    def open(self, count: int, environment: Mapping[str, str]) -> Iterator[_Session]:
        """Processes, which start with the first call."""
        _start_resource_tracker()
        pool = ProcessPoolExecutor(
            max_workers=count,
            timeout=IDLE_SECONDS,
            initializer=_prepare,
            initargs=(os.getpid(),),
            env={**_shared_cores(count), **environment},
            job_reducers=reducers(),
            result_reducers={},  # or they would be those of the jobs
        )
        try:
            yield _Session(pool)
        except BaseException:
            _forget_waiting(pool)
            pool.shutdown(kill_workers=True)
            raise
        else:
            pool.shutdown()


def _forget_waiting(pool: ProcessPoolExecutor) -> None:
    """Drop the calls that no worker has begun.

    Where workers are killed, loky 3.6 forgets the calls but not their numbers, and its thread ends with a KeyError.
    """
    with suppress(queue.Empty):
        while True:
            pool._work_ids.get_nowait()  # noqa: SLF001


@dataclass(frozen=True)
class _Session:
    pool: ProcessPoolExecutor

    def submit(self, call: Callable[[*Ts], T], *args: *Ts) -> Future[T]:
        """Let a process do the call."""
        with _stopping_blocked():  # this starts the processes, or those that have ended since
            future: Future[T] = self.pool.submit(call, *args)
        return future


def _shared_cores(count: int) -> dict[str, str]:
    """Bounds for the threads of numerical libraries in each of so many workers, where the user has not set them."""
    return {name: os.environ.get(name, str(max(cpu_count() // count, 1))) for name in _THREAD_LIMITS}


@contextmanager
def _stopping_blocked() -> Iterator[None]:
    """Hold Ctrl-C and SIGTERM back while workers start: they inherit that, so that they never stop before this process.

    Either may be sent to all processes of a run at once, and this one ends its workers itself.
    """
    if not hasattr(signal, "pthread_sigmask"):  # Windows
        yield
        return
    before = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT, signal.SIGTERM})
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)


def _start_resource_tracker() -> None:
    """Start multiprocessing's helper before any worker: as it starts, it lets both blocked signals through again."""
    if not hasattr(signal, "pthread_sigmask"):
        return
    from multiprocessing import resource_tracker

    resource_tracker.ensure_running()


def _prepare(parent: int) -> None:
    """Prepare a new worker process: deaf to Ctrl-C, and gone when its parent is."""
    from joblib.externals.loky import process_executor

    process_executor._MAX_MEMORY_LEAK_SIZE = sys.maxsize  # noqa: SLF001  (whoever opened the session says when, not loky)
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    atexit.register(os._exit, 0)  # nothing is left to keep then, and taking Keras apart would take a second
    threading.Thread(target=_leave_with, args=(parent,), daemon=True).start()


def _leave_with(parent: int) -> None:
    while os.getppid() == parent:
        time.sleep(1)
    os._exit(1)


LOKY = Loky()
"""The executor of a run for which no other is named."""
