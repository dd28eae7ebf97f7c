"""One part of a space: parameters with their domains, some of which depend on others."""

from __future__ import annotations

import itertools
import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

from gridloom.core.candidate import Candidate, flat_names
from gridloom.core.domains import MIDDLE, Domain, When, own_value

Domains = Mapping[str, Mapping[str, Domain]]


@dataclass(frozen=True)
class Axis:
    """A parameter of a space: its group, its name there, its name in tables, and its domain."""

    group: str
    name: str
    flat: str
    domain: Domain

    def is_there(self, chosen: Mapping[str, Any]) -> bool:
        """Whether a candidate that has these values by name has this parameter."""
        return not isinstance(self.domain, When) or self.domain.holds(chosen)


def axes_of(domains: Domains) -> tuple[Axis, ...]:
    """The parameters of these domains, in their order."""
    names = flat_names(domains)
    return tuple(
        Axis(group, name, names[group, name], domain)
        for group, parameters in domains.items()
        for name, domain in parameters.items()
    )


@dataclass(frozen=True)
class Subspace:
    """Parameters that are chosen together. ValueError where a condition names none of them, or each other in a circle."""

    domains: Domains
    order: tuple[Axis, ...] = field(init=False, compare=False, repr=False)
    """The parameters in an order where each comes after those that it depends on."""

    def __post_init__(self) -> None:
        object.__setattr__(self, "order", _ordered(self.axes))

    @cached_property
    def axes(self) -> tuple[Axis, ...]:
        """The parameters in the order of the experiment file."""
        return axes_of(self.domains)

    @property
    def is_plain(self) -> bool:
        """Whether every candidate has every parameter."""
        return not any(map(_parents, self.axes))

    @property
    def most(self) -> int:
        """How many candidates there would be if each had every parameter; ValueError where a range has no steps."""
        return math.prod(len(axis.domain.values()) for axis in self.axes)

    def count(self, most: int) -> int:
        """How many candidates there are, as far as there are not more than `most`; ValueError where a range has no steps."""
        if self.is_plain:
            return min(self.most, most + 1)
        return sum(1 for _ in itertools.islice(_combinations(self.order, {}), most + 1))

    def enumerate(self) -> Iterator[Candidate]:
        """Every candidate, the last parameter varying fastest; ValueError where a range has no steps."""
        for chosen in _combinations(self.order, {}):
            yield self.candidate(chosen)

    def at(self, point: Sequence[float]) -> Candidate:
        """The candidate at a point with a share (0 <= share < 1) for each parameter; those of absent ones do not count."""
        share = {axis.flat: float(number) for axis, number in zip(self.axes, point, strict=False)}
        chosen: dict[str, Any] = {}
        for axis in self.order:
            if axis.is_there(chosen):
                chosen[axis.flat] = axis.domain.at(share[axis.flat])
        return self.candidate(chosen)

    def point_of(self, candidate: Candidate) -> tuple[float, ...]:
        """The shares of the candidate's values, the middle where it lacks a parameter."""
        return tuple(
            axis.domain.share_of(candidate.values[axis.group][axis.name])
            if axis.name in candidate.values.get(axis.group, {})
            else MIDDLE
            for axis in self.axes
        )

    def candidate(self, chosen: Mapping[str, Any]) -> Candidate:
        """The candidate with these values by name, in the order of the experiment file."""
        values: dict[str, dict[str, Any]] = {}
        for axis in self.axes:
            if axis.flat in chosen:
                values.setdefault(axis.group, {})[axis.name] = chosen[axis.flat]
        return Candidate(values)

    def named(self, chosen: Mapping[str, Any]) -> Candidate:
        """The candidate with these values by name, each as its domain writes it; whether it is a member, `problems` tells."""
        own = {axis.flat: own_value(axis.domain, chosen[axis.flat]) for axis in self.axes if axis.flat in chosen}
        return self.candidate(own)

    def chosen(self, candidate: Candidate) -> dict[str, Any]:
        """The candidate's values by the names that they have here."""
        return {
            axis.flat: candidate.values[axis.group][axis.name]
            for axis in self.axes
            if axis.name in candidate.values.get(axis.group, {})
        }

    def problems(self, candidate: Candidate) -> list[str]:
        """What is wrong with a candidate: parameters that are missing, unknown, or have none of their values."""
        known = {(axis.group, axis.name) for axis in self.axes}
        given = {(group, name) for group, chosen in candidate.values.items() for name in chosen}
        found = [f"{group}.{name} is not in the space" for group, name in sorted(given - known)]
        chosen = self.chosen(candidate)
        for axis in self.order:
            is_there = axis.is_there(chosen)
            if is_there != (axis.flat in chosen):
                found.append(f"{axis.group}.{axis.name} is missing" if is_there else f"{axis.flat}: {_condition(axis)}")
            elif is_there:
                try:
                    axis.domain.share_of(chosen[axis.flat])
                except ValueError as error:
                    found.append(f"{axis.group}.{axis.name}: {error}")
        return found


def _ordered(axes: Sequence[Axis]) -> tuple[Axis, ...]:
    """Each after those that it depends on, else in their order; ValueError where that cannot be."""
    known = {axis.flat for axis in axes}
    waiting, found = list(axes), list[Axis]()
    while waiting:
        placed = {axis.flat for axis in found}
        ready = next((axis for axis in waiting if _parents(axis) <= placed), None)
        if ready is None:
            unknown = sorted({name for axis in waiting for name in _parents(axis)} - known)
            names = ", ".join(axis.flat for axis in waiting)
            told = f"there is no parameter {unknown[0]!r}" if unknown else "they depend on each other"
            raise ValueError(f"the conditions of {names} cannot be met: {told}")
        waiting.remove(ready)
        found.append(ready)
    return tuple(found)


def _parents(axis: Axis) -> set[str]:
    """The parameters that one depends on."""
    return set(axis.domain.when) if isinstance(axis.domain, When) else set()


def _condition(axis: Axis) -> str:
    """When a parameter is there."""
    assert isinstance(axis.domain, When)
    parts = [f"{name} is {' or '.join(map(repr, values))}" for name, values in axis.domain.when.items()]
    return f"it exists only when {' and '.join(parts)}"


def _combinations(axes: Sequence[Axis], chosen: Mapping[str, Any]) -> Iterator[Mapping[str, Any]]:
    """All ways to choose values for these parameters beside those that are chosen."""
    if not axes:
        yield chosen
        return
    first, *rest = axes
    if not first.is_there(chosen):
        yield from _combinations(rest, chosen)
        return
    for value in first.domain.values():
        yield from _combinations(rest, {**chosen, first.flat: value})
