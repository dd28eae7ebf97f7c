"""When a hyperparameter is there: what its scopes say, and what calls of the hypermodel have shown."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from gridloom.authoring.from_keras_tuner.exploring import Explored
from gridloom.authoring.from_keras_tuner.hyperparameters import Asked
from gridloom.errors import InvalidInput, Location

Conditions = Mapping[str, tuple[Any, ...]]
"""The values that other hyperparameters have where one is there, by name."""


def conditions_of(explored: Explored) -> dict[str, Conditions]:
    """The conditions of every hyperparameter, none for those that are always there.

    Those that the code makes (`if`, `for`) are only followed as far as all calls agree; a hyperparameter that is there but
    not asked for makes no difference.
    """
    said = {name: _said(name, found) for name, found in explored.asked.items()}
    _check_values(explored, said)
    seen = {name: _seen(name, explored) for name in explored.asked}
    both = {name: _both(said[name], seen[name]) for name in explored.asked}
    return {name: _needed(both[name], both) for name in both}


def _said(name: str, found: Iterable[Asked]) -> Conditions:
    """What the scopes of a hyperparameter say, which may be several."""
    ways = [_both(*({parent: values} for parent, values in one.conditions)) for one in found]
    merged = ways[0]
    for way in ways[1:]:
        differing = [parent for parent in {**merged, **way} if merged.get(parent) != way.get(parent)]
        if len(differing) > 1 or merged.keys() != way.keys():
            if not merged or not way:
                merged = {}
                continue
            told = "it is asked for in scopes that one condition cannot describe; give it a name of its own in each"
            raise InvalidInput.at(Location(f"hp: {name!r}"), told)
        merged = {
            parent: tuple(dict.fromkeys([*values, *way[parent]])) if parent in differing else values
            for parent, values in merged.items()
        }
    return merged


def _both(*conditions: Conditions) -> Conditions:
    """What holds where all of these do."""
    found: dict[str, tuple[Any, ...]] = {}
    for one in conditions:
        for parent, values in one.items():
            found[parent] = tuple(value for value in found.get(parent, values) if value in values)
    return found


def _check_values(explored: Explored, said: Mapping[str, Conditions]) -> None:
    """InvalidInput for a scope that is never open."""
    for conditions in said.values():
        for parent, values in conditions.items():
            try:
                known = list(explored.domain(parent).values())
            except ValueError:
                known = []
            if wrong := [value for value in values if value not in known]:
                told = f"{wrong[0]!r} is never its value: {explored.domain(parent)}"
                if not known:
                    told = f"a continuous '{parent}' hardly ever equals {wrong[0]!r}; give it a step"
                raise InvalidInput.at(Location(f"hp.conditional_scope({parent!r})"), told)


def _seen(name: str, explored: Explored) -> Conditions:
    """What calls show: of those asked for before, the ones with values for which it is not asked for."""
    found: dict[str, tuple[Any, ...]] = {}
    earlier = [*explored.asked][: [*explored.asked].index(name)]  # what comes later cannot be the reason
    for parent, tried in explored.sweeps.get(name, {}).items():
        if parent not in earlier:
            continue
        lost = [value for value, call in tried if call.returned and name not in call.values]
        kept = tuple(value for value, call in tried if value not in lost)
        if lost and kept:
            found[parent] = kept
    for call in explored.calls:
        if name in call.values and not _hold(found, call.values):
            return {}
    return found


def _hold(conditions: Conditions, values: Mapping[str, Any]) -> bool:
    return all(parent in values and values[parent] in among for parent, among in conditions.items())


def _needed(conditions: Conditions, every: Mapping[str, Conditions]) -> Conditions:
    """The conditions without those that others of them imply."""
    implied = {
        parent
        for parent, values in conditions.items()
        for other in conditions
        if other != parent and parent in every[other] and {*map(repr, every[other][parent])} <= {*map(repr, values)}
    }
    return {parent: values for parent, values in conditions.items() if parent not in implied}
