"""Batches of fits on joblib workers: their environment, deaths, retries, and replacement when they grow."""

from __future__ import annotations

import os
import signal
import warnings
from collections import deque
from collections.abc import Generator, Iterator, Mapping, Sequence
from concurrent.futures.process import BrokenProcessPool
from contextlib import closing, contextmanager, suppress
from pathlib import Path
from threading import Event, Thread
from types import TracebackType

from joblib import Parallel, cpu_count, delayed, parallel_config
from joblib.externals.loky import ProcessPoolExecutor, get_reusable_executor

from gridloom.core.trials import Fit, FitResult
from gridloom.errors import StopRun
from gridloom.training.job import Job, Outcome
from gridloom.training.worker import run_batch, run_refit, start_worker

Batch = Sequence[Fit]
Done = tuple[Batch, Sequence[FitResult]]


class WorkerDied(Exception):
    """The worker process ended while it trained a fit: killed, out of memory, or crashed in native code."""


def worker_count(n_jobs: int) -> int:
    """How many workers `n_jobs` stands for: -1 is one for every core, -2 one less, and so on.

    Raises ValueError for 0.
    """
    if n_jobs == 0:
        raise ValueError("n_jobs is a number of workers, or -1 for one a core; 0 means nothing")
    return n_jobs if n_jobs > 0 else max(1, cpu_count() + 1 + n_jobs)


class Workers:
    """Worker processes for one run; they end at once when whoever iterates over `run` stops, by Ctrl-C for example."""

    def __init__(self, count: int, environment: Mapping[str, str], max_growth: int) -> None:
        self.count = count
        self.setup = (tuple(sorted(environment.items())), os.getpid())
        self.max_growth = max_growth
        self._starting: Thread | None = None

    def start(self, job: Job) -> None:
        """Begin to start workers, and to import what the job's engine needs, while this process goes on."""
        if self.count > 1:
            self._starting = Thread(target=self._start, args=(job,), daemon=True)
            self._starting.start()

    def _start(self, job: Job) -> None:
        workers = parallel_config("loky", initializer=start_worker, initargs=self.setup)
        # what is wrong with an engine, its first fits will tell
        with suppress(Exception), workers, _stopping_blocked():
            Parallel(self.count)(delayed(run_batch)(job, 0, ()) for _ in range(self.count))

    def run(self, job: Job, batches: Sequence[Batch]) -> Iterator[Done]:
        """Train the batches, and yield each with its results as it finishes, in any order.

        A fit whose worker dies is tried again alone in a process of its own; when that dies too, the fit fails.
        Raises StopRun when an engine says that no fit can be right, CannotTrain when another engine might do.
        """
        if self._starting:
            self._starting.join()
        waiting = deque(enumerate(batches))
        while waiting:
            running: dict[int, Batch] = {}
            outcomes = self._serial(job, waiting, running) if self.count == 1 else self._parallel(job, waiting, running)
            try:
                with closing(outcomes):
                    for outcome in outcomes:
                        batch = running.pop(outcome.number)
                        pairs = list(zip(batch, _results(outcome), strict=True))
                        if rest := [fit for fit, result in pairs if result is None]:
                            waiting.appendleft((outcome.number, rest))
                        done = {fit: result for fit, result in pairs if result is not None}
                        yield list(done), list(done.values())
            except BrokenProcessPool:
                for batch in running.values():
                    yield batch, [self._alone(job, fit) for fit in batch]

    def refit(self, job: Job, fit: Fit, folder: Path) -> Path:
        """Train a fit on all rows and write its model into the folder; returns the file, or raises StopRun."""
        if self.count == 1:
            with self._single_process() as executor:
                answer = executor.submit(run_refit, job, fit, folder).result()
        else:
            with parallel_config("loky", initializer=start_worker, initargs=self.setup), _stopping_blocked():
                (answer,) = Parallel(self.count)([delayed(run_refit)(job, fit, folder)])
        if isinstance(answer, StopRun):
            raise answer
        return Path(answer)

    def _parallel(
        self, job: Job, waiting: deque[tuple[int, Batch]], running: dict[int, Batch]
    ) -> Generator[Outcome, None, None]:
        """Outcomes of parallel workers, until nothing waits or a worker has grown too much."""
        grown = Event()
        with parallel_config("loky", initializer=start_worker, initargs=self.setup):
            parallel = Parallel(self.count, return_as="generator_unordered", pre_dispatch="n_jobs", batch_size=1)
            tasks = (delayed(run_batch)(job, number, batch) for number, batch in _taken(waiting, running, grown))
            with _stopping_blocked():
                outcomes = parallel(tasks)
            try:
                for outcome in outcomes:
                    self._note_growth(outcome, grown)
                    yield outcome
            finally:
                with warnings.catch_warnings():  # joblib warns of results that nobody wants when a run ends early
                    warnings.simplefilter("ignore")
                    outcomes.close()
        if grown.is_set():
            get_reusable_executor().shutdown(wait=True)

    def _serial(
        self, job: Job, waiting: deque[tuple[int, Batch]], running: dict[int, Batch]
    ) -> Generator[Outcome, None, None]:
        """Outcomes of a single worker: joblib would train in this process, which must stay free of Keras."""
        grown = Event()
        with self._single_process() as executor:
            for number, batch in _taken(waiting, running, grown):
                with _stopping_blocked():
                    future = executor.submit(run_batch, job, number, batch)
                outcome = future.result()
                self._note_growth(outcome, grown)
                yield outcome

    def _alone(self, job: Job, fit: Fit) -> FitResult:
        with self._single_process() as executor:
            try:
                outcome = executor.submit(run_batch, job, 0, [fit]).result()
            except BrokenProcessPool as error:
                reason = " ".join(str(error).split())
                return FitResult.failed(WorkerDied(f"the worker process died twice in this fit; {reason}"))
        return _results(outcome)[0] or self._alone(job, fit)

    def _note_growth(self, outcome: Outcome, grown: Event) -> None:
        if outcome.growth > self.max_growth:
            grown.set()

    def _single_process(self) -> _SingleProcess:
        return _SingleProcess(max_workers=1, initializer=start_worker, initargs=self.setup)


class _SingleProcess(ProcessPoolExecutor):  # type: ignore[misc]
    """An executor that does not wait for its worker when it is left by an exception."""

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self.shutdown(wait=True, kill_workers=kind is not None)


@contextmanager
def _stopping_blocked() -> Iterator[None]:
    """Hold Ctrl-C and SIGTERM back while workers start: they inherit that, so that they never stop before this process.

    Either may be sent to all processes of a run at once, and this one ends its workers itself.
    """
    if not hasattr(signal, "pthread_sigmask"):  # Windows
        yield
        return
    from multiprocessing import resource_tracker

    resource_tracker.ensure_running()  # here, since as it starts it lets both signals through again
    before = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT, signal.SIGTERM})
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)


def _taken(waiting: deque[tuple[int, Batch]], running: dict[int, Batch], grown: Event) -> Iterator[tuple[int, Batch]]:
    """Batches moved one by one from `waiting` to `running`, until a worker has grown too much."""
    while waiting and not grown.is_set():
        number, batch = waiting.popleft()
        running[number] = batch
        yield number, batch


def _results(outcome: Outcome) -> Sequence[FitResult | None]:
    if outcome.stop is not None:
        raise outcome.stop
    return outcome.results
