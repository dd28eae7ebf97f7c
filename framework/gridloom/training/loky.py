"""The built-in executor: worker processes of this machine, by the copy of loky that comes with joblib."""

from __future__ import annotations

import atexit
import itertools
import os
import queue
import signal
import sys
import threading
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import BrokenExecutor, CancelledError, Future, InvalidStateError, wait
from contextlib import contextmanager, suppress
from functools import lru_cache, partial
from pathlib import Path
from typing import Any, TypeVar, TypeVarTuple

from joblib import cpu_count
from joblib.externals.loky import ProcessPoolExecutor

from gridloom.training.array_files import reducers
from gridloom.training.belongings import MARK, end_workers, kill, owner, place_of, sweep
from gridloom.training.memory import LACK, KilledForMemory, Kills
from gridloom.training.starting import end_with, in_starting_thread
from gridloom.training.time_limit import Due, TookTooLong, look_after

T = TypeVar("T")
Ts = TypeVarTuple("Ts")

EXIT_SECONDS = 5.0
"""How long processes may take to end, before they are killed: threads and exit handlers of fits may never come to an end."""

WATCH_SECONDS = 1.0
"""How often a process that does a call is looked after."""

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


@contextmanager
def opened(count: int | None, environment: Mapping[str, str]) -> Iterator[_Session]:
    """Processes, which start with the first calls; when one of them dies, the call that it did is lost, and no other."""
    _prepare_names()
    _start_resource_tracker()
    session = _Session(cpu_count() if count is None else count, environment)
    try:
        yield session
    except BaseException:
        session.kill()
        raise
    else:
        session.end()


class _Session:
    """As many pools of one process each: a death in one is no other's."""

    def __init__(self, count: int, environment: Mapping[str, str]) -> None:
        self.mark = f"{owner()}-{next(_numbers)}-"
        self.environment = {**_shared_cores(count), **environment}
        self.pools: list[_Pool] = []
        self.count = count
        self._left = threading.Event()
        threading.Thread(target=self._watch, name="gridloom-watching", daemon=True).start()

    def submit(self, call: Callable[[*Ts], T], *args: *Ts) -> Future[T]:
        """Let a process do the call: an idle one, or the one that has the fewest calls waiting."""
        self._drop_dead()
        idle = [pool for pool in self.pools if not pool.waiting]
        if not idle and len(self.pools) < self.count:
            self.pools.append(_Pool(f"{self.mark}{next(_numbers)}-", self.environment))
            idle = self.pools[-1:]
        pool = min(idle or self.pools, key=lambda pool: len(pool.waiting))
        try:
            return pool.submit(call, *args)
        except BrokenExecutor:  # it died while it had nothing to do
            pool.shut()
            pool.due.forget()
            self.pools[self.pools.index(pool)] = fresh = _Pool(f"{self.mark}{next(_numbers)}-", self.environment)
            return fresh.submit(call, *args)

    def _drop_dead(self) -> None:
        """Forget the pools whose processes have ended."""
        for pool in self.pools[:]:
            if pool.is_broken or (pool.is_dead and not pool.waiting):
                self.pools.remove(pool)
                pool.due.forget()

    def _watch(self) -> None:
        """End processes that have passed their limit of time; and those that live on of dead ones, or loky is not told of these."""
        while not self._left.wait(WATCH_SECONDS):
            for pool in list(self.pools):
                if pool.waiting and pool.is_dead:
                    end_workers(pool.mark)
                elif pool.waiting and pool.due.is_over:
                    pool.end_late()

    def end(self) -> None:
        """Let the processes end after what they still do: soon, or else by force."""
        wait([future for pool in self.pools for future in list(pool.waiting)])
        self._left.set()
        threads = [pool.shut() for pool in self.pools]
        _join(threads)
        end_workers(self.mark)
        _join(threads)
        self._forget()

    def kill(self) -> None:
        """End the processes now, and whatever their calls have started."""
        self._left.set()
        threads = [pool.shut(kill_workers=True) for pool in self.pools]
        end_workers(self.mark)
        _join(threads)
        self._forget()

    def _forget(self) -> None:
        """Delete what the processes have noted."""
        for pool in self.pools:
            pool.due.forget()


