"""The session of a run whose calls are done by jobs of a cluster: it writes calls, reads answers, and sees to the jobs."""

from __future__ import annotations

import itertools
import os
import pickle
import signal
import threading
import time
from concurrent.futures import BrokenExecutor, Future, wait
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Any, Protocol

from gridloom import ClusterLost, StopRun
from gridloom_plugins.executors.answers import settle
from gridloom_plugins.executors.on_slurm.call_folder import KILLED, LEFT, OPEN, CallFolder
from gridloom_plugins.executors.on_slurm.pilot import Shared

POLL_SECONDS = 0.1
"""How often it is looked whether answers have come."""

LOOK_SECONDS = 2.0
"""How often jobs and the signs of workers are looked at."""

END_SECONDS = 15.0
"""How long jobs may take to end, once they have been told to."""

MOST_FAILED_STARTS = 3
"""After so many jobs in a row that ended before their workers had started, no more are submitted."""

RESUME = "finished fits are kept; rerun the command to resume"


class Jobs(Protocol):
    """The jobs of a cluster, each with a worker; a job is whatever `submit` returns."""

    def submit(self) -> Any:
        """Submit a job; StopRun with what the cluster says where it refuses."""

    def id(self, job: Any) -> str:
        """Its id."""

    def ended(self, job: Any, *, surely: bool = False) -> str | None:
        """As what it has ended, None while it waits or runs; `surely` asks the cluster, however lately that was asked."""

    def cancel(self, job: Any) -> bool:
        """Have it ended; returns whether it is bound to end then, without its worker's help."""

    def last_words(self, job: Any) -> str:
        """The end of what it printed."""


@dataclass(eq=False)
class _Pilot:
    job: Any
    id: str
    has_started: bool = False


@dataclass
class _Signs:
    """The signs that workers give, and when each came, by this machine's clock."""

    latest: dict[str, tuple[bytes, float]] = field(default_factory=dict)

    def note(self, signs: dict[str, bytes]) -> None:
        now = time.monotonic()
        for worker, sign in signs.items():
            if self.latest.get(worker, (b"", 0.0))[0] != sign:
                self.latest[worker] = sign, now

    def of(self, job: str) -> list[str]:
        """The workers that a job has had: it may have been started again."""
        return [worker for worker in self.latest if worker.partition(".")[0] == job]

    def is_silent(self, worker: str, patience: float) -> bool:
        return time.monotonic() - self.latest.get(worker, (b"", 0.0))[1] > patience


