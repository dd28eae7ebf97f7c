"""How long a run has trained in all, where its experiment limits that: `search: stop: time`."""

from __future__ import annotations

import time

from gridloom.runs.journal import Journal


class RunClock:
    """The seconds that a run has trained, those of earlier processes included, and its limit (None: there is none)."""

    def __init__(self, journal: Journal, limit: float | None, *, runs: bool = True) -> None:
        self._journal = journal
        self._limit = limit
        self._before = 0.0 if limit is None else journal.seconds
        self._started = time.monotonic() if runs else None

    def is_over(self) -> bool:
        """Whether the time is over."""
        return self._limit is not None and self._seconds >= self._limit

    def keep(self) -> None:
        """Let the journal know how much time is spent, where there is a limit."""
        if self._limit is not None:
            self._journal.seconds = self._seconds

    @property
    def _seconds(self) -> float:
        return self._before + (0.0 if self._started is None else time.monotonic() - self._started)
