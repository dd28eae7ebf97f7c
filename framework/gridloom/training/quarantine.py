"""Batches that may kill their workers: each is trained by a worker that has nothing else to do, until it is clear which fit kills."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from concurrent.futures import BrokenExecutor, Future
from contextlib import ExitStack
from dataclasses import dataclass
from typing import Any, Protocol, Self

from gridloom.core.session import Session, shared
from gridloom.core.trials import Fit, FitResult
from gridloom.training.executing import Executing
from gridloom.training.job import Job, Outcome
from gridloom.training.running import Running
from gridloom.training.sending import Sender
from gridloom.training.time_limit import TookTooLong, failed_by_limit

Batch = Sequence[Fit]
Done = tuple[Batch, Sequence[FitResult]]

MOST_DEATHS = 2
"""A fit that has killed so many workers which trained nothing else is not tried again."""


MOST_CELLS = 4
"""How many suspects are trained at a time where the number of workers is left open."""


class _Workers(Protocol):
    """Whose workers train the suspects."""

    count: int | None
    environment: Mapping[str, str]
    executor: Executing
    sender: Sender
    is_short: bool
    """Whether a worker was killed for lack of memory: suspects are trained one after the other then."""

    def note_death(self, error: BrokenExecutor) -> None:
        """Note that a worker has died."""


class WorkerDied(Exception):
    """The worker ended while it trained a fit: killed, out of memory, or crashed in native code."""


@dataclass(frozen=True)
class _Suspect:
    """A batch that may kill its worker, and how many have died that trained it and nothing else."""

    batch: Batch
    deaths: int = 0


class Quarantine:
    """Trains batches that may kill, each with a worker that has nothing else to do: a death is no other batch's."""

    def __init__(self, workers: _Workers, job: Job, call: Callable[[Job, Batch], Outcome]) -> None:
        self.workers = workers
        self.job = job
        self.call = call
        self._running: Running[tuple[_Suspect, _Cell]] = Running(job.log)

    def run(self, batches: Iterable[Batch]) -> Iterator[Done]:
        """Train them, as many at a time as there are workers and memory; yields each with its results as it finishes."""
        suspects = deque(map(_Suspect, batches))
        sender = self.workers.sender
        with ExitStack() as stack:
            idle: list[_Cell] = []
            while suspects or self._running:
                while suspects and len(self._running) < self._most:
                    cell = idle.pop() if idle else stack.enter_context(_Cell(self.workers))
                    suspect = suspects.popleft()
                    future = sender.submit(cell, self.call, self.job, suspect.batch)
                    self._running.add(future, (suspect, cell))
                for future, (suspect, cell) in self._running.first_done():
                    idle.append(cell)
                    try:
                        done, rest = parted(suspect.batch, sender.received(future, self.job))
                    except BrokenExecutor as error:
                        cell.end()
                        self.workers.note_death(error)
                        done, next_ones = _after_death(suspect, error, self.job.time_limit)
                        suspects.extendleft(reversed(next_ones))
                    else:
                        suspects.extendleft([_Suspect(rest)] if rest else [])
                    if done[0]:
                        yield done

    @property
    def _most(self) -> int:
        """How many suspects are trained at a time."""
        return 1 if self.workers.is_short else self.workers.count or MOST_CELLS


def _after_death(suspect: _Suspect, error: BrokenExecutor, limit: float | None) -> tuple[Done, list[_Suspect]]:
    """What fails when a worker has died that trained these fits alone, and what is to be tried next."""
    batch, deaths = suspect.batch, suspect.deaths + 1
    if len(batch) > 1:
        return ([], []), [*map(_Suspect, halves(batch))]
    if isinstance(error, TookTooLong):
        return (batch, [failed_by_limit(limit)]), []
    if deaths < MOST_DEATHS:
        return ([], []), [_Suspect(batch, deaths)]
    return (batch, [FitResult.failed(WorkerDied(died_twice(error)))]), []


def halves(batch: Batch) -> list[Batch]:
    """The halves of a batch; none of a single fit."""
    middle = len(batch) // 2
    return [batch[:middle], batch[middle:]] if middle else []


class _Cell:
    """A session with one worker, opened when there is a call for it, and opened anew after it has ended."""

    def __init__(self, workers: _Workers) -> None:
        self.workers = workers
        self._stack = ExitStack()
        self._session: Session | None = None
        self._handle: Any = None

    def submit(self, call: Callable[..., Any], job: Job, /, *args: Any) -> Future[Any]:
        """Let the worker do the call."""
        if self._session is None:
            opened = self.workers.executor.open(1, self.workers.environment)
            self._session = self._stack.enter_context(opened)
            self._handle = shared(self._session, job)
        return self._session.submit(call, self._handle, *args)

    def end(self) -> None:
        """Let the worker end, if it lives."""
        self._session = None
        self._stack.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *error: Any) -> None:  # noqa: PYI036  (they go on)
        self._stack.__exit__(*error)


def parted(batch: Batch, outcome: Outcome) -> tuple[Done, list[Fit]]:
    """The fits of a batch that are finished with their results, and those that are not; raises what stops the run."""
    if outcome.stop is not None:
        raise outcome.stop
    pairs = list(zip(batch, outcome.results, strict=True))
    done = {fit: result for fit, result in pairs if result is not None}
    return (list(done), list(done.values())), [fit for fit, result in pairs if result is None]


def together(finished: Iterable[Done]) -> Done:
    """Batches that have finished at once as one, so that they are journaled at once: that takes as long as for one."""
    batches, results = zip(*finished, strict=True)
    return [fit for batch in batches for fit in batch], [result for some in results for result in some]


def died_twice(error: BrokenExecutor) -> str:
    """What is said of a fit that has killed two workers which it had for itself."""
    return f"the worker process died twice in this fit; {' '.join(str(error).split())}"