class PilotSession:
    """Calls in a folder, and up to `limit` jobs whose workers do them; jobs are submitted as there are calls for them."""

    def __init__(self, place: CallFolder, jobs: Jobs, limit: int, patience: float) -> None:
        self.place, self.jobs, self.limit, self.patience = place, jobs, limit, patience
        self._futures: dict[str, Future[Any]] = {}
        self._pilots: list[_Pilot] = []
        self._signs = _Signs()
        self._failed_starts = 0
        self._any_started = False
        self._lost: StopRun | None = None
        self._numbers = itertools.count()
        self._word = OPEN
        self._is_over = threading.Event()
        self._wake = threading.Event()
        place.give_sign(0, OPEN)
        self._threads = [threading.Thread(target=each, daemon=True) for each in (self._give_signs, self._watch)]
        for thread in self._threads:
            thread.start()

    def submit(self, call: Any, *args: Any) -> Future[Any]:
        """Write a call into the folder."""
        if self._lost is not None:
            raise self._lost
        future: Future[Any] = Future()
        future.set_running_or_notify_cancel()
        name = f"{next(self._numbers):08d}"
        try:
            content = pickle.dumps((call, *args))
        except Exception as error:
            future.set_exception(error)
            return future
        self._futures[name] = future
        try:
            self.place.put("calls", name, content)
        except OSError as error:
            self._lose(_cannot_use(self.place, error))
        self._wake.set()
        return future

    def share(self, value: Any) -> Any:
        """Write a value into the folder, for every worker to read it once."""
        try:
            return Shared(self.place.put("shared", f"{next(self._numbers):08d}", pickle.dumps(value)))
        except OSError as error:
            raise _cannot_use(self.place, error) from None

    def capacity(self) -> int:
        """How many jobs there are, or may be."""
        return self.limit

    def end(self) -> None:
        """Let the jobs end after what they still do."""
        wait(list(self._futures.values()))
        self._close(LEFT)

    def kill(self) -> None:
        """End the jobs now, and what they do."""
        self._close(KILLED)

    def _close(self, word: str) -> None:
        self._word = word
        with suppress(OSError):
            self.place.give_sign(0, word)
        self._is_over.set()
        self._wake.set()
        for thread in self._threads:
            thread.join()
        with suppress(OSError):
            self.place.give_sign(1, word)  # the thread may have written the word before
        alive = self._alive(self._pilots)
        alive = [each for each in alive if (word == LEFT and each.has_started) or not self.jobs.cancel(each.job)]
        ends = time.monotonic() + END_SECONDS
        while alive and time.monotonic() < ends:
            time.sleep(POLL_SECONDS)
            alive = self._alive(alive)
        for pilot in alive:
            self.jobs.cancel(pilot.job)
        self.place.delete()

    def _alive(self, pilots: list[_Pilot]) -> list[_Pilot]:
        return [pilot for pilot in pilots if self.jobs.ended(pilot.job) is None]

    def _give_signs(self) -> None:
        for number in itertools.count(1):
            with suppress(OSError):
                self.place.give_sign(number, self._word)
            if self._is_over.wait(self.patience / 10):
                return

    def _watch(self) -> None:
        """Read answers, submit jobs and look after them, in a thread whose children do not hear Ctrl-C."""
        if hasattr(signal, "pthread_sigmask"):
            signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
        looked = time.monotonic()
        while not self._is_over.is_set():
            try:
                self._read_answers()
                if time.monotonic() - looked > LOOK_SECONDS:
                    self._look_after_jobs()
                    looked = time.monotonic()
                self._submit_job()
            except StopRun as error:
                self._lose(error)
            except OSError as error:
                self._lose(_cannot_use(self.place, error))
            self._wake.wait(POLL_SECONDS if self._futures else LOOK_SECONDS)
            self._wake.clear()

    def _submit_job(self) -> None:
        """Submit a job if another one would have a call to do; there may be more to submit, but answers are read first."""
        if len(self._pilots) < min(self.limit, len(self._futures)) and not self._is_over.is_set():
            job = self.jobs.submit()
            self._pilots.append(_Pilot(job, self.jobs.id(job)))
            self._wake.set()

    def _read_answers(self) -> None:
        if not self._futures:
            return
        for name in self.place.names("answers"):
            path = self.place.path / "answers" / name
            content = path.read_bytes()
            path.unlink()
            if (future := self._futures.pop(name, None)) is not None:
                settle(future, content)

    def _look_after_jobs(self) -> None:
        """Note the jobs that have ended, or give no sign any more, and what becomes of the calls that they had."""
        self._signs.note(self.place.signs())
        for pilot in list(self._pilots):
            workers = self._signs.of(pilot.id)
            self._any_started |= bool(workers)
            pilot.has_started |= bool(workers)
            silent = [worker for worker in workers if self._signs.is_silent(worker, self.patience)]
            state = self.jobs.ended(pilot.job)
            if state is None and workers and len(silent) == len(workers):
                state = self.jobs.ended(pilot.job, surely=True) or f"no sign of life for {self.patience:g} s"
                self.jobs.cancel(pilot.job)
            if state is None:
                self._fail(silent, f"the job {pilot.id} was started again")
                continue
            self._pilots.remove(pilot)
            self._fail(workers, f"the job {pilot.id} has ended ({state})")
            self._judge(pilot, state)
        self._fail_strangers()

    def _fail_strangers(self) -> None:
        """End calls of workers that were taken for dead, went on and took another one, and are silent now."""
        jobs = {pilot.id for pilot in self._pilots}
        for _, worker in self.place.claims():
            job = worker.partition(".")[0]
            if job not in jobs and self._signs.is_silent(worker, self.patience):
                self._fail([worker], f"the job {job} was given up")

    def _fail(self, workers: list[str], why: str) -> None:
        """End the calls that dead workers had, unless the answers are there."""
        lost = [name for name, worker in self.place.claims() if worker in workers]
        self._read_answers()
        for name in lost:
            if (future := self._futures.pop(name, None)) is not None:
                future.set_exception(BrokenExecutor(why))
        for path in (self.place.path / "taken" / f"{name}@{worker}" for name in lost for worker in workers):
            path.unlink(missing_ok=True)

    def _judge(self, pilot: _Pilot, state: str) -> None:
        """Give up where jobs end before they have begun: StopRun with what the last one printed."""
        self._failed_starts = 0 if pilot.has_started else self._failed_starts + 1
        is_hopeless = not self._any_started and not self._pilots
        if self._failed_starts and (is_hopeless or self._failed_starts >= MOST_FAILED_STARTS):
            said = self.jobs.last_words(pilot.job)
            told = f": {said}" if said else ""
            raise ClusterLost(f"the job {pilot.id} has ended ({state}) before its worker had started{told}; {RESUME}")

    def _lose(self, error: StopRun) -> None:
        """End all calls with an error, and take no more."""
        self._lost = error
        while self._futures:
            with suppress(KeyError):
                self._futures.popitem()[1].set_exception(error)


def _cannot_use(place: CallFolder, error: OSError) -> StopRun:
    if isinstance(error, FileNotFoundError):
        why = "it was deleted, by someone or by workers that received no sign of life from this process"
    else:
        why = error.strerror or str(error)
    return ClusterLost(f"jobs cannot receive calls through the folder {os.fspath(place.path)}: {why}; {RESUME}")
