"""Reads a sweep file: what it searches and how. Every key is taken, or reported with its place."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from gridloom.authoring.from_wandb.distributions import Tried, tried
from gridloom.errors import InvalidInput, Location, Problem, nearest
from gridloom.experiment.yaml_document import Node, read_file

METHODS = ("grid", "random", "bayes")

ELSEWHERE = ("program", "command", "project", "entity", "job", "image_uri", "controller", "apiVersion", "kind")
"""Keys that say where W&B trains, and with which script; the experiment has them as comments."""

NO_COUNTERPART = {
    "metrics": "several metrics are several scores here: write the first one as 'metric', and the others under 'scoring:' of the experiment",
    "scheduler": "a scheduler is code of its own; write 'method: random' or 'method: bayes', or choose a strategy in the experiment",
}
"""Keys of W&B that an experiment cannot follow, with the way out."""

KEYS = ("method", "parameters", "metric", "run_cap", "early_terminate", "name", "description", *ELSEWHERE)

IMPUTING = ("impute", "impute_while_running")
"""Keys of a metric that say what a run counts that has failed or has not ended; here it does not rank."""

STOPPING = ("type", "min_iter", "max_iter", "s", "eta", "strict")


@dataclass(frozen=True)
class Sweep:
    """A sweep: what is tried for each parameter by its dotted name, and how."""

    method: str
    parameters: Mapping[str, Tried]
    places: Mapping[str, Location]
    metric: Mapping[str, Any] = field(default_factory=dict)
    run_cap: int | None = None
    stopping: Mapping[str, Any] | None = None
    name: str | None = None
    description: str = ""
    elsewhere: Mapping[str, Any] = field(default_factory=dict)


def read_sweep(path: Path) -> Sweep:
    """The sweep in a file; InvalidInput with everything in it that has no counterpart."""
    node = read_file(path)
    if not isinstance(node.value, dict) or not {"method", "parameters"} <= node.value.keys():
        raise InvalidInput.at(
            Location(str(path)), "this is no sweep of Weights & Biases, which has the keys 'method' and 'parameters'"
        )
    problems: list[Problem] = []
    plain = node.plain()
    for key in plain:
        if key not in KEYS:
            told = NO_COUNTERPART.get(key, f"unknown key {key!r}; {nearest(key, KEYS)}")
            problems.append(Problem(node.locate((key,), at_key=True), told))
    found: dict[str, Tried] = {}
    places: dict[str, Location] = {}
    for name, where, values in _parameters(node, ("parameters",), plain["parameters"], problems):
        try:
            found[name], places[name] = tried(values), where
        except ValueError as error:
            problems.append(Problem(where, f"{name}: {error}"))
    problems += _of_method(node, plain)
    metric = plain.get("metric") or {}
    problems += _unknown(node, "metric", metric, ("name", "goal", "target", *IMPUTING))
    stopping = plain.get("early_terminate")
    problems += _of_stopping(node, stopping)
    if problems:
        raise InvalidInput(problems)
    return Sweep(
        plain["method"],
        found,
        places,
        metric,
        plain.get("run_cap"),
        stopping,
        plain.get("name"),
        plain.get("description") or "",
        {key: plain[key] for key in ELSEWHERE if key in plain},
    )


def _parameters(
    node: Node, path: tuple[str, ...], given: Any, problems: list[Problem], prefix: str = ""
) -> Iterator[tuple[str, Location, Mapping[str, Any]]]:
    """Each parameter with its dotted name, its place, and what is said of it; those of `parameters:` inside others, too."""
    if not isinstance(given, dict) or not given:
        problems.append(Problem(node.locate(path), "write a mapping of parameters"))
        return
    for name, values in given.items():
        here, full = (*path, name), f"{prefix}{name}"
        if not isinstance(values, dict):
            told = f"{full}: write a mapping such as {{values: [1, 2]}}, {{value: 1}} or {{min: 0.0, max: 1.0}}"
            problems.append(Problem(node.locate(here), told))
        elif "parameters" in values:
            if len(values) > 1:
                problems.append(Problem(node.locate(here), f"{full}: write nothing beside 'parameters'"))
            yield from _parameters(node, (*here, "parameters"), values["parameters"], problems, f"{full}.")
        elif values and all(isinstance(value, dict) for value in values.values()):
            told = f"{full}: write parameters inside of another one under 'parameters:'"
            problems.append(Problem(node.locate(here), told))
        else:
            yield full, node.locate(here, at_key=True), values


def _of_method(node: Node, plain: Mapping[str, Any]) -> Iterator[Problem]:
    method, cap = plain["method"], plain.get("run_cap")
    if method not in METHODS:
        told = f"unknown method {method!r}; known: {', '.join(METHODS)}"
        yield Problem(node.locate(("method",)), told)
    if cap is not None and (not isinstance(cap, int) or isinstance(cap, bool) or cap < 1):
        yield Problem(node.locate(("run_cap",)), "write a whole number, at least 1")
    if cap is None and method in ("random", "bayes"):
        told = f"'method: {method}' tries candidates without an end; write how many, such as 'run_cap: 50'"
        yield Problem(node.locate(("method",)), told)


def _of_stopping(node: Node, stopping: Any) -> Iterator[Problem]:
    if stopping is None:
        return
    yield from _unknown(node, "early_terminate", stopping, STOPPING)
    if isinstance(stopping, dict):
        if stopping.get("type") != "hyperband":
            yield Problem(node.locate(("early_terminate",)), "'type' must be hyperband")
        if not ("min_iter" in stopping or {"max_iter", "s"} <= stopping.keys()):
            yield Problem(node.locate(("early_terminate",)), "write 'min_iter', or 'max_iter' and 's'")
        for key in ("min_iter", "max_iter", "s", "eta"):
            number = stopping.get(key, 1)
            if not isinstance(number, int) or isinstance(number, bool) or number < 1:
                yield Problem(node.locate(("early_terminate", key)), "write a whole number, at least 1")


def _unknown(node: Node, key: str, given: Any, known: tuple[str, ...]) -> Iterator[Problem]:
    if not isinstance(given, dict):
        yield Problem(node.locate((key,)), f"write a mapping of {', '.join(known)}")
        return
    for name in given:
        if name not in known:
            told = f"unknown key {name!r}; {nearest(name, known)}"
            yield Problem(node.locate((key, name), at_key=True), told)
