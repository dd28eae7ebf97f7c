"""Batches of fits on the workers of an executor: feeding, deaths, retries, and replacement when workers grow."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import FIRST_COMPLETED, BrokenExecutor, Future, wait
from contextlib import suppress
from pathlib import Path

from joblib import cpu_count

from gridloom.core.trials import Fit, FitResult
from gridloom.errors import StopRun
from gridloom.training.executor import Executor
from gridloom.training.job import Job, Outcome
from gridloom.training.lease import Lease, lend
from gridloom.training.loky import LOKY
from gridloom.training.worker import run_batch, run_refit

Batch = Sequence[Fit]
Done = tuple[Batch, Sequence[FitResult]]


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

    def run(self, job: Job, batches: Sequence[Batch]) -> Iterator[Done]:
        """Train the batches, and yield each with its results as it finishes, in any order.

        A fit whose worker dies is tried again alone with a worker of its own; when that dies too, the fit fails.
        Raises StopRun when an engine says that no fit can be right, CannotTrain when another engine might do.
        """
        waiting = deque(batches)
        while waiting:
            suspects: deque[Batch] = deque()
            with self._lend() as lease:
                yield from self._train(job, lease, waiting, suspects)
            for fit in (fit for batch in suspects for fit in batch):
                result = self._alone(job, fit)
                if result is None:
                    waiting.append([fit])
                else:
                    yield [fit], [result]

    def refit(self, job: Job, fit: Fit, folder: Path) -> Path:
        """Train a fit on all rows and write its model into the folder; returns the file, or raises StopRun."""
        try:
            with self._lend() as lease:
                answer = lease.submit(run_refit, job, fit, folder).result()
        except BrokenExecutor:
            try:
                with self.executor.open(1, self.environment) as session:
                    answer = session.submit(run_refit, job, fit, folder).result()
            except BrokenExecutor as error:
                raise StopRun(_died_twice(error)) from error
        if isinstance(answer, StopRun):
            raise answer
        return Path(answer)

    def _lend(self) -> Lease:
        early, self._early = self._early, None
        return early or lend(self.executor, self.count, self.environment)

    def _train(self, job: Job, lease: Lease, waiting: deque[Batch], suspects: deque[Batch]) -> Iterator[Done]:
        """Batches and their results, until none waits, or the workers have died or are to be replaced.

        What has been trained in part goes back to those that wait; a batch whose worker died is a suspect.
        """
        running: dict[Future[Outcome], Batch] = {}
        self._feed(job, lease, waiting, running)
        while running:
            finished: list[Done] = []
            for future in wait(running, return_when=FIRST_COMPLETED).done:
                batch = running.pop(future)
                try:
                    outcome = future.result()
                except BrokenExecutor:
                    suspects.append(batch)
                    continue
                pairs = list(zip(batch, _results(outcome), strict=True))
                if rest := [fit for fit, result in pairs if result is None]:
                    waiting.appendleft(rest)
                done = {fit: result for fit, result in pairs if result is not None}
                finished.append((list(done), list(done.values())))
                if outcome.growth > self.max_growth:
                    lease.retire()
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

    def _alone(self, job: Job, fit: Fit) -> FitResult | None:
        """The result of a fit with a worker of its own, or None when the engine has not come to it."""
        with self.executor.open(1, self.environment) as session:
            try:
                outcome = session.submit(run_batch, job, [fit]).result()
            except BrokenExecutor as error:
                return FitResult.failed(WorkerDied(_died_twice(error)))
        return _results(outcome)[0]


def _died_twice(error: BrokenExecutor) -> str:
    return f"the worker process died twice in this fit; {' '.join(str(error).split())}"


def _results(outcome: Outcome) -> Sequence[FitResult | None]:
    if outcome.stop is not None:
        raise outcome.stop
    return outcome.results
