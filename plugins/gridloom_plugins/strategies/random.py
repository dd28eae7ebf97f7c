"""The strategy `random`: candidates drawn from the space, none of them twice."""

from __future__ import annotations

from collections.abc import Generator, Sequence

from gridloom import PlannedWave, Proposal, Space, Strategy, Trial
from gridloom_plugins.strategies.drawing import Number, at_random, size_of


def random(space: Space, candidates: Number = 20) -> Generator[Sequence[Proposal], Sequence[Trial], None]:
    """Propose this many candidates, each parameter drawn independently, or all there are in random order.

    A range with a step or a count is drawn from like a list, any other range uniformly on its scale. The experiment's
    seed decides what is drawn. Bergstra and Bengio, "Random search for hyper-parameter optimization", JMLR 13 (2012).
    """
    yield [Proposal(candidate) for candidate in at_random(space, candidates, space.rng())]


def plan(space: Space, candidates: Number = 20) -> Sequence[PlannedWave]:
    """The one wave."""
    return [PlannedWave(int(min(candidates, size_of(space))))]


STRATEGY = Strategy(name="random", summary="Candidates drawn at random, none twice.", propose=random, plan=plan)
