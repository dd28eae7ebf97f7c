"""What travels between a run and its workers: the job that all batches share, and the outcome of each."""

from __future__ import annotations

import pickle
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from gridloom.core.data import Data
from gridloom.core.narrowing import narrowed
from gridloom.core.recipe import Recipe
from gridloom.core.split import Split
from gridloom.core.trials import FitResult
from gridloom.errors import InvalidInput, Problem, StopRun
from gridloom.experiment.experiment import Experiment
from gridloom.registry.in_memory import InMemory, can_be_named


@dataclass(frozen=True)
class KeepModels:
    """Where the models of fits are written, and what all their cards have in common, as plain data."""

    folder: Path
    card: Mapping[str, Any]


@dataclass(frozen=True)
class KeepStates:
    """Where the states of trainings are written, and a text that is equal for runs of the same experiment with the same data."""

    folder: Path
    run: str


@dataclass(frozen=True)
class Job:
    """What all batches of a run have in common, ready to travel to a worker.

    `recipe` is a pickled `Recipe`: its options may hold objects of plugins, which a worker loads first. `plugins` and
    `without` are what to load them with; `states` is in which state each plugin has to be that scores depend on.
    `keeps_predictions` says whether results come back with what the models predict, `models` where these are written, if they
    are kept, and `kept_states` where the states of trainings are, if the engine resumes them.
    """

    recipe: bytes
    plugins: tuple[str | InMemory, ...]
    without: tuple[str, ...]
    states: Mapping[str, str]
    data: Data
    splits: tuple[Split, ...]
    log: Path
    keeps_predictions: bool = True
    models: KeepModels | None = None
    kept_states: KeepStates | None = None
    time_limit: float | None = None
    """How many seconds a fit may take; None for as long as it does."""
    packages: Mapping[str, str] = field(default_factory=dict)
    """The versions that scores depend on; a worker on another machine has to have the same."""
    plugin_files: Mapping[str, bytes] = field(default_factory=dict)
    """What is in those of the plugins that are files, for workers on other machines."""


def job_of(experiment: Experiment, data: Data, log: Path, packages: Mapping[str, str] | None = None) -> Job:
    """The job of an experiment on these data, without splits as yet; StopRun when its recipe cannot travel.

    `packages` are the versions that workers on other machines have to have.

    Engines that compute with float32 get the features in that type, unless they are preprocessed first.
    """
    narrows = experiment.engine.record.narrows and not experiment.preprocess
    return Job(
        recipe=_pickled(experiment, experiment.recipe(experiment.scorers_for(data))),
        plugins=experiment.source.plugins,
        without=experiment.source.without,
        states=experiment.used_plugins,
        data=narrowed(data) if narrows else data,
        splits=(),
        log=log,
        time_limit=experiment.time_limit,
        packages=packages or {},
        plugin_files={
            name: Path(name).read_bytes() for name in can_be_named(experiment.source.plugins) if name.endswith(".py")
        },
    )


def _pickled(experiment: Experiment, recipe: Recipe) -> bytes:
    """The recipe as it travels; InvalidInput with every option that cannot."""
    try:
        return pickle.dumps(recipe)
    except Exception as error:
        problems = [*_unpicklable(experiment)]
        if not problems:
            raise StopRun(f"what workers need cannot be sent to them: {error}") from error
        raise InvalidInput(problems) from None


def _unpicklable(experiment: Experiment) -> Iterator[Problem]:
    for item in (experiment.model, experiment.engine, *experiment.all_scorers):
        for name, value in item.options.items():
            try:
                pickle.dumps(value)
            except Exception as error:
                message = f"the option '{name}' of '{item.name}' has a value that cannot be sent to workers: {error}"
                yield Problem(item.location, message)


@dataclass(frozen=True)
class Outcome:
    """A worker's answer for a batch: results in the order of its fits, or why the run must stop; and its memory.

    A result is None for a fit that is yet to be trained, since the batch took long.
    """

    results: tuple[FitResult | None, ...] = ()
    stop: StopRun | None = None
    growth: int = 0
    """Resident bytes that the worker has gained since its first batch; 0 where the system does not tell."""
    notes: tuple[str, ...] = ()
    """What the engine says of how the worker trains."""
    intervals: Mapping[str, tuple[float, float]] = field(default_factory=dict)
    """Of a fit that is scored on rows held out: the intervals of its scores, by name."""
