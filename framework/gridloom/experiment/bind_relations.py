"""Checks what the parameters of a space say of each other: conditions (`when:`) and what is required between them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from gridloom.core.calls import CALLBACKS, PREPROCESS
from gridloom.core.candidate import canonical_json
from gridloom.core.domains import Choices, When, bare
from gridloom.core.relations import KINDS, NUMERIC, Relation
from gridloom.core.subspace import Axis, Domains, axes_of
from gridloom.errors import nearest
from gridloom.experiment.bound import Bound
from gridloom.experiment.problems import Binder, KeyPath
from gridloom.registry.option_errors import shorten
from gridloom.registry.records import Family


def check_conditions(
    binder: Binder, path: KeyPath, subspaces: Sequence[Domains], families: Mapping[str, Bound[Family]]
) -> None:
    """Note conditions that can never be met, and names that would mean two parameters in one column of a table."""
    every = {axis.name: axis.group for domains in subspaces for axis in axes_of(domains)}
    for here, domains in each_subspace(path, subspaces):
        axes = axes_of(domains)
        by_name = {axis.flat: axis for axis in axes}
        varies = len(subspaces) > 1 or any(isinstance(axis.domain, When) for axis in axes)
        for axis in axes:
            place = place_of(here, axis)
            if varies and (every[axis.name] != axis.group or axis.flat != axis.name):
                told = (
                    f"'{axis.name}' is searched in two groups, and not every candidate has both: tables could not "
                    "tell them apart"
                )
                binder.report(place, told, at_key=True)
            if isinstance(axis.domain, When):
                _check_condition(binder, place, axis.domain, by_name)
                _check_required(binder, place, axis, axes, families.get(axis.group))


def _check_condition(binder: Binder, place: KeyPath, domain: When, by_name: Mapping[str, Axis]) -> None:
    for name, values in domain.when.items():
        here = (*place, "when", name)
        if name not in by_name:
            binder.report(
                here, f"no parameter {name!r} is searched beside this one; {nearest(name, by_name)}", at_key=True
            )
            continue
        for value in values:
            try:
                by_name[name].domain.share_of(value)
            except ValueError as error:
                binder.report(here, f"this is never the case: {error}")


def _check_required(
    binder: Binder, place: KeyPath, axis: Axis, axes: Sequence[Axis], family: Bound[Family] | None
) -> None:
    """Note a parameter that its family needs, and which would be absent where others of the family are there."""
    if family is None or not family.record.options.known[axis.name].is_required:
        return
    others = [other.domain for other in axes if other.group == axis.group]
    conditions = {canonical_json(other.when) if isinstance(other, When) else "" for other in others}
    if len(conditions) > 1:
        told = f"the family '{family.name}' needs '{axis.name}' wherever it edits a network"
        binder.report(place, f"{told}; give its other parameters the same condition")


def bind_requirements(binder: Binder, given: Any, subspaces: Sequence[Domains]) -> list[Relation]:
    """The relations of `require:`; what is wrong with them is noted."""
    path: KeyPath = ("search", "require")
    domains: dict[str, list[Any]] = {}
    for axis in (axis for part in subspaces for axis in axes_of(part)):
        domains.setdefault(axis.flat, []).append(bare(axis.domain))
    found = []
    for index, item in enumerate(given or ()):
        here = (*path, index)
        if not isinstance(item, dict) or len(item) != 1:
            told = f"write a relation and the parameters that it is between, such as {{less: [min_lr, max_lr]}}; known: {', '.join(KINDS)}"
            binder.report(here, told)
            continue
        ((kind, names),) = item.items()
        if kind not in KINDS:
            binder.report((*here, kind), f"unknown relation {kind!r}; {nearest(kind, KINDS)}", at_key=True)
        elif not isinstance(names, list) or not all(isinstance(name, str) for name in names):
            binder.report((*here, kind), "write a list of the names of parameters")
        elif relation := _relation(binder, (*here, kind), kind, names, domains):
            found.append(relation)
    return found


def _relation(
    binder: Binder, path: KeyPath, kind: Any, names: Sequence[str], domains: Mapping[str, Sequence[Any]]
) -> Relation | None:
    before = len(binder.problems)
    for index, name in enumerate(names):
        if name not in domains:
            binder.report((*path, index), f"no parameter {name!r} is searched; {nearest(name, domains)}")
        elif kind in NUMERIC and (wrong := [value for item in domains[name] for value in _no_numbers(item)]):
            binder.report((*path, index), f"'{name}' may be {shorten(wrong[0])}, which is no number to compare")
    try:
        relation = Relation(kind, tuple(names))
    except ValueError as error:
        binder.report(path, str(error))
    return relation if len(binder.problems) == before else None


def _no_numbers(domain: Any) -> list[Any]:
    values = domain.values() if isinstance(domain, Choices) else ()
    return [value for value in values if isinstance(value, bool) or not isinstance(value, int | float)]


def each_subspace(path: KeyPath, subspaces: Sequence[Domains]) -> Iterator[tuple[KeyPath, Domains]]:
    """The mappings of a space, each with where it stands."""
    for index, domains in enumerate(subspaces):
        yield (*path, index) if len(subspaces) > 1 else path, domains


def place_of(path: KeyPath, axis: Axis) -> KeyPath:
    """Where a parameter stands below the mapping of its space."""
    nested = axis.group in (CALLBACKS, PREPROCESS) and "." in axis.name
    return (*path, axis.group, *(axis.name.rsplit(".", 1) if nested else [axis.name]))
