"""A worker that takes calls from a folder, one after the other: what a job of a cluster runs."""

from __future__ import annotations

import os
import pickle
import signal
import threading
import time
from contextlib import suppress
from functools import lru_cache
from pathlib import Path
from typing import Any
from uuid import uuid4

from gridloom_plugins.executors.answers import answer_of
from gridloom_plugins.executors.on_slurm.call_folder import KILLED, OPEN, CallFolder

SHORTEST_NAP, LONGEST_NAP = 0.05, 1.0
"""How long is waited before the folder is looked at again, in seconds: the longer, the longer nothing came."""

LATEST_NEWS = 0.4
"""For so many seconds the last sign of the session is taken for its present state."""


def work(folder: str, job: str, patience: float, idle_seconds: float) -> None:
    """Do the calls in the folder until the session is left, or its sign of life has stayed the same for `patience` seconds.

    After `idle_seconds` without a call, or when the system says that the job's time is nearly over, no other call is taken.
    """
    place = CallFolder(Path(folder))
    place.check()
    worker = f"{job}.{uuid4().hex[:8]}"
    _watch.append(watch := _Watch(place, patience))
    place.give_sign(0, of=worker)
    threading.Thread(target=_give_signs, args=(place, worker, patience / 10), daemon=True).start()
    listen(leaving := threading.Event())
    nap, idle_since = SHORTEST_NAP, time.monotonic()
    while not leaving.is_set() and watch.word == OPEN and time.monotonic() - idle_since < idle_seconds:
        with suppress(FileNotFoundError):  # the folder is gone, which the next look at the session tells
            if (name := place.claim(worker)) is not None:
                place.answer(name, worker, answer_of(lambda: place.taken(name, worker)))
                nap, idle_since = SHORTEST_NAP, time.monotonic()
                continue
        leaving.wait(nap)
        nap = min(2 * nap, LONGEST_NAP)
    if watch.word == KILLED:
        if watch.is_orphan:
            place.delete()
        raise SystemExit(0)  # rather than to return, which would have the folder written to


def listen(leaving: threading.Event) -> None:
    """Note that the time is nearly over, end when the system ends the job, and be deaf to Ctrl-C, which the session hears.

    SLURM sends its signals to all processes of a job. What this thread starts from now on holds back the one about the time,
    which would end it; another thread of this process, which was there before, takes it.
    """
    signal.signal(signal.SIGUSR2, lambda *_: leaving.set())
    signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGUSR2})
    signal.signal(signal.SIGTERM, _end)
    signal.signal(signal.SIGINT, signal.SIG_IGN)


def is_wanted() -> bool:
    """Whether the session of this worker still waits for answers."""
    return not _watch or _watch[-1].word != KILLED


_watch: list[_Watch] = []


class _Watch:
    """What is known of the session, by its signs of life and this machine's clock."""

    def __init__(self, place: CallFolder, patience: float) -> None:
        self.place, self.patience = place, patience
        self.is_orphan = False
        """Whether the session's process has gone without a word."""
        self._sign = b""
        self._word = OPEN
        self._looked = -LATEST_NEWS
        self._changed = time.monotonic()

    @property
    def word(self) -> str:
        """The state of the session; what has given no sign for long was killed."""
        now = time.monotonic()
        if self._word == KILLED or now - self._looked < LATEST_NEWS:
            return self._word
        self._looked = now
        try:
            sign, word = self.place.sign()
        except OSError as error:
            if isinstance(error, FileNotFoundError) and not self.place.path.exists():
                self._word = KILLED
            sign, word = self._sign, self._word
        if sign != self._sign:
            self._sign, self._word, self._changed = sign, word, now
        elif now - self._changed > self.patience:
            self._word, self.is_orphan = KILLED, True
        return self._word


def _give_signs(place: CallFolder, worker: str, every: float) -> None:
    number = 0
    while True:
        time.sleep(every)
        number += 1
        with suppress(OSError):
            place.give_sign(number, of=worker)


def _end(*_: Any) -> None:
    """End at once, with what this worker's call has started; deaf to further signals, which would end that half way."""
    signal.signal(signal.SIGTERM, signal.SIG_IGN)
    raise SystemExit(128 + signal.SIGTERM)


class Shared:
    """Stands for a value that is in a file of the folder: whoever unpickles it gets the value, once a process."""

    def __init__(self, path: Path) -> None:
        self.path = path

    def __reduce__(self) -> Any:
        return _loaded, (os.fspath(self.path),)


@lru_cache(maxsize=2)
def _loaded(path: str) -> Any:
    with open(path, "rb") as file:  # noqa: PTH123  (it is a name here)
        return pickle.load(file)
