"""The strategy `latin_hypercube`: candidates that cover the range of each parameter evenly."""

from __future__ import annotations

from collections.abc import Generator, Iterator, Sequence
from typing import TYPE_CHECKING

from gridloom import Proposal, Space, Strategy, Trial
from gridloom_plugins.strategies.drawing import Number, at_points
from gridloom_plugins.strategies.random import plan

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray


def latin_hypercube(space: Space, candidates: Number = 20) -> Generator[Sequence[Proposal], Sequence[Trial], None]:
    """Propose this many candidates, one in each of equally many parts of every parameter's range, or all there are.

    The experiment's seed decides which parts are combined in a candidate, and where in its part a value lies. Points
    that miss a requirement or repeat a candidate are replaced by others drawn in the same way. McKay, Beckman and
    Conover, "A comparison of three methods for selecting values of input variables", Technometrics 21 (1979), by
    `scipy.stats.qmc`.
    """
    yield [Proposal(candidate) for candidate in at_points(space, candidates, _points(space, candidates))]


def _points(space: Space, number: int) -> Iterator[NDArray[np.float64]]:
    """The points of one hypercube after the other."""
    import numpy as np
    from scipy.stats import qmc

    cube = qmc.LatinHypercube(space.dimensions, rng=space.rng())
    while True:
        yield from np.minimum(cube.random(number), np.nextafter(1, 0))


STRATEGY = Strategy(
    name="latin_hypercube", summary="Candidates that cover every range evenly.", propose=latin_hypercube, plan=plan
)
