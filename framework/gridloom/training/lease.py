"""Workers lent to one user at a time, and kept for the next who needs the like: they are slow to start."""

from __future__ import annotations

import atexit
import threading
from collections.abc import Callable, Mapping
from concurrent.futures import BrokenExecutor, Future
from functools import lru_cache
from threading import Lock
from types import TracebackType
from typing import Any, Self, TypeVar, TypeVarTuple

from gridloom.core.session import capacity, shared
from gridloom.training.executing import Executing

T = TypeVar("T")
V = TypeVar("V")
Ts = TypeVarTuple("Ts")


class Lease:
    """A session of an executor, as a context manager: left normally, it is kept unless it has been retired.

    Left by an exception, or dropped without having been entered, its workers are killed.
    """

    def __init__(self, executor: Executing, count: int | None, environment: Mapping[str, str]) -> None:
        self.order = (executor, count, dict(environment))
        self.used = False
        """Whether this user has submitted anything."""
        self.retired = False
        self._open()

    def _open(self) -> None:
        executor, count, environment = self.order
        self._opened = executor.open(count, environment)
        self._session = self._opened.__enter__()
        self._kept = False
        self._shared: tuple[object, Any] | None = None

    def submit(self, call: Callable[[V, *Ts], T], value: V, *args: *Ts) -> Future[T]:
        """Submit a call to the session, with a value that many calls have in common before its other arguments.

        If the session was kept, and its workers have died meanwhile, the call goes to a new one.
        """
        try:
            future = self._session.submit(call, self._sharing(value), *args)
        except BrokenExecutor:
            if self.used or not self._kept:
                raise
            self.end()
            self._open()
            future = self._session.submit(call, self._sharing(value), *args)
        self.used = True
        return future

    def _sharing(self, value: V) -> V:
        """What may stand for the value in calls of the session; the latest one is remembered."""
        if self._shared is None or self._shared[0] is not value:
            self._shared = value, shared(self._session, value)
        handle: V = self._shared[1]
        return handle

    @property
    def capacity(self) -> int | None:
        """How many calls the workers can do at once at present; None where the session does not tell."""
        return capacity(self._session)

    def retire(self) -> None:
        """Let the workers end when the lease is left."""
        self.retired = True

    def end(self) -> None:
        """Let the workers end now, after what they still do."""
        self._opened.__exit__(None, None, None)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        if kind is not None:
            self._opened.__exit__(kind, error, traceback)
        elif self.retired:
            self.end()
        else:
            _end_kept_first()
            self.used, self._kept = False, True
            _kept.put(self)
            _kept.shrink(MOST_KEPT)


class _Kept:
    """Leases that nobody uses at present, the one left last at the end."""

    def __init__(self) -> None:
        self._leases: list[Lease] = []
        self._lock = Lock()

    def take(self, order: object) -> Lease | None:
        """The lease that was ordered like this, if one is kept; it is kept no longer."""
        with self._lock:
            found = next((lease for lease in self._leases if lease.order == order), None)
            if found:
                self._leases.remove(found)
            return found

    def put(self, lease: Lease) -> None:
        """Keep this one as well."""
        with self._lock:
            self._leases.append(lease)

    def shrink(self, number: int) -> None:
        """Let workers end until no more than so many leases are kept, those first that were left first."""
        while (before := self._first_beyond(number)) is not None:
            before.end()

    def _first_beyond(self, number: int) -> Lease | None:
        with self._lock:
            return self._leases.pop(0) if len(self._leases) > number else None


MOST_KEPT = 1
"""How many leases are kept at once: idle workers hold the memory of what they have imported."""

_kept = _Kept()


def lend(executor: Executing, count: int | None, environment: Mapping[str, str]) -> Lease:
    """The workers that were kept, if they are the like of these; otherwise those end, and new ones are opened."""
    if kept := _kept.take((executor, count, dict(environment))):
        return kept
    _kept.shrink(MOST_KEPT - 1)
    return Lease(executor, count, environment)


@atexit.register
def end_kept() -> None:
    """Let the workers end that are kept, if any."""
    _kept.shrink(0)


@lru_cache(maxsize=1)
def _end_kept_first() -> None:
    """Have kept workers ended before the handlers that loky has registered by now, which would wait for them for ever.

    Handlers for the end of threads are called before those for the exit, the last one first.
    """
    threading._register_atexit(end_kept)  # type: ignore[attr-defined]  # noqa: SLF001
