"""What a strategy proposes before it has seen a trial, and whether what it yields is a wave."""

from __future__ import annotations

from collections.abc import Generator, Sequence
from typing import Any

from gridloom.core.boundary import contained, restored
from gridloom.core.space import Space
from gridloom.core.trials import Proposal
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
        return checked_wave(strategy.name, wave)
    finally:
        waves.close()


def checked_wave(strategy: str, wave: Any) -> Sequence[Proposal]:
    """What a strategy yields; StopRun when that is no sequence of proposals."""
    if not isinstance(wave, Sequence) or not all(isinstance(item, Proposal) for item in wave):
        raise StopRun(f"strategy '{strategy}' must yield sequences of gridloom.Proposal, not {wave!r:.80}")
    return wave
