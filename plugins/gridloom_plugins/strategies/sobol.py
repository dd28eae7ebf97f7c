"""The strategy `sobol`: candidates at the points of a scrambled Sobol' sequence."""

from __future__ import annotations

from collections.abc import Generator, Iterator, Sequence
from typing import TYPE_CHECKING

from gridloom import Proposal, Space, Strategy, Trial
from gridloom_plugins.strategies.drawing import Number, at_points
from gridloom_plugins.strategies.random import plan

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray


def sobol(space: Space, candidates: Number = 20) -> Generator[Sequence[Proposal], Sequence[Trial], None]:
    """Propose this many candidates that fill the space more evenly than `random` ones, or all there are.

    They lie at the points of a Sobol' sequence, scrambled with the experiment's seed; it fills the space best by 16, 32, 64
    or another power of two. Points that miss a requirement or repeat a candidate are skipped. Sobol', "On the
    distribution of points in a cube and the approximate evaluation of integrals" (1967), scrambled as Owen does (1998), by
    `scipy.stats.qmc`.
    """
    yield [Proposal(candidate) for candidate in at_points(space, candidates, _points(space, candidates))]


def _points(space: Space, number: int) -> Iterator[NDArray[np.float64]]:
    """The points of the sequence, from the first on."""
    from scipy.stats import qmc

    sequence = qmc.Sobol(space.dimensions, rng=space.rng())
    doubling = max(number - 1, 1).bit_length()
    yield from sequence.random_base2(doubling)
    while True:  # twice as many each time, since only powers of two are even
        yield from sequence.random_base2(doubling)
        doubling += 1


STRATEGY = Strategy(name="sobol", summary="Candidates spread evenly by a Sobol' sequence.", propose=sobol, plan=plan)
