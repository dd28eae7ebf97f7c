"""What happens inside a worker process: it lets the engine train a batch, and answers."""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from functools import lru_cache
from pathlib import Path

from gridloom.core.batches import trainings
from gridloom.core.boundary import restored
from gridloom.core.states import States
from gridloom.core.trials import Fit, FitResult, Status
from gridloom.core.work import Work
from gridloom.errors import CannotTrain, GridloomError, StopRun
from gridloom.training.calls import Prepared, import_engine, prepared
from gridloom.training.intervals import Listening, intervals_of
from gridloom.training.job import Job, Outcome
from gridloom.training.keeping import keep_model_of
from gridloom.training.time_limit import limited
from gridloom.training.worker_log import output_to

MAX_SECONDS = 10.0
"""After so long a worker hands in what it has finished of a batch, to be journaled."""


def run_batch(job: Job, fits: Sequence[Fit]) -> Outcome:
    """Train one batch, or what can be trained of it in a while, so that no more than that is ever lost.

    Errors of single fits are among the results, whatever is raised; a GridloomError of the engine stops the run.
    """
    return _answered(job, prepared, fits)


def run_held_out(job: Job, fit: Fit) -> Outcome:
    """Train a fit of the job's only split as any other, and find the intervals of its scores as well."""
    heard: dict[str, Listening] = {}

    def listening(job: Job) -> Prepared:
        ready = prepared(job)
        heard.update({name: Listening(name, score) for name, score in ready.calls.scorers.items()})
        return replace(ready, calls=replace(ready.calls, scorers=heard))

    outcome = _answered(job, listening, (fit,))
    if any(result is None or result.status is not Status.COMPLETE for result in outcome.results):
        return outcome
    with output_to(job.log):
        return replace(outcome, intervals=intervals_of(job, heard))


def _answered(job: Job, prepare: Callable[[Job], Prepared], fits: Sequence[Fit]) -> Outcome:
    with output_to(job.log):
        try:
            ready = prepare(job)
            import_engine(ready, job)
            with restored():
                return _trained(ready, job, fits)
        except GridloomError as error:
            return Outcome(stop=CannotTrain(str(error)) if isinstance(error, CannotTrain) else StopRun(str(error)))
        except BaseException as error:
            return Outcome(tuple(FitResult.failed(error) for _ in fits))


def _trained(ready: Prepared, job: Job, fits: Sequence[Fit]) -> Outcome:
    finished: dict[str, FitResult] = {}

    def train(some: Sequence[Fit]) -> Iterator[tuple[Fit, FitResult]]:
        states = None if job.kept_states is None else States(job.kept_states.folder, job.kept_states.run)
        work = Work(ready.recipe, ready.calls, job.data, job.splits, tuple(some), states)
        for fit, result in ready.engine.train(work, **ready.engine_options):
            if job.models is not None and result.status is Status.COMPLETE:
                keep_model_of(job.models, job, work, fit, result)
            yield fit, _as_it_travels(result, job)

    ends = time.monotonic() + MAX_SECONDS
    with limited(job.time_limit) as go_on:
        for fit, result in each_result(train, fits):
            finished[fit.key] = result
            if time.monotonic() > ends and not (ready.engine.continues and _goes_on(fits, finished)):
                break
            go_on()
        else:
            _check_complete(ready.engine.name, fits, finished)
    notes = tuple(map(str, ready.engine.notes())) if fits else ()
    return Outcome(tuple(finished.get(fit.key) for fit in fits), growth=_growth() if fits else 0, notes=notes)


def _goes_on(fits: Sequence[Fit], finished: Mapping[str, FitResult]) -> bool:
    """Whether there are results of some fits of a training, and not of others."""
    return any(0 < sum(fit.key in finished for fit in some) < len(some) for some in trainings(fits))


Train = Callable[[Sequence[Fit]], Iterable[tuple[Fit, FitResult]]]


def each_result(train: Train, fits: Sequence[Fit]) -> Iterator[tuple[Fit, FitResult]]:
    """Fits with their results, as an engine yields them; those of a fit that ends the engine's work fail, and no others.

    When the engine raises, what it has not yielded is trained again by halves, until the fit is alone that it raises for.
    """
    left = {fit.key: fit for fit in fits}
    results = iter(train(fits))
    while True:
        try:
            fit, result = next(results)
            left.pop(fit.key, None)
        except StopIteration:
            return
        except GridloomError:
            raise
        except BaseException as error:
            rest = list(left.values())
            if len(rest) == 1:
                yield rest[0], FitResult.failed(error)
            elif rest:
                middle = len(rest) // 2
                yield from each_result(train, rest[:middle])
                yield from each_result(train, rest[middle:])
            return
        yield fit, result


def _as_it_travels(result: FitResult, job: Job) -> FitResult:
    """The result in plain numbers and text, which can be pickled whatever the engine has put there."""
    import numpy as np

    keeps = job.keeps_predictions and result.predicted is not None
    return FitResult(
        {str(name): score for name, score in result.scores.items()},
        {str(name): values for name, values in result.history.items()},
        result.fit_seconds,
        result.score_seconds,
        np.array(result.predicted, np.float32) if keeps else None,
        result.error,
        result.traceback,
        result.parameters,
        labels=np.array(result.labels, np.int64) if keeps and result.labels is not None else None,
    )


def _check_complete(engine: str, fits: Sequence[Fit], finished: Mapping[str, FitResult]) -> None:
    if {fit.key for fit in fits} != finished.keys():
        raise StopRun(
            f"engine '{engine}' returned {len(finished)} results for {len(fits)} fits, or results of other fits"
        )


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
