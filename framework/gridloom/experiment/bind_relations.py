"""Checks what the parameters of a space say of each other: conditions (`when:`) and what is required between them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from gridloom.core.calls import CALLBACKS, PREPROCESS
from gridloom.core.candidate import are_equal, canonical_json
from gridloom.core.domains import Choices, Range, When, bare, own_value
from gridloom.core.relations import KINDS, NUMERIC, Relation
from gridloom.core.subspace import Axis, Domains, axes_of
from gridloom.errors import nearest
from gridloom.experiment.bound import Bound
from gridloom.experiment.problems import Binder, KeyPath
from gridloom.registry.option_errors import shorten
from gridloom.registry.records import Family


def check_conditions(binder: Binder, subspaces: Sequence[Domains], families: Mapping[str, Bound[Family]]) -> None:
    """Note conditions that can never be met, and names that would mean two parameters in one column of a table."""
    every = {axis.name: axis.group for domains in subspaces for axis in axes_of(domains)}
    for here, domains in each_subspace(binder, subspaces):
        axes = axes_of(domains)
        by_name = {axis.flat: axis for axis in axes}
        varies = len(subspaces) > 1 or any(isinstance(axis.domain, When) for axis in axes)
        for axis in axes:
            place = place_of(here, axis)
            if varies and (every[axis.name] != axis.group or axis.flat != axis.name):
                told = (
                    f"'{axis.name}' is searched in two groups, and not every candidate has both, so tables could not "
                    f"distinguish them"
                )
                binder.report(place, told, at_key=True)
            if isinstance(axis.domain, When):
                _check_condition(binder, (*place, "when"), axis, by_name)
                _check_required(binder, place, axis, axes, families.get(axis.group))


def _check_condition(binder: Binder, path: KeyPath, axis: Axis, by_name: Mapping[str, Axis]) -> None:
    before = len(binder.problems)
    for name, values in conditions_of(axis).items():
        here = (*path, name)
        if name not in by_name:
            told = f"no parameter {name!r} is searched together with this one; {nearest(name, by_name)}"
            binder.report(here, told, at_key=True)
            continue
        domain = bare(by_name[name].domain)
        if isinstance(domain, Range) and not domain.whole and domain.step is domain.count is None:
            told = f"a continuous '{name}' hardly ever equals this value; give its range a step or a count, or list its values"
            binder.report(here, told)
            continue
        for value in values:
            try:
                domain.share_of(own_value(domain, value))
            except ValueError as error:
                binder.report(here, f"this is never the case: {error}")
    if len(binder.problems) == before and (told := _why_never(axis, by_name)):
        binder.report(path, told)


def _why_never(axis: Axis, by_name: Mapping[str, Axis]) -> str:
    """Why a parameter is never there, though each of its conditions may hold; empty where it is sometimes."""
    allowed = {name: list(values) for name, values in conditions_of(axis).items()}
    waiting = [*allowed]
    while waiting:
        name = waiting.pop()
        if name == axis.flat:
            return f"the conditions go in a circle: '{axis.flat}' depends on itself"
        for other, values in conditions_of(by_name[name]).items() if name in by_name else ():
            if other not in allowed:
                allowed[other] = list(values)
                waiting.append(other)
            else:
                both = [one for one in allowed[other] if any(are_equal(one, value) for value in values)]
                if not both:
                    return f"this is never the case: '{name}' is there only for other values of '{other}'"
                allowed[other] = both
    return ""


def _check_required(
    binder: Binder, place: KeyPath, axis: Axis, axes: Sequence[Axis], family: Bound[Family] | None
) -> None:
    """Note a parameter that its family needs, and which would be absent where others of the family are there."""
    if family is None or not family.record.options.known[axis.name].is_required:
        return
    others = [conditions_of(other) for other in axes if other.group == axis.group and other != axis]
    own = canonical_json(conditions_of(axis))
    if any(canonical_json(other) != own and axis.flat not in other for other in others):
        told = f"the family '{family.name}' needs '{axis.name}' whenever it edits a network"
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
            told = f"write a relation and its parameters, such as {{less: [min_lr, max_lr]}}; known: {', '.join(KINDS)}"
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
            binder.report((*path, index), f"'{name}' may be {shorten(wrong[0])}, which is not a number to compare")
    try:
        relation = Relation(kind, tuple(names))
    except ValueError as error:
        binder.report(path, str(error))
    return relation if len(binder.problems) == before else None


def _no_numbers(domain: Any) -> list[Any]:
    values = domain.values() if isinstance(domain, Choices) else ()
    return [value for value in values if isinstance(value, bool) or not isinstance(value, int | float)]


def conditions_of(axis: Axis) -> Mapping[str, tuple[Any, ...]]:
    """The values that other parameters have where one is there, by name; empty where it always is."""
    return axis.domain.when if isinstance(axis.domain, When) else {}


def each_subspace(binder: Binder, subspaces: Sequence[Domains]) -> Iterator[tuple[KeyPath, Domains]]:
    """The mappings of a space, each with where it stands."""
    is_list = isinstance(binder.node.plain()["search"]["space"], list)
    for index, domains in enumerate(subspaces):
        yield (*Family.place, index) if is_list else Family.place, domains


def place_of(path: KeyPath, axis: Axis) -> KeyPath:
    """Where a parameter stands below the mapping of its space."""
    nested = axis.group in (CALLBACKS, PREPROCESS) and "." in axis.name
    return (*path, axis.group, *(axis.name.rsplit(".", 1) if nested else [axis.name]))
