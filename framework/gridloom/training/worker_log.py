"""The log of what workers print, which has a bound: it is written by workers, and kept small by the process of the run."""

from __future__ import annotations

import os
import stat
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

MOST_BYTES = 8 * 2**20
"""The size that a log is cut to when it is larger."""

CUT = b"\n... what workers print beyond 8 MiB is not kept; delete this file to see more of it ...\n"


@contextmanager
def output_to(log: Path) -> Iterator[None]:
    """Send whatever this process prints, Python or not, to the end of a file: the terminal belongs to the reporters.

    The log is a convenience: where it cannot be written, or is no file, what is printed is lost and the fits go on.
    """
    file = _opened(log)
    kept = os.dup(1), os.dup(2)
    try:
        os.dup2(file, 1)
        os.dup2(file, 2)
        yield
    finally:
        for stream in (sys.stdout, sys.stderr):
            with suppress(Exception):  # a fit may have put anything there
                stream.flush()
        for copy, target in zip(kept, (1, 2), strict=True):
            with suppress(OSError):
                os.dup2(copy, target)
                os.close(copy)
        with suppress(OSError):
            os.close(file)


def _opened(log: Path) -> int:
    """The log, if it is a file or can be one; neither a pipe that nobody reads nor what a link leads to."""
    with suppress(OSError):
        flags = os.O_WRONLY | os.O_CREAT | os.O_APPEND
        file = os.open(log, flags | getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_NONBLOCK", 0), 0o644)
        if stat.S_ISREG(os.fstat(file).st_mode):
            return file
        os.close(file)
    return os.open(os.devnull, os.O_WRONLY)


def append(log: Path, printed: bytes) -> None:
    """Put what a worker elsewhere has printed at the end of the log, if it can be written; it may grow too large, see `trim`."""
    file = _opened(log)
    try:
        with suppress(OSError):
            os.write(file, printed)
    finally:
        os.close(file)


def trim(log: Path) -> None:
    """Cut a log that has become too large, and say so at its end; those who print go on behind that."""
    with suppress(OSError):
        found = log.lstat()
        if stat.S_ISREG(found.st_mode) and found.st_size > MOST_BYTES + len(CUT):
            with log.open("r+b") as file:
                file.truncate(MOST_BYTES)
                file.seek(MOST_BYTES)
                file.write(CUT)
