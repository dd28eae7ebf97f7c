"""The strategy `random`: candidates drawn from the space, none of them twice."""

from __future__ import annotations

from collections.abc import Generator, Sequence
from typing import Annotated

from annotated_types import Ge, Le

from gridloom import Candidate, Proposal, Space, Strategy, Trial

DRAWS = 100
"""How often it draws for each candidate at most: a narrow range may hold fewer values than are asked for."""


def random(
    space: Space, candidates: Annotated[int, Ge(1), Le(50_000)] = 20
) -> Generator[Sequence[Proposal], Sequence[Trial], None]:
    """Propose this many candidates, each parameter drawn on its own, or all there are in random order.

    A range with a step or a count is drawn from like a list, any other over all its numbers, evenly on its scale. The
    experiment's seed decides what is drawn. Bergstra and Bengio, "Random search for hyper-parameter optimization",
    JMLR 13 (2012).
    """
    rng = space.rng()
    if _size(space) <= 2 * candidates:
        every = list(space.enumerate())
        yield [Proposal(every[place]) for place in rng.permutation(len(every))[:candidates]]
        return
    drawn: dict[Candidate, None] = {}
    for _ in range(DRAWS * candidates):
        drawn[space.sample(rng)] = None
        if len(drawn) == candidates:
            break
    yield [Proposal(candidate) for candidate in drawn]


def _size(space: Space) -> float:
    """How many candidates the space has, infinity where a range has no steps."""
    try:
        return space.size
    except ValueError:
        return float("inf")


STRATEGY = Strategy(name="random", summary="Candidates drawn at random, none twice.", propose=random)
