"""Batches of fits on the workers of an executor: feeding, deaths, retries, and replacement when workers grow."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from concurrent.futures import FIRST_COMPLETED, BrokenExecutor, Future, wait
from contextlib import ExitStack, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Self, TypeVar, TypeVarTuple

from joblib import cpu_count

from gridloom.core.trials import Fit, FitResult
from gridloom.errors import StopRun
from gridloom.training.executor import Executor, Session
from gridloom.training.job import Job, Outcome
from gridloom.training.lease import Lease, lend
from gridloom.training.loky import LOKY
from gridloom.training.refitting import Refitted, run_refit
from gridloom.training.worker import run_batch, run_held_out
from gridloom.training.worker_log import trim

T = TypeVar("T")
Ts = TypeVarTuple("Ts")

Batch = Sequence[Fit]
Done = tuple[Batch, Sequence[FitResult]]

MOST_DEATHS = 2
"""A fit that has killed so many workers which trained nothing else is not tried again."""

LOOK_SECONDS = 0.25
"""How often the log of workers is looked at."""


class WorkerDied(Exception):
    """The worker ended while it trained a fit: killed, out of memory, or crashed in native code."""


def worker_count(n_jobs: int) -> int:
    """How many workers `n_jobs` stands for: -1 is one for every core, -2 one less, and so on.

    Raises ValueError for 0.
    """
    if n_jobs == 0:
        raise ValueError("n_jobs is a number of workers, or -1 for one a core; 0 means nothing")
    return n_jobs if n_jobs > 0 else max(1, cpu_count() + 1 + n_jobs)


class Workers:
    """Workers for one run; they end at once when whoever iterates over `run` stops, by Ctrl-C for example."""

    def __init__(self, count: int, environment: Mapping[str, str], max_growth: int, executor: Executor = LOKY) -> None:
        self.count = count
        self.environment = environment
        self.max_growth = max_growth
        self.executor = executor
        self._early: Lease | None = None

    def start(self, job: Job) -> None:
        """Begin to start workers, and to import what the job's engine needs, while this process goes on."""
        self._early = self._lend()
        with suppress(BrokenExecutor):  # what is wrong with an engine, its first fits will tell
            for _ in range(self.count):
                self._early.submit(run_batch, job, ())

    def run(
        self, job: Job, batches: Sequence[Batch], time_is_over: Callable[[], bool] = lambda: False
    ) -> Iterator[Done]:
        """Train the batches, and yield each with its results as it finishes, in any order.

        Once the time is over, those that are training are finished, and no more are begun.

        A batch whose worker dies is tried again, as a whole, with a worker of its own; when that dies too, by halves, until
        the fit is alone that kills. A fit that kills two workers which it has for itself fails, and no other does.
        Raises StopRun when an engine says that no fit can be right, CannotTrain when another engine might do.
        """
        waiting = deque(batches)
        try:
            while waiting and not time_is_over():
                suspects: deque[Batch] = deque()
                with self._lend() as lease:
                    yield from self._train(job, lease, waiting, suspects, time_is_over)
                yield from Quarantine(self, job).run(suspects)
        finally:
            trim(job.log)  # what was printed since it was looked at last, the workers being gone where this is stopped

    def refit(self, job: Job, fit: Fit, folder: Path) -> Refitted:
        """Train a fit on all rows and write its model into the folder; returns what is there, or raises StopRun."""
        answer = self.alone(run_refit, job, fit, folder)
        if isinstance(answer, StopRun):
            raise answer
        return answer

    def score_held_out(self, job: Job, fit: Fit) -> Outcome:
        """Train a fit of the job's only split, and score it with intervals; raises StopRun when its worker dies twice."""
        return self.alone(run_held_out, job, fit)

    def alone(self, call: Callable[[*Ts], T], *args: *Ts) -> T:
        """What a single call returns, tried once more with a worker of its own where the worker dies."""
        try:
            with self._lend() as lease:
                return lease.submit(call, *args).result()
        except BrokenExecutor:
            try:
                with self.executor.open(1, self.environment) as session:
                    return session.submit(call, *args).result()
            except BrokenExecutor as error:
                raise StopRun(_died_twice(error)) from error

    def _lend(self) -> Lease:
        early, self._early = self._early, None
        return early or lend(self.executor, self.count, self.environment)

    def _train(
        self, job: Job, lease: Lease, waiting: deque[Batch], suspects: deque[Batch], time_is_over: Callable[[], bool]
    ) -> Iterator[Done]:
        """Batches and their results, until none waits, or the workers have died or are to be replaced.

        What has been trained in part goes back to those that wait; a batch whose worker died is a suspect.
        """
        running: dict[Future[Outcome], Batch] = {}
        self._feed(job, lease, waiting, running)
        while running:
            finished: list[Done] = []
            for future in first_done(running, job):
                batch = running.pop(future)
                try:
                    outcome = future.result()
                except BrokenExecutor:
                    suspects.append(batch)
                    continue
                done, rest = parted(batch, outcome)
                if rest:
                    waiting.appendleft(rest)
                finished.append(done)
                if outcome.growth > self.max_growth:
                    lease.retire()
            if not time_is_over():
                self._feed(job, lease, waiting, running)  # first, so that no worker waits until results are journaled
            yield from finished

    def _feed(self, job: Job, lease: Lease, waiting: deque[Batch], running: dict[Future[Outcome], Batch]) -> None:
        """Submit batches, one a worker, unless the workers are to be replaced."""
        while waiting and len(running) < self.count and not lease.retired:
            try:
                future = lease.submit(run_batch, job, waiting[0])
            except BrokenExecutor:
                if not lease.used:
                    raise
                lease.retire()
            else:
                running[future] = waiting.popleft()


