"""Where an experiment has a parameter of a sweep: as an option of the model, a training setting, or in a family."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from gridloom.authoring.from_wandb.sweep import Sweep
from gridloom.errors import InvalidInput, Location, Problem, nearest
from gridloom.registry.records import NETWORK, Family, ModelBuilder
from gridloom.registry.registry import Registry

Place = tuple[str, str]
"""A group of the space, and the name of a parameter there."""


def places_of(
    sweep: Sweep, model: Mapping[str, Any], chosen: Mapping[str, str], registry: Registry
) -> dict[str, Place]:
    """The place of each parameter of a sweep. `chosen` has those that the user names, as `group.parameter`.

    InvalidInput with every parameter that has no place, or the place of another one.
    """
    groups = groups_of(model, registry)
    problems = [
        Problem(Location("--map"), f"the sweep has no parameter {name!r}; {nearest(name, sweep.parameters)}")
        for name in chosen
        if name not in sweep.parameters
    ]
    found: dict[str, Place] = {}
    for name in sweep.parameters:
        try:
            place = _chosen(chosen[name], groups) if name in chosen else _guessed(name, model["name"], groups)
        except ValueError as error:
            problems.append(Problem(Location("--map") if name in chosen else sweep.places[name], f"{name}: {error}"))
            continue
        if place in found.values():
            told = f"{name}: another parameter is already {'.'.join(place)}; place one of them with --map"
            problems.append(Problem(sweep.places[name], told))
        found[name] = place
    if problems:
        raise InvalidInput(problems)
    return found


def groups_of(model: Mapping[str, Any], registry: Registry) -> dict[str, list[str]]:
    """The parameters of each group that an experiment with this model may search."""
    record = registry.find(ModelBuilder, model["name"]).record
    groups = {"model": [*record.options.known]}
    engine = next(iter(registry.engines_for(record.makes)), None)
    if engine and engine.record.training_options:
        groups["training"] = [*engine.record.training_options.known]
    if record.makes == NETWORK:
        groups |= {item.record.name: [*item.record.options.known] for item in registry.of_kind(Family)}
    return groups


def _chosen(text: str, groups: Mapping[str, list[str]]) -> Place:
    group, _, name = text.partition(".")
    if group not in groups:
        raise ValueError(f"unknown group {group!r}; {nearest(group, groups)}")
    if name not in groups[group]:
        raise ValueError(f"'{group}' has no parameter {name!r}; {nearest(name, groups[group])}")
    return group, name


def _guessed(name: str, model: str, groups: Mapping[str, list[str]]) -> Place:
    """The place of the same name: the model's, else that of training, else in the one family that has it."""
    leaf = name.rpartition(".")[2]
    having = [group for group, known in groups.items() if leaf in known]
    for group in ("model", "training"):
        if group in having:
            return group, leaf
    if len(having) == 1:
        return having[0], leaf
    if having:
        raise ValueError(
            f"several families have it: {', '.join(having)}; choose one with --map {name}={having[0]}.{leaf}"
        )
    example = "training.learning_rate" if "training" in groups else f"model.{next(iter(groups['model']), 'option')}"
    raise ValueError(
        f"neither the model '{model}' nor its training nor a family has a parameter of this name; say which one it is, "
        f"such as --map {name}={example}, or remove it"
    )
