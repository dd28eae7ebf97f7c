"""The strategy `grid`: every candidate of the space, in its order."""

from __future__ import annotations

from collections.abc import Generator, Sequence

from gridloom import PlannedWave, Proposal, Space, Strategy, Trial


def grid(space: Space) -> Generator[Sequence[Proposal], Sequence[Trial], None]:
    """Propose every combination of values at once; the last parameter of the space varies fastest."""
    yield [Proposal(candidate) for candidate in space.enumerate()]


def plan(space: Space) -> Sequence[PlannedWave]:
    """The one wave."""
    return [PlannedWave(space.size)]


STRATEGY = Strategy(name="grid", summary="Every combination of values.", propose=grid, default=True, plan=plan)
