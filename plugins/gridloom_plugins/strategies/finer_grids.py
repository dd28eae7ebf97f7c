"""Grids of a few values of each parameter of a subspace, and the finer ones around candidates of theirs."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from gridloom import Candidate, Choices, Domain, Range, Relation, Space, When, bare

Domains = Mapping[str, Mapping[str, Domain]]
"""The domains of a subspace, by group and parameter."""

Name = tuple[str, str]
"""A group and a parameter in it."""


@dataclass(frozen=True)
class Grid:
    """The values of each parameter of a subspace that are tried now, and the steps of ranges, as shares of the range."""

    domains: Domains
    tried: Mapping[Name, Sequence[Any]]
    step: float

    @classmethod
    def coarse(cls, domains: Domains, values: int) -> Grid:
        """So many values of each range, its ends among them, and all of each list."""
        step = 1 / (values - 1)
        shares = [step * place for place in range(values)]
        found = {
            name: _at(inner, shares) if isinstance(inner := bare(domain), Range) else inner.values()
            for name, domain in _named(domains)
        }
        return cls(domains, found, step)

    def finer(self, best: Sequence[Candidate], values: int) -> Grid:
        """The grid around the first of these candidates that has a parameter, with all of their values of lists."""
        step = self.step * 2 / (values + 1)
        sides = range(-(values // 2), values // 2 + 1)
        tried = dict(self.tried)
        for name, domain in _named(self.domains):
            chosen = [
                candidate.values[name[0]][name[1]] for candidate in best if name[1] in candidate.values.get(name[0], ())
            ]
            if chosen and isinstance(inner := bare(domain), Range):
                middle = inner.share_of(chosen[0])
                tried[name] = _at(inner, [share for side in sides if 0 <= (share := middle + side * step) <= 1])
            elif chosen:
                places = set(map(inner.share_of, chosen))
                tried[name] = [value for value in inner.values() if inner.share_of(value) in places]
        return Grid(self.domains, tried, step)

    def of(self, candidates: Sequence[Candidate]) -> list[Candidate]:
        """Those of the candidates that belong to this subspace."""
        space = Space(self.domains)
        return [candidate for candidate in candidates if candidate in space]

    @property
    def narrowed(self) -> Domains:
        """The domains with the values that are tried alone."""
        found: dict[str, dict[str, Any]] = {}
        for (group, name), domain in _named(self.domains):
            values = Choices(*self.tried[group, name])
            found.setdefault(group, {})[name] = When(values, domain.when) if isinstance(domain, When) else values
        return found


def members(grids: Sequence[Grid], space: Space) -> list[Candidate]:
    """The candidates of the grids that meet what is required, each once."""
    narrowed = Space(*(grid.narrowed for grid in grids))
    narrowed = Space(*narrowed.subspaces, require=_between(narrowed.names, space.require))
    return list(narrowed.enumerate()) if narrowed.size else []


def _between(names: Sequence[str], require: Sequence[Relation]) -> Iterator[Relation]:
    """What is required between the parameters that are left, once a part of a union has gone."""
    for relation in require:
        left = tuple(name for name in relation.names if name in names)
        if len(left) > 1:
            yield Relation(relation.kind, left)


def _at(domain: Range, shares: Sequence[float]) -> list[Any]:
    """The different values at these shares (0 to 1) of a range."""
    return list(dict.fromkeys(domain.at(min(share, math.nextafter(1, 0))) for share in shares))


def _named(domains: Domains) -> Iterator[tuple[Name, Any]]:
    return (((group, name), domain) for group, found in domains.items() for name, domain in found.items())
