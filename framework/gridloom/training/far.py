"""Workers on other machines: each call is done there in a process of its own, as on this one."""

from __future__ import annotations

import multiprocessing.util
import threading
import time
from collections.abc import Callable, Mapping
from concurrent.futures import BrokenExecutor, Future, wait
from contextlib import AbstractContextManager, suppress
from dataclasses import dataclass, field
from functools import lru_cache, partial
from typing import Any, TypeVar, TypeVarTuple
from uuid import uuid4

from gridloom.core.session import Session
from gridloom.core.worker_shares import WorkerShare, sign, worker_name
from gridloom.training.belongings import sweep
from gridloom.training.executing import open_processes

T = TypeVar("T")
V = TypeVar("V")
Ts = TypeVarTuple("Ts")

LOOK_SECONDS = 0.5
"""How often it is looked whether anybody still waits for a call."""

IDLE_SECONDS = 60.0
"""After so long without a call a process ends; another starts when there are calls again."""


class Unwanted(Exception):
    """Nobody waits for what a worker does any more, so it has stopped."""


def always() -> bool:
    """That whoever submitted a call still waits for it, as far as anybody knows."""
    return True


@dataclass(frozen=True)
class Order:
    """How calls of a session are done, ready to travel: in processes with these variables, as long as they are wanted."""

    environment: Mapping[str, str]
    is_wanted: Callable[[], bool] = always
    key: str = field(default_factory=lambda: uuid4().hex)


class FarSession:
    """A `gridloom.Session` of workers that another system starts, anywhere, made from a function that submits calls.

    `submit(call, *args)` returns a future immediately, as `concurrent.futures.Executor.submit` does. A worker runs each
    call in a process that it starts with the variables of `environment`, as the worker's user and in its folder: if the
    process dies, the worker does not.

    `is_wanted` is a module-level function that the worker calls repeatedly, in the thread of a call: once it returns
    false, since the submitter is gone, the process is killed. `share` and `capacity` are those of a session.
    """

    def __init__(
        self,
        submit: Callable[..., Future[Any]],
        environment: Mapping[str, str],
        *,
        is_wanted: Callable[[], bool] = always,
        share: Callable[[Any], Any] | None = None,
        capacity: Callable[[], int] | None = None,
    ) -> None:
        self._submit = submit
        self._order = Order(dict(environment), is_wanted)
        self._share = share
        if capacity is not None:
            self.capacity = capacity

    def submit(self, call: Callable[[*Ts], T], *args: *Ts) -> Future[T]:
        """Submit a call, which runs in a process of a worker."""
        return self._submit(done_there, self._order, call, *args)

    def share(self, value: V) -> V:
        """A stand-in for a value in calls."""
        if self._share is None:
            return value
        handle: V = self._share(value)
        return handle

    @property
    def ending(self) -> Callable[[], None]:
        """A picklable function that workers call once the session is over, to end processes that wait for calls."""
        return partial(_end_soon, self._order.key)


def done_there(order: Order, call: Callable[[*Ts], T], *args: *Ts) -> T:
    """What a call returns or raises that a process of this worker does.

    BrokenExecutor when that dies, Unwanted when nobody waits for the call any more.
    """
    _may_have_children()
    started = time.monotonic()
    process = _idle(order) or _Process(order)
    try:
        future = process.session.submit(call, *args)
        while not wait([future], LOOK_SECONDS).done:
            if not order.is_wanted():
                raise Unwanted("this call is no longer wanted")
        result = future.result()
    except (BrokenExecutor, Unwanted, SystemExit, KeyboardInterrupt) as error:
        process.kill()
        sweep()  # what the call was writing
        sign(error, WorkerShare(worker_name(), deaths=1, seconds=time.monotonic() - started))
        raise
    except BaseException:
        _keep(process)
        raise
    if getattr(result, "is_last", False):
        process.end()
    else:
        _keep(process)
    return result


class _Process:
    """A process that does one call after the other, and when it began to wait for the next."""

    def __init__(self, order: Order) -> None:
        self.key = order.key
        self._opened: AbstractContextManager[Session] = open_processes(1, order.environment)
        self.session = self._opened.__enter__()
        self.idle_since = time.monotonic()

    def end(self) -> None:
        """Let it end."""
        self._opened.__exit__(None, None, None)

    def kill(self) -> None:
        """End it now, and whatever it has started."""
        error = Unwanted()
        with suppress(Unwanted):
            self._opened.__exit__(Unwanted, error, None)


_waiting: list[_Process] = []
_lock = threading.Lock()


def _idle(order: Order) -> _Process | None:
    """A process that waits for a call of this order, if there is one."""
    with _lock:
        found = next((one for one in _waiting if one.key == order.key), None)
        if found:
            _waiting.remove(found)
        return found


def _keep(process: _Process) -> None:
    """Let a process wait for the next call, for a while."""
    process.idle_since = time.monotonic()
    _end_first()
    with _lock:
        _waiting.append(process)
        if len(_waiting) == 1:
            threading.Thread(target=_end_idle, name="gridloom-idle", daemon=True).start()


def _end_idle() -> None:
    """End processes that have waited for long, until none waits."""
    while True:
        time.sleep(1)
        with _lock:
            over = [one for one in _waiting if time.monotonic() - one.idle_since > IDLE_SECONDS]
            _waiting[:] = [one for one in _waiting if one not in over]
            is_over = not _waiting
        for process in over:
            process.end()
        if is_over:
            return


def _end_soon(key: str) -> None:
    """Begin to end the processes that wait for calls of an order."""
    with _lock:
        over = [one for one in _waiting if one.key == key]
        _waiting[:] = [one for one in _waiting if one not in over]
    for process in over:
        threading.Thread(target=process.end, name="gridloom-ending", daemon=True).start()


def _end_all() -> None:
    """End all processes that wait."""
    with _lock:
        over, _waiting[:] = list(_waiting), []
    for process in over:
        process.end()


@lru_cache(maxsize=1)
def _end_first() -> None:
    """Have processes ended before multiprocessing, or handlers that loky has registered by now, would wait for them."""
    multiprocessing.util.Finalize(None, _end_all, exitpriority=100)
    threading._register_atexit(_end_all)  # type: ignore[attr-defined]  # noqa: SLF001


def _may_have_children() -> None:
    """Let a worker that its own parent started as a daemon start processes: they end with it all the same."""
    multiprocessing.current_process()._config.pop("daemon", None)  # type: ignore[attr-defined]  # noqa: SLF001
