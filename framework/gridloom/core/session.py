"""What executes the calls of a run: workers of this machine, or anywhere else."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import Future
from typing import Any, Protocol, TypeVar, TypeVarTuple

T = TypeVar("T")
Ts = TypeVarTuple("Ts")


class Session(Protocol):
    """Workers that are ready for calls. Each runs one call at a time; the executor chooses the worker.

    Any `concurrent.futures.Executor` is one. A session may have two more methods:

    - `share(value)` returns a stand-in for the value as an argument of `submit`: the call gets the value itself. It is
    called once for arguments that all calls have in common, above all the data, so that they are sent to each worker
    once. - `capacity()` returns how many calls its workers can currently run in parallel. It is called repeatedly,
    since workers may come and go, and used if the user does not set the number of workers.
    """

    def submit(self, call: Callable[[*Ts], T], *args: *Ts) -> Future[T]:
        """Submit a call of a module-level function and return immediately; the future gets its result or exception.

        The future of a call whose worker died ends with `concurrent.futures.BrokenExecutor`, or an error derived from
        it. So may the futures of all other calls that have not come back, when the executor cannot tell which of them
        the worker had, or loses all workers with one. `submit` raises BrokenExecutor when there are no workers left to
        do the call, and both may raise `gridloom.ClusterLost` with what the user should know of a cluster that is gone.
        No executor repeats a call by itself: what died once may kill again.

        Arguments and results are pickled. The same large arrays come with many calls (a run's data are in every one),
        so an executor should send them once; a worker must not write to them. Nothing is said about the order in
        which calls are done, and whoever submits keeps few of them waiting, so as to be able to stop soon.
        """


def shared(session: Session, value: T) -> T:
    """What may stand for the value in calls of a session."""
    share: Callable[[T], T] | None = getattr(session, "share", None)
    return value if share is None else share(value)


def capacity(session: Session) -> int | None:
    """How many calls the workers of a session can do at once at present; None where it does not tell."""
    found: Any = getattr(session, "capacity", None)
    return None if found is None else int(found())
