"""Commands of SLURM that submitit does not use, or uses with what they print on the terminal."""

from __future__ import annotations

import subprocess
import time
from contextlib import suppress

EVERY = 20.0
"""How often squeue is asked of a job, in seconds."""

_ENDED = frozenset(
    ("BOOT_FAIL", "CANCELLED", "COMPLETED", "DEADLINE", "FAILED", "NODE_FAIL", "OUT_OF_MEMORY", "REVOKED", "TIMEOUT")
)


def has_accounting() -> bool:
    """Whether sacct answers: without a database of jobs it has nothing but errors to print."""
    return _run("sacct", "--noheader", "--jobs", "1") is not None


def cancel(job: str) -> None:
    """Cancel a job, or one that has ended already."""
    _run("scancel", job)


class Queue:
    """The states of jobs by squeue, which forgets them a few minutes after their end."""

    def __init__(self) -> None:
        self._asked: dict[str, float] = {}

    def ended(self, job: str, *, surely: bool) -> str | None:
        """As what a job has ended, if it has; where squeue was asked lately, or does not answer, it has not."""
        now = time.monotonic()
        if not surely and now - self._asked.get(job, now - 2 * EVERY) < EVERY:
            return None
        self._asked[job] = now
        queue = _run("squeue", "--noheader", "--format", "%i %T", "--states", "all", "--me")
        if queue is None:
            return None
        states = dict(line.split(maxsplit=1) for line in queue.splitlines() if " " in line.strip())
        state = states.get(job, "no longer in the queue")
        return state if state in _ENDED or job not in states else None


def _run(*command: str) -> str | None:
    """What a command prints; None where it fails."""
    with suppress(OSError, subprocess.TimeoutExpired):
        done = subprocess.run(command, capture_output=True, text=True, timeout=60, check=False)  # noqa: S603
        return None if done.returncode else done.stdout
    return None
