"""Looks up in a worker what a recipe names: the engine, and the functions that its work calls."""

from __future__ import annotations

import pickle
from collections import deque
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass
from functools import lru_cache, partial
from pathlib import Path
from typing import Any

from gridloom.core.calls import Call, CallbackCall, Calls, StepCalls
from gridloom.core.following import MONITOR
from gridloom.core.preparing import Step
from gridloom.core.recipe import Recipe, RecipeStep, Selected
from gridloom.core.work import Work
from gridloom.errors import StopRun
from gridloom.registry.in_memory import InMemory
from gridloom.registry.options import Options
from gridloom.registry.records import Callback, Engine, Family, ModelBuilder, Scorer, Transform
from gridloom.registry.registry import Registry, T, load_registry
from gridloom.training.job import Job


@dataclass(frozen=True)
class Prepared:
    """A recipe with the plugins' functions that it names."""

    recipe: Recipe
    calls: Calls
    engine: Engine

    @property
    def engine_options(self) -> Mapping[str, Any]:
        """What the experiment gives the engine."""
        return self.recipe.engine.options


def prepared(job: Job) -> Prepared:
    """A job's recipe with all that it names; the same for all batches of a run.

    Raises StopRun when a plugin is not in the state that the run began with.
    """
    return _prepared(job.recipe, job.plugins, job.without, tuple(sorted(job.states.items())))


@lru_cache(maxsize=4)
def _prepared(
    pickled: bytes, plugins: tuple[str | InMemory, ...], without: tuple[str, ...], states: tuple[tuple[str, str], ...]
) -> Prepared:
    registry = load_registry(plugins, without)
    here = {info.name: info.state for info in registry.plugins}
    for name, state in states:
        if name not in here:
            raise StopRun(
                f"the plugin '{name}', which the run needs as {state}, is missing here: install it, then resume the run"
            )
        if here[name] != state:
            raise StopRun(f"the plugin '{name}' was changed during the run: it is {here[name]}, not {state}")
    recipe: Recipe = pickle.loads(pickled)
    engine = _found(registry, Engine, recipe.engine)
    return Prepared(recipe, calls_of(recipe, registry), engine)


def import_engine(ready: Prepared, job: Job) -> None:
    """Let an engine import what it needs, by training nothing: what that changes in the process is to stay.

    What is wrong with it, its first fits will tell.
    """
    if ready.recipe.engine.full_name not in _imported:
        _imported.add(ready.recipe.engine.full_name)
        with suppress(BaseException):
            work = Work(ready.recipe, ready.calls, job.data, job.splits, ())
            deque(ready.engine.train(work, **ready.engine_options), maxlen=0)


_imported: set[str] = set()
"""The engines that this worker has imported."""


def calls_of(recipe: Recipe, registry: Registry) -> Calls:
    """The functions that a recipe names, among these plugins."""
    engine, model = _found(registry, Engine, recipe.engine), _found(registry, ModelBuilder, recipe.model)
    families = {group: (item, _found(registry, Family, item)) for group, item in recipe.families.items()}
    scorers = {name: (item, _found(registry, Scorer, item)) for name, item in recipe.scorers.items()}
    settings = engine.training_options
    return Calls(
        model=_call(recipe.model, model.model_for, model.options, recipe.folder),
        families={
            group: _call(item, family.apply, family.options, recipe.folder)
            for group, (item, family) in families.items()
        },
        training=None
        if settings is None
        else Call("training", settings.function, recipe.training, _converter(settings, recipe.folder)),
        scorers={name: partial(scorer.measure, **item.options) for name, (item, scorer) in scorers.items()},
        callback=lru_cache(maxsize=None)(partial(_callback, registry, recipe.folder)),
        preprocess=[_step(step, registry, recipe.folder) for step in recipe.preprocess],
    )


def _callback(registry: Registry, folder: Path | None, name: str) -> CallbackCall:
    """A callback by its name; UnknownName where no plugin provides it."""
    found = registry.find(Callback, name)
    call = _call(Selected(found.plugin.name, found.record.name, {}), found.record.make, found.record.options, folder)
    monitor = found.record.options.known.get(MONITOR)
    return CallbackCall(call, found.record.is_bound_to_total, found.record.keras, monitor.default if monitor else None)


def _step(step: RecipeStep, registry: Registry, folder: Path | None) -> StepCalls:
    ways = {}
    for name, item in step.ways.items():
        record = _found(registry, Transform, item)
        fill = partial(
            Step,
            step.name,
            takes=record.takes,
            gives=record.gives,
            column_by_column=record.column_by_column,
            columns=step.columns,
        )
        ways[name] = (_call(item, record.transformer_for, record.options, folder), fill)
    return StepCalls(step.name, ways)


def _found(registry: Registry, kind: type[T], item: Selected) -> T:
    return registry.find(kind, item.full_name).record


def _call(item: Selected, function: Callable[..., Any], options: Options, folder: Path | None) -> Call:
    return Call(item.full_name, function, item.options, _converter(options, folder))


def _converter(options: Options, folder: Path | None) -> Callable[[Mapping[str, Any]], dict[str, Any]]:
    return partial(options.converted, folder=folder)
