"""Batches of fits on the workers of an executor: feeding, deaths, retries, and replacement when workers grow."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from concurrent.futures import BrokenExecutor, Future
from contextlib import suppress
from pathlib import Path
from typing import Any, TypeVarTuple

from joblib import cpu_count

from gridloom.core.session import shared
from gridloom.core.trials import Fit
from gridloom.errors import StopRun
from gridloom.training.executing import LOCAL, Executing
from gridloom.training.job import Job, Outcome
from gridloom.training.lease import Lease, lend
from gridloom.training.memory import KilledForMemory
from gridloom.training.quarantine import Batch, Done, Quarantine, died_twice, halves, parted, together
from gridloom.training.refitting import Refitted, run_refit
from gridloom.training.running import Running
from gridloom.training.sending import Sender
from gridloom.training.time_limit import TookTooLong, failed_by_limit, training_too_long
from gridloom.training.worker import run_batch, run_held_out
from gridloom.training.worker_log import trim

Ts = TypeVarTuple("Ts")


class Workers:
    """Workers for one run; they end at once when whoever iterates over `run` stops, by Ctrl-C for example."""

    def __init__(
        self, count: int | None, environment: Mapping[str, str], max_growth: int, executor: Executing = LOCAL
    ) -> None:
        """So many workers of the executor; None for as many as it has at any time."""
        self.count = count
        self.environment = environment
        self.max_growth = max_growth
        self.executor = executor
        self.sender = Sender(far=executor.far, max_growth=max_growth)
        self.is_short = False
        """Whether the system has killed one of them for lack of memory."""
        self.notes: dict[str, None] = {}
        """What the engine says of how workers train, in the order in which it came."""
        self._early: Lease | None = None

    def start(self, job: Job, fits: int) -> None:
        """Begin to start workers, no more than there are fits, and to import what the job's engine needs, while this process goes on.

        Those of other machines start when they do.
        """
        self._early = self._lend()
        if self.executor.far:
            return
        with suppress(BrokenExecutor):  # what is wrong with an engine, its first fits will tell
            for _ in range(min(fits, self.in_flight(self._early.capacity))):
                self._early.submit(run_batch, job, ())

    def in_flight(self, capacity: int | None) -> int:
        """How many calls are in flight at most, where the workers can do so many at once at present."""
        return self.count or max(1, cpu_count() if capacity is None else capacity)

    def run(
        self, job: Job, batches: Sequence[Batch], time_is_over: Callable[[], bool] = lambda: False
    ) -> Iterator[Done]:
        """Train the batches, and yield them with their results as they finish, in any order, several that finish at once as one.

        Once the time is over, those that are training are finished, and no more are begun.

        A batch that takes longer than the job's limit of time is trained by halves, until the fit is alone that does, and fails.
        One whose worker dies is tried again, as a whole, with a worker of its own; when that dies too, by halves, until the fit
        is alone that kills. A fit that kills two workers which it has for itself fails, and no other does.
        Raises StopRun when an engine says that no fit can be right, CannotTrain when another engine might do.
        """
        waiting = deque(batches)
        try:
            while waiting and not time_is_over():
                suspects: deque[Batch] = deque()
                with self._lend() as lease:
                    yield from self._train(job, lease, waiting, suspects, time_is_over)
                yield from Quarantine(self, job, run_batch).run(suspects)
        finally:
            trim(job.log)  # what was printed since it was looked at last, the workers being gone where this is stopped

    def refit(self, job: Job, fit: Fit, folder: Path) -> Refitted:
        """Train a fit on all rows and write its model into the folder; returns what is there, or raises StopRun."""
        answer = self.alone(run_refit, job, fit, folder)
        if isinstance(answer, StopRun):
            raise answer
        refitted: Refitted = answer
        return refitted

    def score_held_out(self, job: Job, fit: Fit) -> Outcome:
        """Train a fit of the job's only split, and score it with intervals; raises StopRun when its worker dies twice."""
        outcome: Outcome = self.alone(run_held_out, job, fit)
        return outcome

    def alone(self, call: Callable[..., Any], job: Any, *args: Any) -> Any:
        """What a single call returns, tried once more with a worker of its own where the worker dies."""
        folder = next((one for one in args if isinstance(one, Path)), None)
        try:
            with self._lend() as lease:
                return self.sender.received(self.sender.submit(lease, call, job, *args), job, folder)
        except TookTooLong:
            raise StopRun(training_too_long(job.time_limit)) from None
        except BrokenExecutor:
            try:
                with self.executor.open(1, self.environment) as session:
                    future = self.sender.submit(session, call, shared(session, job), *args)
                    return self.sender.received(future, job, folder)
            except TookTooLong:
                raise StopRun(training_too_long(job.time_limit)) from None
            except BrokenExecutor as error:
                raise StopRun(died_twice(error)) from error

    def note_death(self, error: BrokenExecutor) -> None:
        """Note why a worker has died."""
        self.is_short |= isinstance(error, KilledForMemory)

    def _lend(self) -> Lease:
        early, self._early = self._early, None
        return early or lend(self.executor, self.count, self.environment)

    def _train(
        self, job: Job, lease: Lease, waiting: deque[Batch], suspects: deque[Batch], time_is_over: Callable[[], bool]
    ) -> Iterator[Done]:
        """Batches and their results, until none waits, or the workers have died or are to be replaced.

        What has been trained in part goes back to those that wait, and so do the halves of a batch that took too long; a batch
        whose worker died is a suspect.
        """
        running: Running[Batch] = Running(job.log)
        self._feed(job, lease, waiting, running)

        def feed() -> None:  # workers may have come meanwhile
            if self.count is None and not time_is_over():
                self._feed(job, lease, waiting, running)

        while running:
            finished, stop = self._sorted(running.first_done(feed), job, lease, waiting, suspects)
            if not time_is_over() and not stop:
                self._feed(job, lease, waiting, running)  # first, so that no worker waits until results are journaled
            if any(batch for batch, _ in finished):
                yield together(finished)
            if stop:
                raise stop

    def _sorted(
        self,
        came: Iterable[tuple[Future[Any], Batch]],
        job: Job,
        lease: Lease,
        waiting: deque[Batch],
        suspects: deque[Batch],
    ) -> tuple[list[Done], StopRun | None]:
        """What is finished of the batches that have come back, and why the run has to stop, if one of them says so."""
        finished: list[Done] = []
        stop: StopRun | None = None
        for future, batch in came:
            try:
                outcome = self.sender.received(future, job)
                done, rest = parted(batch, outcome)
            except TookTooLong:
                waiting.extend(halves(batch))
                finished += [] if len(batch) > 1 else [(batch, [failed_by_limit(job.time_limit)])]
            except BrokenExecutor as error:
                self.note_death(error)
                suspects.append(batch)
            except StopRun as error:
                stop = error
            else:
                if rest:
                    waiting.appendleft(rest)
                finished.append(done)
                self.notes |= dict.fromkeys(outcome.notes)
                if outcome.growth > self.max_growth:
                    lease.retire()
        return finished, stop

    def _feed(self, job: Job, lease: Lease, waiting: deque[Batch], running: Running[Batch]) -> None:
        """Submit batches, one a worker, unless the workers are to be replaced."""
        most = self.in_flight(lease.capacity)
        while waiting and len(running) < most and not lease.retired:
            try:
                future = self.sender.submit(lease, run_batch, job, waiting[0])
            except BrokenExecutor:
                if not lease.used:
                    raise
                lease.retire()
            else:
                running.add(future, waiting.popleft())
