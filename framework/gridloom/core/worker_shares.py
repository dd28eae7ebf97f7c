"""What each worker on another machine has done of a run."""

from __future__ import annotations

import os
import socket
from dataclasses import dataclass


@dataclass(frozen=True)
class WorkerShare:
    """The work of a worker on another machine: how many fits, including failed ones, in how many seconds.

    `deaths` is how many of its processes died in a call, or were stopped by `time_limit`. A worker is a process on
    another machine: its `name` consists of the machine's name and the process id there.
    """

    name: str
    fits: int = 0
    failed: int = 0
    deaths: int = 0
    seconds: float = 0.0

    def __add__(self, other: WorkerShare) -> WorkerShare:
        """Both together, of the same worker."""
        return WorkerShare(
            self.name,
            self.fits + other.fits,
            self.failed + other.failed,
            self.deaths + other.deaths,
            self.seconds + other.seconds,
        )


def worker_name(process: int | None = None) -> str:
    """What the worker is called that is this process, or another one of this machine."""
    return f"{socket.gethostname()}/{os.getpid() if process is None else process}"


def sign(error: BaseException, share: WorkerShare) -> None:
    """Note with an error what the worker has done that raises it; both travel together."""
    error.worker_share = share  # type: ignore[attr-defined]


def signed_by(error: BaseException) -> WorkerShare | None:
    """What is noted with an error."""
    found: WorkerShare | None = getattr(error, "worker_share", None)
    return found