class _Pool:
    """A process that does one call after the other, and the thread that sees to it."""

    def __init__(self, mark: str, environment: Mapping[str, str]) -> None:
        self.mark = mark
        self.waiting: set[Future[Any]] = set()
        self.is_broken = False
        self.due = Due(place_of(f"{mark}due"))
        self._is_late = False
        self._kills = Kills(None, 0)
        self._pool = ProcessPoolExecutor(
            max_workers=1,
            timeout=IDLE_SECONDS,
            initializer=_prepare,
            initargs=(os.getpid(), self.due.path),
            env={**environment, MARK: mark},
            job_reducers=reducers(),
            result_reducers={},  # or they would be those of the jobs
        )

    def submit(self, call: Callable[[*Ts], T], *args: *Ts) -> Future[T]:
        if not self.waiting:
            self.due.forget()  # should it not have been able to note that a call was done
        inner: Future[T] = in_starting_thread(lambda: self._pool.submit(call, *args))
        for process in self._processes:
            self._kills = Kills.around(process.pid)
        future: Future[T] = Future()
        self.waiting.add(future)
        inner.add_done_callback(partial(self._pass_on, future))
        return future

    def _pass_on(self, future: Future[T], inner: Future[T]) -> None:
        """Let a call end as loky says, but for what is known of a death."""
        error = CancelledError() if inner.cancelled() else inner.exception()
        if isinstance(error, BrokenExecutor):
            self.is_broken = True
            error = self._told(error)
            end_workers(self.mark)
            self.due.forget()
        self.waiting.discard(future)
        with suppress(InvalidStateError):  # nobody waits for it any more
            if error is None:
                future.set_result(inner.result())
            else:
                future.set_exception(error)

    def _told(self, error: BrokenExecutor) -> BrokenExecutor:
        """Why the process is dead."""
        if self._is_late:
            return TookTooLong("the worker was stopped, since its call took longer than time_limit")
        is_killed = any(process.exitcode == -getattr(signal, "SIGKILL", 9) for process in self._processes)
        return KilledForMemory(LACK) if is_killed and self._kills.has_grown else error

    def end_late(self) -> None:
        """End the process, and whatever its call has started, since that has taken too long."""
        self._is_late = True
        for process in self._processes:
            kill(process.pid) if hasattr(signal, "SIGKILL") else process.terminate()
        end_workers(self.mark)

    @property
    def _processes(self) -> list[Any]:
        """The process, if there is one."""
        return list(self._pool._processes.values())  # noqa: SLF001

    @property
    def is_dead(self) -> bool:
        """Whether the process has ended."""
        return any(process.exitcode is not None for process in self._processes)

    def shut(self, *, kill_workers: bool = False) -> threading.Thread | None:
        """Take no more calls, and let the process end; returns the thread that ends with it, if it has begun."""
        if kill_workers:
            _forget_waiting(self._pool)
        thread: threading.Thread | None = self._pool._executor_manager_thread  # noqa: SLF001
        self._pool.shutdown(wait=False, kill_workers=kill_workers)
        return thread


def _join(threads: Sequence[threading.Thread | None]) -> None:
    """Wait for threads to end, all in all no longer than processes may take."""
    ends = time.monotonic() + EXIT_SECONDS
    for thread in threads:
        if thread is not None:
            thread.join(max(0.0, ends - time.monotonic()))


_numbers = itertools.count()


@lru_cache(maxsize=1)
def _prepare_names() -> None:
    """Delete what dead processes of ours have left, and have this one's semaphores named after it."""
    sweep()
    if sys.platform == "linux":
        from joblib.externals.loky.backend.synchronize import SemLock

        SemLock._make_name = staticmethod(lambda: f"/{owner()}-{next(SemLock._rand)}")  # noqa: SLF001


def _forget_waiting(pool: ProcessPoolExecutor) -> None:
    """Drop the calls that no worker has begun.

    Where workers are killed, loky 3.6 forgets the calls but not their numbers, and its thread ends with a KeyError.
    """
    with suppress(queue.Empty):
        while True:
            pool._work_ids.get_nowait()  # noqa: SLF001


def _shared_cores(count: int) -> dict[str, str]:
    """Bounds for the threads of numerical libraries in each of so many workers, where the user has not set them."""
    return {name: os.environ.get(name, str(max(cpu_count() // count, 1))) for name in _THREAD_LIMITS}


def _start_resource_tracker() -> None:
    """Start multiprocessing's helper before any worker: as it starts, it lets both blocked signals through again."""
    if not hasattr(signal, "pthread_sigmask"):
        return
    from multiprocessing import resource_tracker

    resource_tracker.ensure_running()


def _prepare(parent: int, due: Path) -> None:
    """Prepare a new worker process: deaf to Ctrl-C, gone when its parent is, and looked after when it has a limit of time."""
    from joblib.externals.loky import process_executor

    process_executor._MAX_MEMORY_LEAK_SIZE = sys.maxsize  # noqa: SLF001  (whoever opened the session says when, not loky)
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    end_with(parent)
    look_after(due)
    atexit.register(os._exit, 0)  # nothing is left to keep then, and taking Keras apart would take a second
    threading.Thread(target=_leave_with, args=(parent,), daemon=True).start()


def _leave_with(parent: int) -> None:
    while os.getppid() == parent:
        time.sleep(1)
    os._exit(1)
