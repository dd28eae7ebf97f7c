"""The experiment that a sweep is, with a data set and a model in place of its script."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from gridloom.authoring.from_wandb.placing import Place, places_of
from gridloom.authoring.from_wandb.sweep import IMPUTING, Sweep
from gridloom.authoring.new_experiment import bound
from gridloom.authoring.schema import HEADER
from gridloom.core.printable import printable
from gridloom.errors import InvalidInput, Location
from gridloom.experiment.yaml_document import write_text
from gridloom.registry.records import Scorer
from gridloom.registry.registry import Registry

METRICS = {
    **dict.fromkeys(("acc", "binary_accuracy", "categorical_accuracy", "sparse_categorical_accuracy"), "accuracy"),
    "auc": "roc_auc",
    "mae": "neg_mean_absolute_error",
    "mse": "neg_mean_squared_error",
    "rmse": "neg_root_mean_squared_error",
    "mape": "neg_mean_absolute_percentage_error",
    "log_loss": "neg_log_loss",
}
"""Names of metrics, and the scorers that they are."""

PREFIXES = ("val", "validation", "valid", "test", "eval")

ETA = 3
"""What W&B divides runs by where a sweep does not say."""


@dataclass(frozen=True)
class Wanted:
    """What a sweep does not say: the data set and the model, as selections, and what its parameters and metric are here."""

    dataset: Mapping[str, Any]
    model: Mapping[str, Any]
    places: Mapping[str, str]
    scoring: str | None
    name: str


def compose_sweep(sweep: Sweep, wanted: Wanted, registry: Registry, file: Path, source: Path) -> str:
    """The text of the experiment, to be written to `file`.

    InvalidInput for what has no counterpart, and CannotWrite when the experiment would not be valid.
    """
    places = places_of(sweep, wanted.model, wanted.places, registry)
    scoring = _scoring(sweep, wanted, registry, source)
    content = _content(sweep, wanted, places, scoring, source)
    text = "\n".join([*_comments(sweep, places, source), write_text(content)])
    bound(text, registry, file)
    return text


def _content(
    sweep: Sweep, wanted: Wanted, places: Mapping[str, Place], scoring: str | None, source: Path
) -> dict[str, Any]:
    fixed: dict[str, dict[str, Any]] = {"model": {}, "training": {}}
    space: dict[str, dict[str, Any]] = {}
    for name, (group, parameter) in places.items():
        tried = sweep.parameters[name]
        if tried.is_fixed and group in fixed:
            fixed[group][parameter] = tried.values
        else:
            space.setdefault(group, {})[parameter] = [tried.values] if tried.is_fixed else tried.values
    if not space:
        raise InvalidInput.at(
            Location(str(source)), "every parameter has a single value, so there is nothing to search"
        )
    search: dict[str, Any] = {"strategy": _strategy(sweep, source), "space": space}
    if stop := _stop(sweep, scoring, source):
        search["stop"] = stop
    content: dict[str, Any] = {"name": wanted.name, "description": sweep.description, "dataset": dict(wanted.dataset)}
    content["model"] = {**wanted.model, **fixed["model"]}
    content |= {"training": fixed["training"], "search": search, "scoring": scoring}
    return {key: value for key, value in content.items() if value}


def _strategy(sweep: Sweep, source: Path) -> Any:
    """The strategy that a method is; with early termination, successive halving in its brackets."""
    if sweep.stopping is None:
        names = {"grid": "grid", "random": "random", "bayes": "bayesian"}
        number = {} if sweep.method == "grid" else {"candidates": sweep.run_cap}
        return {"name": names[sweep.method], **number}
    if sweep.method == "bayes":
        told = (
            "'method: bayes' with 'early_terminate' has no counterpart; write 'method: random', or remove one of them"
        )
        raise InvalidInput.at(Location(str(source)), told)
    if sweep.method == "grid" and sweep.run_cap is not None:
        told = "'method: grid' with 'early_terminate' and 'run_cap' has no counterpart; remove 'run_cap'"
        raise InvalidInput.at(Location(str(source)), told)
    factor = sweep.stopping.get("eta", ETA)
    first = sweep.stopping.get("min_iter")
    if first is None:
        first = max(1, sweep.stopping["max_iter"] // factor ** sweep.stopping["s"])
    number = {} if sweep.run_cap is None else {"candidates": sweep.run_cap}
    return {"name": "halving", "epochs": first, "factor": factor, **number}


def _stop(sweep: Sweep, scoring: str | None, source: Path) -> dict[str, Any]:
    found: dict[str, Any] = {}
    if sweep.method == "grid" and sweep.run_cap is not None:
        found["trials"] = sweep.run_cap
    if (target := sweep.metric.get("target")) is not None:
        if not isinstance(target, int | float) or isinstance(target, bool):
            raise InvalidInput.at(Location(str(source)), "metric: 'target' must be a number")
        found["score"] = float(-target if (scoring or "").startswith("neg_") else target)
    return found


def _scoring(sweep: Sweep, wanted: Wanted, registry: Registry, source: Path) -> str | None:
    """The scorer that the metric is; InvalidInput where its name does not say, or it is to be made worse."""
    known = [item.record.name for item in registry.of_kind(Scorer)]
    goal = sweep.metric.get("goal", "minimize")
    if goal not in ("minimize", "maximize"):
        raise InvalidInput.at(Location(str(source)), f"metric: 'goal' must be minimize or maximize, not {goal!r}")
    if wanted.scoring is not None:
        if "target" in sweep.metric and (goal == "minimize") != wanted.scoring.startswith("neg_"):
            told = f"metric: the 'target' of {sweep.metric.get('name')} is none of {wanted.scoring}; remove it"
            raise InvalidInput.at(Location(str(source)), told)
        return wanted.scoring
    if not sweep.metric:
        return None
    name = str(sweep.metric.get("name", ""))
    plain = name.lower()
    for prefix in PREFIXES:
        plain = plain.removeprefix(f"{prefix}_").removeprefix(f"{prefix}/").removeprefix(f"{prefix}.")
    guess = METRICS.get(plain, plain if goal == "maximize" else f"neg_{plain}")
    if guess not in known:
        told = f"metric: {name!r} with 'goal: {goal}' names no scorer of Gridloom; say which one it is, such as --scoring accuracy"
        raise InvalidInput.at(Location(str(source)), told)
    if guess.startswith("neg_") != (goal == "minimize"):
        told = f"metric: 'goal: {goal}' would look for the worst {name}; write the other goal"
        raise InvalidInput.at(Location(str(source)), told)
    return guess


def _comments(sweep: Sweep, places: Mapping[str, Place], source: Path) -> Iterator[str]:
    """What stands above the experiment: where it came from, and what parameters are called here."""
    yield HEADER
    yield f"# Imported from the sweep {printable(source.name)}. Every candidate is cross-validated, see 'validation:'."
    for name, place in places.items():
        if name != place[1]:
            yield f"# {printable(name)} of the sweep is {'.'.join(place)} here."
    for key, value in sweep.elsewhere.items():
        yield f"# Not used, since the data set and the model take its place: {key}: {printable(json.dumps(value))}"
    for key in IMPUTING:
        if key in sweep.metric:
            yield f"# Not used, since a candidate that failed does not rank: metric: {key}: {printable(json.dumps(sweep.metric[key]))}"
    if sweep.stopping is not None:
        yield "# early_terminate is successive halving here, whose budgets are epochs: candidates of a rung wait for each other."
