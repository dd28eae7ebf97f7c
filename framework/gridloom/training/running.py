"""Calls that are in flight, each with what it is about, handed out as they come back."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import Future
from pathlib import Path
from queue import Empty, SimpleQueue
from typing import Any, Generic, TypeVar

from gridloom.training.worker_log import trim

V = TypeVar("V")

LOOK_SECONDS = 0.25
"""How often the log of workers is looked at."""


class Running(Generic[V]):
    """Futures and what each is about. A future that comes back costs the same however many are in flight."""

    def __init__(self, log: Path) -> None:
        self._log = log
        self._about: dict[Future[Any], V] = {}
        self._back: SimpleQueue[Future[Any]] = SimpleQueue()

    def __len__(self) -> int:
        return len(self._about)

    def add(self, future: Future[Any], about: V) -> None:
        """Wait for this one, too."""
        self._about[future] = about
        future.add_done_callback(self._back.put)

    def first_done(self, meanwhile: Callable[[], None] = lambda: None) -> list[tuple[Future[Any], V]]:
        """Those that have come back, one at least, in the order in which they did; they are waited for no longer.

        Until one has, what workers print is kept within bounds, and `meanwhile` called now and then.
        """
        while True:
            try:
                done = [self._back.get(timeout=LOOK_SECONDS)]
            except Empty:
                trim(self._log)
                meanwhile()
                continue
            trim(self._log)
            while not self._back.empty():
                done.append(self._back.get())
            return [(future, self._about.pop(future)) for future in done]
