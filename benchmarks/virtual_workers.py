"""A plugin for benchmarks/scale.py: an executor whose workers are only clocks, and a model that learns nothing."""

from __future__ import annotations

import heapq
import pickle
import random
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import Future
from contextlib import contextmanager
from typing import Annotated, Any

from annotated_types import Ge

import gridloom


def build(number: int = 0) -> Any:  # noqa: ARG001
    """A classifier that learns nothing."""
    from sklearn.dummy import DummyClassifier

    return DummyClassifier()


class Clocks:
    """So many workers: each batch comes back when a real one would have finished it, with results of a usual size."""

    def __init__(self, workers: int, seconds: float, latency: float) -> None:
        self.workers, self.seconds, self.latency = workers, seconds, latency
        self._free = [0.0] * workers
        self._due: list[tuple[float, int, Future[Any], bytes]] = []
        self._changed = threading.Condition()
        self._random = random.Random(0)  # noqa: S311
        self._number = 0
        self._is_over = False
        threading.Thread(target=self._serve, daemon=True).start()

    def capacity(self) -> int:
        """All of them."""
        return self.workers

    def submit(self, call: Callable[..., Any], job: Any, fits: Any = ()) -> Future[Any]:  # noqa: ARG002
        """Let the worker that is free first do it; what would travel is pickled."""
        import numpy as np

        pickle.dumps(fits)
        history = {"loss": [0.5] * 30, "val_loss": [0.6] * 30}
        one = gridloom.FitResult(
            {"accuracy": self._random.random()}, history, self.seconds, 0.01, np.zeros((75, 3), np.float32)
        )
        from gridloom.training.worker import Outcome

        answer = pickle.dumps(Outcome(tuple(one for _ in fits)))
        future: Future[Any] = Future()
        with self._changed:
            start = max(heapq.heappop(self._free), time.monotonic() + self.latency)
            end = start + sum(self._random.lognormvariate(0, 0.5) for _ in fits) * self.seconds / 1.1331
            heapq.heappush(self._free, end)
            self._number += 1
            heapq.heappush(self._due, (end, self._number, future, answer))
            self._changed.notify()
        return future

    def end(self) -> None:
        """Stop the clocks."""
        with self._changed:
            self._is_over = True
            self._changed.notify()

    def _serve(self) -> None:
        while not self._is_over:
            with self._changed:
                left = self._due[0][0] - time.monotonic() if self._due else 1.0
                if left > 0:
                    self._changed.wait(left)
                    continue
                _, _, future, answer = heapq.heappop(self._due)
            future.set_result(pickle.loads(answer))  # noqa: S301  (it was pickled above)


@contextmanager
def opened(
    count: int | None,
    environment: Mapping[str, str],  # noqa: ARG001
    workers: Annotated[int, Ge(1)] = 10,
    seconds: Annotated[float, Ge(0)] = 10.0,
    latency: Annotated[float, Ge(0)] = 0.005,
) -> Iterator[Clocks]:
    """Workers whose fits take so many seconds on average, and that get a call after the latency."""
    clocks = Clocks(count or workers, seconds, latency)
    try:
        yield clocks
    finally:
        clocks.end()


@gridloom.hookimpl
def gridloom_executors() -> Iterator[gridloom.Executor]:
    """The clocks."""
    yield gridloom.Executor("virtual", "Workers that are only clocks.", opened)


@gridloom.hookimpl
def gridloom_model_builders() -> Iterator[gridloom.ModelBuilder]:
    """The model."""
    yield gridloom.ModelBuilder("nothing", "Learns nothing.", build, makes="estimator")
