"""The thread that starts workers: it lives as long as the process, and keeps Ctrl-C and SIGTERM from what it starts."""

from __future__ import annotations

import ctypes
import os
import signal
import sys
import threading
from collections.abc import Callable
from concurrent.futures import Future
from queue import SimpleQueue
from typing import Any, TypeVar, TypeVarTuple

T = TypeVar("T")
Ts = TypeVarTuple("Ts")

_SET_PARENT_DEATH_SIGNAL = 1
"""PR_SET_PDEATHSIG of Linux's prctl."""


def in_starting_thread(call: Callable[[*Ts], T], *args: *Ts) -> T:
    """What the call returns or raises, made in the thread that starts workers.

    Linux ends a worker with the thread that started it, so no other will do: whoever runs an experiment may do so in
    a thread that ends. Workers inherit from it that Ctrl-C and SIGTERM are held back: either may be sent to all
    processes of a run at once, and this one ends its workers itself.
    """
    future: Future[T] = Future()
    _calls(os.getpid()).put((future, call, args))
    try:
        return future.result()
    except KeyboardInterrupt:
        future.exception()  # or workers would start while their session is left
        raise


_queues: dict[int, SimpleQueue[Any]] = {}
_lock = threading.Lock()


def _calls(process: int) -> SimpleQueue[Any]:
    """The queue of calls of this process: one that forked has another thread."""
    with _lock:
        if process not in _queues:
            _queues.clear()
            _queues[process] = SimpleQueue()
            threading.Thread(target=_serve, args=(_queues[process],), name="gridloom-starting", daemon=True).start()
        return _queues[process]


def _serve(calls: SimpleQueue[Any]) -> None:
    while True:
        future, call, args = calls.get()
        if hasattr(signal, "pthread_sigmask"):  # not on Windows
            signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT, signal.SIGTERM})
        try:
            future.set_result(call(*args))
        except BaseException as error:
            future.set_exception(error)
        del future, call, args


def end_with(parent: int) -> None:
    """Let this process end with its parent, whatever it does then, C code included; at once if that is gone already."""
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(_SET_PARENT_DEATH_SIGNAL, int(signal.SIGKILL), 0, 0, 0)
    if os.getppid() != parent:
        os._exit(1)
