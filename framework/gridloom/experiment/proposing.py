"""What a strategy proposes before it has seen a trial, and whether what it yields is a wave."""

from __future__ import annotations

from collections.abc import Generator, Sequence
from dataclasses import replace
from typing import Any

from gridloom.core.boundary import contained, restored
from gridloom.core.budgets import Budget, Proposal
from gridloom.core.candidate import Candidate
from gridloom.core.space import Extent, Space
from gridloom.errors import StopRun
from gridloom.experiment.bound import Bound
from gridloom.registry.records import Strategy


def first_wave(strategy: Bound[Strategy], space: Space) -> Sequence[Proposal]:
    """What a strategy proposes before it has seen a trial; ValueError when it cannot search the space."""
    waves = strategy(space)
    if not isinstance(waves, Generator):
        raise StopRun(f"strategy '{strategy.name}' must be a generator of waves, not {type(waves).__name__}")
    try:
        with restored(), contained(strategy.told):
            wave: Any = next(waves, [])
        return checked_wave(strategy.name, wave, space)
    finally:
        waves.close()


def checked_wave(strategy: str, wave: Any, space: Space) -> Sequence[Proposal]:
    """What a strategy yields; StopRun when that is no sequence of proposals of candidates in the space."""
    if not isinstance(wave, Sequence) or not all(isinstance(item, Proposal) for item in wave):
        raise StopRun(f"strategy '{strategy}' must yield sequences of gridloom.Proposal, not {wave!r:.80}")
    for proposal in wave:
        parts = {"candidate": Candidate, "budget": Budget, "label": str}
        if wrong := [name for name, kind in parts.items() if not isinstance(getattr(proposal, name), kind)]:
            kind, found = parts[wrong[0]].__name__, getattr(proposal, wrong[0])
            raise StopRun(f"strategy '{strategy}' yielded a Proposal whose {wrong[0]} is not a {kind}: {found!r:.80}")
        if problems := space.problems(proposal.candidate):
            told = f"proposed {proposal.candidate}, which is not in the space: {'; '.join(problems)}"
            raise StopRun(f"strategy '{strategy}' {told}")
    return wave


def within(full: Extent, proposal: Proposal) -> Proposal:
    """The proposal without what its budget does not limit in a full training: all of it is a full one, and ranks as one."""
    given = proposal.budget
    budget = Budget(
        None if given.epochs is None or (full.epochs and given.epochs >= full.epochs) else given.epochs,
        None if given.share == 1 else given.share,
        None if given.cells is None or given.cells >= full.cells else given.cells,
    )
    return proposal if budget == given else replace(proposal, budget=budget)
