"""What executes the calls of a run: workers of this machine, or anywhere else."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import Future
from typing import Any, Protocol, TypeVar, TypeVarTuple

T = TypeVar("T")
Ts = TypeVarTuple("Ts")


class Session(Protocol):
    """Workers that stand ready. Each does one call at a time; which worker does which call is left to the executor.

    Any `concurrent.futures.Executor` is one. A session may have two more methods:

    - `share(value)` returns what may stand for the value as an argument of `submit`: the call gets the value itself. It is
      called once for what all calls have in common, the data above all, so that it travels to each worker once.
    - `capacity()` returns how many calls its workers can do at once at present. Workers may come and go, so it is asked again and
      again; it counts where the user leaves the number of workers open.
    """

    def submit(self, call: Callable[[*Ts], T], *args: *Ts) -> Future[T]:
        """Hand in a call of a module's function, and return at once; the future ends with what the call returns or raises.

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
