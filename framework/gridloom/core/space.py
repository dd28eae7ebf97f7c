"""The space of a search: enumerate it, draw from it, or go through it by points of the unit cube."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING, Any

from gridloom.core.candidate import Candidate
from gridloom.core.domains import MAX_GRID, MIDDLE, CannotSearch
from gridloom.core.relations import Relation
from gridloom.core.subspace import Domains, Subspace

if TYPE_CHECKING:
    import numpy as np

    from gridloom.core.trials import Trial

MOST_DRAWS = 10_000
"""How often a candidate is drawn at most until it meets what is required."""


@dataclass(frozen=True)
class Extent:
    """A full training of a candidate: `splits` x `seeds` cells of `epochs` epochs each.

    `epochs` is None if the engine does not count epochs, or if they are searched.
    """

    splits: int = 1
    seeds: int = 1
    epochs: int | None = None

    @property
    def cells(self) -> int:
        """How many fits a full training of a candidate is."""
        return self.splits * self.seeds


@dataclass(frozen=True, init=False)
class Space:
    """A search space: domains by group and parameter; several mappings are a union, as in scikit-learn.

    `Space({"dropout": {"dropout_rate": Choices(0.0, 0.2)}}, seed=1)`. `seed` is for drawing from the space, `require`
    lists relations between parameters, `full` describes a full training, and `tried` are trials that were finished
    before the strategy starts. Groups and parameters are in the order of the experiment file. Raises ValueError when
    conditions or requirements cannot be met.
    """

    subspaces: tuple[Domains, ...]
    seed: int
    require: tuple[Relation, ...]
    full: Extent
    tried: tuple[Trial, ...]
    parts: tuple[Subspace, ...] = field(compare=False, repr=False)
    """The subspaces, which can enumerate themselves."""

    def __init__(
        self,
        *domains: Domains,
        seed: int = 0,
        require: Iterable[Relation] = (),
        full: Extent | None = None,
        tried: Sequence[Trial] = (),
    ) -> None:
        if not domains:
            raise ValueError("Space() needs at least one mapping of domains")
        given = {
            "subspaces": domains,
            "parts": tuple(map(Subspace, domains)),
            "seed": seed,
            "require": tuple(require),
            "full": full or Extent(),
            "tried": tuple(tried),
        }
        for name, value in given.items():
            object.__setattr__(self, name, value)
        if unknown := [name for relation in self.require for name in relation.names if name not in self.names]:
            raise ValueError(f"there is no parameter {unknown[0]!r}, which 'require' relates to others")

    def within(self, full: Extent, tried: Sequence[Trial] = ()) -> Space:
        """The same space with this full training and these finished trials."""
        return Space(*self.subspaces, seed=self.seed, require=self.require, full=full, tried=tried)

    @property
    def names(self) -> list[str]:
        """The names of all parameters, as `Candidate.flat` has them."""
        return list(dict.fromkeys(axis.flat for part in self.parts for axis in part.axes))

    @cached_property
    def size(self) -> int:
        """How many candidates `enumerate` yields; ValueError where a range has no steps."""
        if len(self.parts) == 1 and self.parts[0].is_plain and not self.require:
            return self.parts[0].most
        return sum(1 for _ in self._members())

    def enumerate(self) -> Iterator[Candidate]:
        """Every candidate once, the last parameter varying fastest.

        Raises ValueError when there are more than MAX_GRID, a range has no steps, or none meets what is required.
        """
        if self.size > MAX_GRID:
            raise CannotSearch(f"this grid has {self.size:,} candidates; at most {MAX_GRID:,} are allowed")
        if not self.size:
            raise CannotSearch(f"no candidate of this space meets the requirements: {self._required}")
        yield from self._members()

    def sample(self, rng: np.random.Generator) -> Candidate:
        """One candidate, each parameter drawn on its own; each subspace is equally likely.

        Raises ValueError when no draw out of MOST_DRAWS meets what is required.
        """
        for _ in range(MOST_DRAWS):
            if candidate := self.at(rng.random(self.dimensions).tolist()):
                return candidate
        raise CannotSearch(f"none of {MOST_DRAWS:,} drawn candidates meets the requirements: {self._required}")

    @cached_property
    def dimensions(self) -> int:
        """The number of coordinates of a point: one per parameter of the largest subspace, and one for the subspace."""
        return max(len(part.axes) for part in self.parts) + (len(self.parts) > 1)

    def at(self, point: Sequence[float]) -> Candidate | None:
        """The candidate at a point of `dimensions` numbers (0 <= x < 1); None if it does not meet the requirements.

        The point goes through each domain evenly on its scale. In a union its first number chooses the subspace.
        """
        part, rest = self.parts[0], point
        if len(self.parts) > 1:
            part, rest = self.parts[min(int(point[0] * len(self.parts)), len(self.parts) - 1)], point[1:]
        candidate = part.at(rest)
        return candidate if self._meets(part, candidate) else None

    def named(self, chosen: Mapping[str, Any]) -> Candidate:
        """The candidate with these values by name, in the best-fitting subspace; `problems` tests it.

        ValueError where no subspace has all of these parameters.
        """
        found = [part.named(chosen) for part in self.parts if chosen.keys() <= {axis.flat for axis in part.axes}]
        if not found:
            raise ValueError(f"the parameters {', '.join(chosen)} are not searched together")
        return min(found, key=lambda each: len(self.problems(each)))

    def point_of(self, candidate: Candidate) -> tuple[float, ...]:
        """A point of the candidate, 0.5 for parameters that it lacks; ValueError when it is not in the space."""
        if problems := self.problems(candidate):
            raise ValueError("; ".join(problems))
        place, part = next((place, part) for place, part in enumerate(self.parts) if not part.problems(candidate))
        start = ((place + MIDDLE) / len(self.parts),) if len(self.parts) > 1 else ()
        found = (*start, *part.point_of(candidate))
        return found + (MIDDLE,) * (self.dimensions - len(found))

    def problems(self, candidate: Candidate) -> list[str]:
        """Why a candidate is not in the space, judged by the nearest subspace; empty if it is."""
        part, found = min(((part, part.problems(candidate)) for part in self.parts), key=lambda each: len(each[1]))
        return found or [str(item) for item in self.require if not item.holds(part.chosen(candidate))]

    def __contains__(self, candidate: object) -> bool:
        return isinstance(candidate, Candidate) and not self.problems(candidate)

    def rng(self) -> np.random.Generator:
        """A new generator seeded with the experiment's seed: the same numbers for every replay."""
        import numpy as np

        return np.random.default_rng(self.seed)

    def _meets(self, part: Subspace, candidate: Candidate) -> bool:
        if not self.require:
            return True
        chosen = part.chosen(candidate)
        return all(item.holds(chosen) for item in self.require)

    def _members(self) -> Iterator[Candidate]:
        """Every candidate that meets what is required, once; ValueError for more combinations than a grid may have."""
        if sum(part.count(MAX_GRID) for part in self.parts) > MAX_GRID:
            raise CannotSearch(f"this grid has more than the {MAX_GRID:,} combinations that are allowed")
        seen: set[str] = set()
        for part in self.parts:
            for candidate in part.enumerate():
                if candidate.key not in seen and self._meets(part, candidate):
                    seen.add(candidate.key)
                    yield candidate

    @property
    def _required(self) -> str:
        return "; ".join(map(str, self.require))
