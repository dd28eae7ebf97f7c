"""Trains fits of a tiny experiment with an engine, in one worker process of its environment."""

from __future__ import annotations

import json
import os
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

from gridloom.core.budgets import Budget
from gridloom.core.data import Data
from gridloom.core.kept_model import KeptModel
from gridloom.core.split import Split
from gridloom.core.states import States
from gridloom.core.trials import Fit, FitResult
from gridloom.core.work import Work
from gridloom.experiment.experiment import Experiment
from gridloom.training.calls import Prepared, prepared
from gridloom.training.job import Job, KeepStates, job_of

if TYPE_CHECKING:
    from numpy.typing import NDArray

FAILURE = "this model was made to fail"

NO_OTHERS: Mapping[str, Experiment] = MappingProxyType({})


@dataclass(frozen=True)
class Order:
    """Batches to train one after the other, and keys of fits that are to fail."""

    batches: Sequence[Sequence[Fit]]
    failing: frozenset[str] = frozenset()


@dataclass(frozen=True)
class Answer:
    """The results of an order, batch by batch, and whether the data were left alone; or what the engine raised.

    `resumed` has the keys of the fits for which it was given a state to go on from.
    """

    results: Sequence[Sequence[tuple[Fit, FitResult]]] = ()
    kept_data: bool = True
    error: str = ""
    resumed: frozenset[str] = frozenset()


class _Watched(Work):
    """Work whose builder raises for some fits, and which notes the fits whose states it gives."""

    failing: frozenset[str] = frozenset()
    resumed: set[str]

    def load_state(self, fit: Fit) -> dict[str, NDArray[Any]] | None:
        """A state as it is kept."""
        found = super().load_state(fit)
        if found is not None:
            self.resumed.add(fit.key)
        return found

    def build(self, fit: Fit) -> Any:
        """A new model, or an error."""
        if fit.key in self.failing:
            raise ValueError(FAILURE)
        return super().build(fit)


def fits_of(experiment: Experiment, budget: Budget | None = None) -> list[Fit]:
    """The fits of the experiment's first wave."""
    return [
        Fit(candidate, repeat, fold, replica, budget or Budget())
        for candidate in experiment.first_wave()
        for repeat, fold in experiment.validation.places
        for replica in range(experiment.validation.seeds)
    ]


SHORTER = Budget(epochs=2)
"""What an engine that resumes trainings is given first."""

ANEW, SHORT, RESUMED = "trained anew", "with a smaller budget", "from the states of that"


def train(
    experiment: Experiment,
    orders: Mapping[str, Order],
    folder: Path,
    others: Mapping[str, Experiment] = NO_OTHERS,
    resumed: Experiment | None = None,
) -> dict[str, Answer]:
    """The answers to orders, all given by one worker process with the environment that the engine asks for.

    Of other experiments with the same engine, the first two fits are trained; and of the one that is resumed, three times.
    """
    from gridloom.training.executing import LOCAL
    from gridloom.training.lease import lend

    environment = experiment.engine.record.environment(experiment.engine.options)
    job = _job(experiment)
    with lend(LOCAL, 1, environment) as session:
        answers = {name: session.submit(_answer, job, order).result() for name, order in orders.items()}
        for name, other in others.items():
            answers[name] = session.submit(_answer, _job(other), Order([fits_of(other)[:2]])).result()
        if resumed is not None:
            job_anew, short = _job(resumed), Order([fits_of(resumed, SHORTER)[:2]])
            job_kept, whole = (
                replace(job_anew, kept_states=KeepStates(folder / "states", "run")),
                Order([fits_of(resumed)[:2]]),
            )
            for name, job_of_it, order in (
                (ANEW, job_anew, whole),
                (SHORT, job_kept, short),
                (RESUMED, job_kept, whole),
            ):
                answers[name] = session.submit(_answer, job_of_it, order).result()
        if experiment.engine.record.weighs:
            order = Order([fits_of(experiment)])
            answers["with weights"] = session.submit(_answer, replace(job, data=weighted(job.data)), order).result()
        answers["refit"] = session.submit(_refit, job, fits_of(experiment)[0], folder).result()
        return answers


def weighted(data: Data) -> Data:
    """The same data with weights: half of the rows, drawn by lot, count nothing."""
    import numpy as np

    order = np.random.default_rng(0).permutation(len(data.y))
    return replace(data, weights=(order % 2).astype(float))


def _job(experiment: Experiment) -> Job:
    """What all batches of an experiment have in common."""
    data = experiment.load_data()
    return replace(job_of(experiment, data, Path(os.devnull)), splits=tuple(experiment.materialise(data)))


def work_of(experiment: Experiment) -> Work:
    """All fits of an experiment's first wave, those of one candidate behind each other, to train in this process."""
    job = _job(experiment)
    ready = prepared(job)
    return Work(ready.recipe, ready.calls, job.data, job.splits, fits_of(experiment))


def _work(job: Job, fits: Sequence[Fit], failing: frozenset[str] = frozenset()) -> tuple[Prepared, _Watched]:
    """What the recipe names, and work for the engine."""
    ready = prepared(job)
    states = None if job.kept_states is None else States(job.kept_states.folder, job.kept_states.run)
    work = _Watched(ready.recipe, ready.calls, job.data, job.splits, tuple(fits), states)
    object.__setattr__(work, "failing", failing)
    object.__setattr__(work, "resumed", set())
    return ready, work


def _answer(job: Job, order: Order) -> Answer:
    results = []
    kept, resumed = True, set()
    for batch in order.batches:
        ready, work = _work(job, batch, order.failing)
        before = work.data.fingerprint
        try:
            results.append([(fit, result) for fit, result in ready.engine.train(work, **ready.engine_options)])
        except Exception as error:
            return Answer(error=f"{type(error).__name__}: {error}")
        kept = kept and replace(work.data).fingerprint == before
        resumed |= work.resumed
    return Answer(results, kept, resumed=frozenset(resumed))


def _refit(job: Job, fit: Fit, folder: Path) -> Answer:
    """Whether refit writes a file into the folder, and load has it predict; empty when the engine keeps no models."""
    import numpy as np

    ready, work = _work(job, [fit])
    if ready.engine.refit is None:
        return Answer()
    everything = np.arange(len(work.data.y))
    whole = replace(work, splits=(Split(fit.repeat, fit.fold, everything, everything),))
    try:
        kept = ready.engine.refit(whole, fit, folder)
        if not isinstance(kept, KeptModel):
            return Answer(error=f"refit returned {type(kept).__name__}, not gridloom.KeptModel")
        if not (kept.file.is_file() and kept.file.resolve().is_relative_to(folder.resolve())):
            return Answer(error=f"{kept.file} is not a file in {folder}")
        if ready.engine.load is not None:
            note = json.loads(json.dumps(dict(kept.note)))
            whole.result(fit, ready.engine.load(kept.file, note, ()).predict(whole.features(fit)))
    except Exception as error:
        return Answer(error=f"{type(error).__name__}: {error}")
    return Answer()
