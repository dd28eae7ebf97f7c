"""What happens inside a worker process: it lets the engine train a batch, and answers."""

from __future__ import annotations

import os
import sys
import time
import traceback
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import replace
from functools import lru_cache
from pathlib import Path

from gridloom.core.trials import Fit, FitResult
from gridloom.core.work import Work
from gridloom.errors import CannotTrain, GridloomError, StopRun
from gridloom.training.calls import prepared
from gridloom.training.job import Job, Outcome

MAX_SECONDS = 10.0
"""After so long a worker hands in what it has finished of a batch, to be journaled."""


def run_batch(job: Job, fits: Sequence[Fit]) -> Outcome:
    """Train one batch, or what can be trained of it in a while, so that no more than that is ever lost.

    Errors of single fits are among the results; a GridloomError of the engine stops the run.
    """
    finished: dict[str, FitResult] = {}
    ends = time.monotonic() + MAX_SECONDS
    with _output_to(job.log):
        try:
            ready = prepared(job)
            work = Work(ready.recipe, ready.calls, job.data, job.splits, tuple(fits))
            for fit, result in ready.engine.train(work, **ready.engine_options):
                finished[fit.key] = result if job.keeps_predictions else replace(result, predicted=None)
                if time.monotonic() > ends:
                    break
            else:
                _check_complete(ready.engine.name, fits, finished)
        except GridloomError as error:
            return Outcome(stop=error if isinstance(error, CannotTrain) else StopRun(str(error)))
        except Exception as error:
            finished |= {fit.key: FitResult.failed(error) for fit in fits if fit.key not in finished}
    return Outcome(tuple(finished.get(fit.key) for fit in fits), growth=_growth() if fits else 0)


def run_refit(job: Job, fit: Fit, folder: Path) -> Path | StopRun:
    """Train a fit on all rows and write its model into the folder; the file, or what went wrong."""
    import numpy as np

    from gridloom.core.split import Split

    everything = np.arange(len(job.data.y))
    with _output_to(job.log):
        try:
            ready = prepared(job)
            splits = (Split(fit.repeat, fit.fold, everything, everything),)
            if ready.engine.refit is None:
                return StopRun(f"engine '{ready.engine.name}' keeps no models")
            return ready.engine.refit(Work(ready.recipe, ready.calls, job.data, splits, (fit,)), fit, folder)
        except Exception as error:
            traceback.print_exc()
            return StopRun(f"{type(error).__name__}: {error}")


def _check_complete(engine: str, fits: Sequence[Fit], finished: Mapping[str, FitResult]) -> None:
    if {fit.key for fit in fits} != finished.keys():
        raise StopRun(f"engine '{engine}' returned {len(finished)} results for {len(fits)} fits, or some of other fits")


@contextmanager
def _output_to(log: Path) -> Iterator[None]:
    """Send whatever the worker prints, Python or not, to a file: the terminal belongs to the reporters.

    The log is a convenience: where it cannot be written, what the worker prints is lost and the fits go on.
    """
    try:
        file = os.open(log, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o644)
    except OSError:
        file = os.open(os.devnull, os.O_WRONLY)
    kept = os.dup(1), os.dup(2)
    try:
        os.dup2(file, 1)
        os.dup2(file, 2)
        yield
    finally:
        for stream in (sys.stdout, sys.stderr):
            with suppress(OSError):
                stream.flush()
        for copy, target in zip(kept, (1, 2), strict=True):
            os.dup2(copy, target)
            os.close(copy)
        os.close(file)


def _growth() -> int:
    return _resident_bytes() - _bytes_after_first_batch()


@lru_cache(maxsize=1)
def _bytes_after_first_batch() -> int:
    return _resident_bytes()


def _resident_bytes() -> int:
    """The resident memory of this process in bytes, or 0 where the system has no /proc."""
    try:
        pages = int(Path("/proc/self/statm").read_text().split()[1])
    except OSError:
        return 0
    return pages * os.sysconf("SC_PAGE_SIZE")
