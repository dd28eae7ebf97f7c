"""What Ctrl-C does to the command line: it raises KeyboardInterrupt in a command, and ends the process outside of one."""

from __future__ import annotations

import os
import signal
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from types import FrameType

Handler = Callable[[int, FrameType | None], object]

INTERRUPTED = 130
"""The exit code of Ctrl-C; `errors.Exit` has them all, and imports more."""


@contextmanager
def leaving_at_once() -> Iterator[None]:
    """Let Ctrl-C end the process with one line: nothing has begun that would have to be put in order.

    A KeyboardInterrupt would end imports in a traceback, or be swallowed by what is imported.
    """
    with _replaced(signal.default_int_handler, _leave):
        yield


@contextmanager
def interrupting() -> Iterator[None]:
    """Let Ctrl-C raise KeyboardInterrupt again."""
    with _replaced(_leave, signal.default_int_handler):
        yield


@contextmanager
def _replaced(old: Handler, new: Handler) -> Iterator[None]:
    """Another handler in the place of the old one, unless whoever started us has chosen yet another."""
    if signal.getsignal(signal.SIGINT) is not old:
        yield
        return
    signal.signal(signal.SIGINT, new)
    try:
        yield
    finally:
        signal.signal(signal.SIGINT, old)


def _leave(_: int, __: FrameType | None) -> None:
    try:
        os.write(2, b"gridloom: stopped\n")
    finally:
        os._exit(INTERRUPTED)
