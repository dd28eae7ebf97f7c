"""Candidates of a scikit-learn search, trained on its splits by the engine `fused` in a run of its own."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np

from gridloom.authoring.from_python.call import Call, experiment_of
from gridloom.authoring.from_python.code_parts import behind
from gridloom.authoring.from_python.given_data import with_parameters
from gridloom.core.boundary import contained
from gridloom.core.candidate import Candidate
from gridloom.core.trials import FitResult, Trial
from gridloom.errors import GridloomError, Interrupted
from gridloom.registry.records import ModelBuilder
from gridloom.results.result import Result
from gridloom.runs.runner import run_experiment
from gridloom.sklearn.given_splits import Pairs, with_splits
from gridloom.sklearn.labels import Labelled, key_of, labelled, space_of
from gridloom.sklearn.plans import Plan
from gridloom.sklearn.reasons import NotFused

ENGINE = "fused"


@dataclass(frozen=True)
class Given:
    """What all candidates share: targets (class numbers for classes), weights of rows, scores, workers, a seed."""

    y: Any
    task: str
    sample_weight: Any
    scoring: Sequence[str] | None
    rank_by: str | None
    n_jobs: int
    seed: int

    def at(self, rows: Any) -> Given:
        """The same for these rows."""
        weight = self.sample_weight
        return replace(self, y=self.y[rows], sample_weight=None if weight is None else np.asarray(weight)[rows])


@dataclass(frozen=True)
class Trained:
    """A run; the candidate in it of each of the parameters; and the results of each on the splits, in order."""

    result: Result
    candidates: Sequence[Candidate]
    results: Sequence[Sequence[FitResult]]


def trained(
    plans: Sequence[tuple[Mapping[str, Any], Plan]], X: Any, pairs: Pairs, given: Given, folder: Path, *, refit: bool
) -> Trained:
    """The run of these parameters with their plans, which have one `run_key`; `X` has the features, and all rows that the splits number.

    NotFused where the engine cannot train a network as it is.
    """
    items = labelled(plans)
    try:
        result = run_of(items, X, pairs, given, folder, engine=ENGINE, refit=refit)
    except GridloomError as error:
        raise NotFused(str(error)) from error
    if not result.ranked and result.failed:
        raise NotFused(str(result.failed[0].failures[0][1].error))
    known = {trial.candidate: trial for trial in result.trials}
    candidates = [item.candidate for item in items]
    return Trained(result, candidates, [[*_results(known[item])] for item in candidates])


def run_of(
    items: Sequence[Labelled],
    X: Any,
    pairs: Pairs,
    given: Given,
    folder: Path,
    *,
    engine: str | None,
    refit: bool = False,
    keep_models: bool = False,
) -> Result:
    """The run of these candidates, a GridloomError where there can be none; Ctrl-C is a KeyboardInterrupt."""
    try:
        with contained("an estimator"):
            plan = items[0].plan
            experiment = _experiment(items, X, given, plan.shared, engine=engine, refit=refit)
            splits = with_splits(experiment, pairs, plan.last_share)
            return run_experiment(splits, n_jobs=given.n_jobs, out=folder, reporters=[], keep_models=keep_models)
    except Interrupted as error:
        raise KeyboardInterrupt from error


def _results(trial: Trial) -> Iterator[FitResult]:
    for result in trial.results:
        if result is None or (result.error is None and result.predicted is None):
            raise NotFused("the predictions of so many rows are not kept")
        yield result


def _experiment(
    items: Sequence[Labelled], X: Any, given: Given, shared: Mapping[str, Any], *, engine: str | None, refit: bool
) -> Any:
    builder = ModelBuilder("network", "The network of an estimator.", _builder(items), "network")
    keys = {
        "name": "search",
        "engine": engine,
        "training": dict(shared) or None,
        "seed": given.seed,
        "scoring": given.scoring,
        "rank_by": given.rank_by,
        "refit": refit,
        "reporters": [],
    }
    call = Call(builder, X, given.y, given.task, {"weights": given.sample_weight}, keys, {"space": space_of(items)}, {})
    return experiment_of(call)


def _builder(items: Sequence[Labelled]) -> Callable[..., Any]:
    """A function with the parameters of all plans, which makes the network of the plan with these values."""
    plans = {item.key: item.plan for item in items}
    names = dict.fromkeys(name for item in items for name in item.model)

    def build(task: Any, **given: Any) -> Any:
        return plans[key_of({name: value for name, value in given.items() if value is not None})].build(task)

    module, *others = {str(behind(item.plan.function).__module__) for item in items}
    if others:
        raise NotFused("candidates have functions of several modules")
    build.__module__ = module  # its functions travel as they are now
    return with_parameters(build, [*names], first=["task"])
