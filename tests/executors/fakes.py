"""An executor of threads whose workers can die, and stand-ins for what it is to call."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import BrokenExecutor, Future, InvalidStateError, ThreadPoolExecutor
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from typing import Any

from gridloom import Candidate, Fit, FitResult
from gridloom.training.worker import Outcome


class Killed(Exception):
    """What a call raises to die with its worker."""


@dataclass(eq=False)
class Fake:
    """An executor that notes how it is used.

    With `shares_fate` a death takes all calls in flight along, and the session with them, as in a pool of processes;
    without, it is that one call's alone, as in a cluster.
    """

    shares_fate: bool = True
    far: bool = False
    name: str = "fake"
    is_hopeless: bool = False
    """Whether no worker can be started."""
    opened: list[int] = field(default_factory=list)
    """The counts that sessions were opened with."""
    left: list[type[BaseException] | None] = field(default_factory=list)
    """What each session was left by that has been left, None for normally."""
    most_in_flight: int = 0
    session: Session | None = None
    """The latest."""

    @contextmanager
    def open(self, count, environment):
        self.opened.append(count)
        pool = ThreadPoolExecutor(count)
        self.session = Session(self, pool, is_broken=self.is_hopeless)
        try:
            yield self.session
        except BaseException as error:
            self.left.append(type(error))
            raise
        else:
            self.left.append(None)
        finally:
            pool.shutdown(wait=False, cancel_futures=True)


@dataclass(eq=False)
class Session:
    executor: Fake
    pool: ThreadPoolExecutor
    futures: list[Future[Any]] = field(default_factory=list)
    is_broken: bool = False

    def submit(self, call, *args):
        if self.is_broken:
            raise BrokenExecutor("all workers are gone")
        future: Future[Any] = Future()
        self.futures.append(future)
        in_flight = sum(not future.done() for future in self.futures)
        self.executor.most_in_flight = max(self.executor.most_in_flight, in_flight)
        self.pool.submit(self._do, future, call, args)
        return future

    def die(self):
        """Let all workers die."""
        self.is_broken = True
        for future in self.futures:
            _fail(future, BrokenExecutor("killed"))

    def _do(self, future, call, args):
        try:
            result = call(*args)
        except Killed:
            if self.executor.shares_fate:
                self.die()
            else:
                _fail(future, BrokenExecutor("killed"))
        except BaseException as error:
            _fail(future, error)
        else:
            with suppress(InvalidStateError):
                future.set_result(result)


def _fail(future, error):
    with suppress(InvalidStateError):
        future.set_exception(error)


def fits(number):
    """So many different fits, numbered by the value of their x."""
    return [Fit(Candidate({"m": {"x": x}}), repeat=0, fold=0) for x in range(number)]


def x_of(fit):
    """The number of a fit."""
    return fit.candidate.values["m"]["x"]


def batches_of(size, number):
    """So many fits in batches."""
    all_fits = fits(number)
    return [all_fits[start : start + size] for start in range(0, number, size)]


def training(score: Callable[[int], float | None], growth: int = 0):
    """A stand-in for `run_batch`: it scores each fit by its number, and leaves for later those that have no score."""

    def run_batch(job, batch):
        scores = [score(x_of(fit)) for fit in batch]
        results = tuple(None if score is None else FitResult({"score": score}) for score in scores)
        return Outcome(results, growth=growth if batch else 0)

    return run_batch


def scores_of(done):
    """The score of every fit by its number, None for one that failed."""
    return {x_of(fit): result.score for batch, results in done for fit, result in zip(batch, results, strict=True)}
