"""The protocol of what executes the calls of a run: processes of this machine, or workers anywhere else."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from concurrent.futures import Future
from contextlib import AbstractContextManager
from typing import Protocol, TypeVar, TypeVarTuple

T = TypeVar("T")
Ts = TypeVarTuple("Ts")


class Session(Protocol):
    """Workers that stand ready. Each does one call at a time; which worker does which call is left to the executor."""

    def submit(self, call: Callable[[*Ts], T], *args: *Ts) -> Future[T]:
        """Hand in a call of a module's function, and return at once; the future ends with what the call returns or raises.

        The future of a call whose worker died ends with `concurrent.futures.BrokenExecutor`, or an error derived from
        it. So may the futures of all other calls that have not come back, when the executor cannot tell which of them
        the worker had, or loses all workers with one. `submit` raises BrokenExecutor when there are no workers left to
        do the call. No executor repeats a call by itself: what died once may kill again.

        Arguments and results are pickled. The same large arrays come with many calls (a run's data are in every one),
        so an executor should send them once; a worker must not write to them. Nothing is said about the order in
        which calls are done, and whoever submits keeps few of them waiting, so as to be able to stop soon.
        """


class Executor(Protocol):
    """A way to execute calls on workers; equal executors (`==`) are taken for the same one.

    One that uses threads, and so is fit for calls that do not need `environment`::

        class Threads:
            @contextmanager
            def open(self, count, environment):
                pool = ThreadPoolExecutor(count)
                try:
                    yield pool
                finally:
                    pool.shutdown(cancel_futures=True)
    """

    def open(self, count: int, environment: Mapping[str, str]) -> AbstractContextManager[Session]:
        """Workers, to be started at the latest by the first calls; none of them is this process, even if `count` is 1.

        Every worker has these environment variables before it imports anything. `count` is how many calls are in
        flight at most.

        Left normally, the session lets its workers end, after the calls that they still do. Left by an exception, of
        which Ctrl-C is one, it kills them at once and returns when they are gone or bound to go; calls that have not
        come back are lost, and nobody waits for their futures. A session that is dropped without having been left was
        left by an exception, as `contextlib.contextmanager` has it. When this process is killed itself, the workers end soon
        after. A session may stay open for a long time with nothing to do: it may let its workers go meanwhile, and
        start others when a call comes.
        """
