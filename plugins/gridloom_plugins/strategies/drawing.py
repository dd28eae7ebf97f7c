"""How strategies draw candidates: different ones, as many as are asked for, or as there are."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import islice
from typing import TYPE_CHECKING, Annotated

from annotated_types import Ge, Le

from gridloom import Candidate, Space

if TYPE_CHECKING:
    import numpy as np

MOST = 50_000
"""The most candidates that are drawn."""

Number = Annotated[int, Ge(1), Le(MOST)]
"""How many candidates are drawn."""

DRAWS = 100
"""How often they are drawn for each candidate at most: a narrow range may hold fewer values than are asked for."""


def size_of(space: Space) -> float:
    """How many candidates the space has, infinity where a range has no steps."""
    try:
        return space.size
    except ValueError:
        return float("inf")


def at_random(space: Space, number: int, rng: np.random.Generator) -> list[Candidate]:
    """So many different candidates, each parameter drawn on its own; all of a smaller space, in random order."""
    if size_of(space) <= 2 * number:
        every = list(space.enumerate())
        return [every[place] for place in rng.permutation(len(every))[:number]]
    return distinct(iter(lambda: space.sample(rng), None), number)


def beginners(space: Space, candidates: int | None) -> list[Candidate]:
    """The candidates of a first wave: so many that are drawn, or for None all; ValueError where a space without end needs a number."""
    if candidates is not None:
        return at_random(space, candidates, space.rng())
    try:
        return list(space.enumerate())
    except ValueError as error:
        raise ValueError(f"{error}; or give the number of 'candidates' to draw") from None


def at_points(space: Space, number: int, points: Iterable[Iterable[float]]) -> list[Candidate]:
    """The candidates at the first points of the unit cube that give so many different ones; all of a smaller space.

    Points whose candidate misses a requirement, or was there before, are passed over.
    """
    if size_of(space) <= number:
        return list(space.enumerate())
    return distinct((space.at([float(share) for share in point]) for point in points), number)


def distinct(drawn: Iterator[Candidate | None], number: int) -> list[Candidate]:
    """The first so many different ones of the candidates drawn; ValueError where there is none in DRAWS for each."""
    found: dict[Candidate, None] = {}
    for candidate in islice(drawn, DRAWS * number):
        if candidate is not None:
            found[candidate] = None
        if len(found) == number:
            break
    if not found:
        raise ValueError(f"none of {DRAWS * number:,} drawn candidates meets the requirements")
    return list(found)