@dataclass(frozen=True)
class _Suspect:
    """A batch that may kill its worker, and how many have died that trained it and nothing else."""

    batch: Batch
    deaths: int = 0


class Quarantine:
    """Trains batches that may kill, each with a worker that has nothing else to do: a death is no other batch's."""

    def __init__(self, workers: Workers, job: Job) -> None:
        self.workers = workers
        self.job = job
        self._running: dict[Future[Outcome], tuple[_Suspect, _Cell]] = {}

    def run(self, batches: Iterable[Batch]) -> Iterator[Done]:
        """Train them, as many at a time as there are workers; yields each with its results as it finishes."""
        suspects = deque(map(_Suspect, batches))
        with ExitStack() as stack:
            idle: list[_Cell] = []
            while suspects or self._running:
                while suspects and len(self._running) < self.workers.count:
                    cell = idle.pop() if idle else stack.enter_context(_Cell(self.workers))
                    suspect = suspects.popleft()
                    self._running[cell.submit(run_batch, self.job, suspect.batch)] = suspect, cell
                for future in first_done(self._running, self.job):
                    suspect, cell = self._running.pop(future)
                    idle.append(cell)
                    try:
                        done, rest = parted(suspect.batch, future.result())
                    except BrokenExecutor as error:
                        cell.end()
                        done, next_ones = _after_death(suspect, error)
                        suspects.extendleft(reversed(next_ones))
                    else:
                        suspects.extendleft([_Suspect(rest)] if rest else [])
                    if done[0]:
                        yield done


def _after_death(suspect: _Suspect, error: BrokenExecutor) -> tuple[Done, list[_Suspect]]:
    """What fails when a worker has died that trained these fits alone, and what is to be tried next."""
    batch, deaths = suspect.batch, suspect.deaths + 1
    if len(batch) > 1:
        middle = len(batch) // 2
        return ([], []), [_Suspect(batch[:middle]), _Suspect(batch[middle:])]
    if deaths < MOST_DEATHS:
        return ([], []), [_Suspect(batch, deaths)]
    return (batch, [FitResult.failed(WorkerDied(_died_twice(error)))]), []


class _Cell:
    """A session with one worker, opened when there is a call for it, and opened anew after it has ended."""

    def __init__(self, workers: Workers) -> None:
        self.workers = workers
        self._stack = ExitStack()
        self._session: Session | None = None

    def submit(self, call: Callable[[*Ts], T], *args: *Ts) -> Future[T]:
        """Let the worker do the call."""
        if self._session is None:
            opened = self.workers.executor.open(1, self.workers.environment)
            self._session = self._stack.enter_context(opened)
        return self._session.submit(call, *args)

    def end(self) -> None:
        """Let the worker end, if it lives."""
        self._session = None
        self._stack.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *error: Any) -> None:  # noqa: PYI036  (they go on)
        self._stack.__exit__(*error)


def first_done(running: Collection[Future[Outcome]], job: Job) -> set[Future[Outcome]]:
    """The futures that are done, one at least; meanwhile what workers print is kept within bounds."""
    while True:
        done = wait(running, LOOK_SECONDS, FIRST_COMPLETED).done
        trim(job.log)
        if done:
            return done


def parted(batch: Batch, outcome: Outcome) -> tuple[Done, list[Fit]]:
    """The fits of a batch that are finished with their results, and those that are not; raises what stops the run."""
    if outcome.stop is not None:
        raise outcome.stop
    pairs = list(zip(batch, outcome.results, strict=True))
    done = {fit: result for fit, result in pairs if result is not None}
    return (list(done), list(done.values())), [fit for fit, result in pairs if result is None]


def _died_twice(error: BrokenExecutor) -> str:
    return f"the worker process died twice in this fit; {' '.join(str(error).split())}"
