"""The limit of time of a fit: who trains it says again and again that it goes on, and is ended once it has not for too long.

A worker notes in a small file by when it will say so again, and whoever started it looks there: a fit that never comes back from C
code cannot keep another process from ending its own. A worker that nobody looks after ends itself.
"""

from __future__ import annotations

import faulthandler
import os
import struct
import time
from collections.abc import Callable, Iterator
from concurrent.futures import BrokenExecutor
from contextlib import contextmanager, suppress
from pathlib import Path

from gridloom.core.trials import FitResult
from gridloom.experiment.stopping import duration_text, seconds_of

GRACE_SECONDS = 0.5
"""How long after its limit a worker is ended: it writes down before what it is doing."""

_DUE = struct.Struct("d")
_NEVER = 0.0
_LONGEST = 1e9
"""The most seconds that Python's watchdog can count, about."""
_ERROR = 2
"""The file descriptor of standard error, which in a worker is the log."""


class TookTooLong(BrokenExecutor):
    """The worker was ended, since nothing had come of its call for longer than the limit of time."""


class TimeLimitExceeded(Exception):
    """Fails a fit that took longer than `time_limit`, though its worker trained nothing else."""


def training_too_long(seconds: float | None) -> str:
    """What is said where the best candidate cannot be trained once more within the limit."""
    return f"training the best candidate took longer than {_limit_text(seconds)}; raise the limit and rerun the command to resume"


def _limit_text(seconds: float | None) -> str:
    return f"{'the limit' if seconds is None else duration_text(seconds)} (time_limit)"


def failed_by_limit(seconds: float | None) -> FitResult:
    """The result of a fit that took longer, while its worker trained nothing else."""
    return FitResult.failed(TimeLimitExceeded(f"{_LONGER} {_limit_text(seconds)}, trained alone"))


def may_do_now(result: FitResult, seconds: float | None) -> bool:
    """Whether a fit failed by a smaller limit than this one (None: there is none now)."""
    begin = f"{TimeLimitExceeded.__name__}: {_LONGER} "
    if result.error is None or not result.error.startswith(begin):
        return False
    try:
        then = seconds_of(result.error.removeprefix(begin).partition(" (time_limit)")[0])
    except ValueError:
        return False
    return seconds is None or seconds > then


_LONGER = "it took longer than"


class Due:
    """The file in which a worker notes by when it goes on or has to be ended; clocks of a machine are the same for all of it."""

    def __init__(self, path: Path) -> None:
        self.path = path

    @property
    def is_over(self) -> bool:
        """Whether the worker has not gone on in time."""
        try:
            due: float = _DUE.unpack(self.path.read_bytes())[0]
        except (OSError, struct.error):  # it has never had a limit
            return False
        return due != _NEVER and time.monotonic() > due + GRACE_SECONDS

    def forget(self) -> None:
        """Delete the file."""
        with suppress(OSError):
            self.path.unlink(missing_ok=True)


_looked_after: list[Path] = []
"""The file of this process, where another one looks after it; empty where none does."""


def look_after(path: Path) -> None:
    """Note in this file from now on, since who started this process looks there."""
    _looked_after[:] = [path]


@contextmanager
def limited(seconds: float | None) -> Iterator[Callable[[], None]]:
    """Let this process be ended when what is done in here takes longer; what is yielded says that it goes on, and time begins anew.

    What it was doing is written to standard error then.
    """
    if seconds is None:
        yield lambda: None
        return
    limit, process = seconds, os.getpid()

    def go_on() -> None:
        if os.getpid() != process:  # a child of the fit that comes out here: Python's watchdog is not in it
            return
        is_noted = _note(time.monotonic() + limit)
        faulthandler.dump_traceback_later(min(limit, _LONGEST), exit=not is_noted, file=_ERROR)

    try:
        go_on()
        yield go_on
    finally:
        if os.getpid() == process:
            faulthandler.cancel_dump_traceback_later()
            _note(_NEVER)


def _note(due: float) -> bool:
    """Note by when this process will have gone on; whether anybody will see it.

    The file is opened each time: a fit may close what is open, and have the number given to a file of its own.
    """
    flags = os.O_WRONLY | os.O_CREAT | getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_BINARY", 0)
    for path in _looked_after:
        with suppress(OSError):
            file = os.open(path, flags, 0o600)
            try:
                return os.write(file, _DUE.pack(due)) == _DUE.size
            finally:
                os.close(file)
    return False
