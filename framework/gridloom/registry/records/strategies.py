"""Search strategies: who proposes the candidates."""

from __future__ import annotations

from collections.abc import Callable, Generator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

from gridloom.core.budgets import FULL, Budget
from gridloom.registry.record import Record

if TYPE_CHECKING:
    from gridloom.core.budgets import Proposal
    from gridloom.core.trials import Trial


@dataclass(frozen=True)
class PlannedWave:
    """A wave that a strategy will propose: at most how many candidates, with which budget, and its name in reports.

    `going_on` of them are candidates of the previous wave, which get a larger budget.
    """

    candidates: int
    budget: Budget = FULL
    label: str = ""
    going_on: int = 0


@dataclass(frozen=True)
class Strategy(Record):
    """A search strategy: `propose(space, **options)` is a generator of waves.

    It yields sequences of `gridloom.Proposal`, and receives the sequence of their `gridloom.Trial`s in the same order.
    Given the same space (with its seed) and the same trials, it must always propose the same. Experiments that name no
    strategy use the one with `default=True`. `plan(space, **options)` returns the `gridloom.PlannedWave`s that it will
    propose at most, if they are known beforehand, for `gridloom check`. `dropped(**options)` explains why candidates
    are dropped before a full training, in words that follow "3 candidates were dropped, ".
    """

    propose: Callable[..., Generator[Sequence[Proposal], Sequence[Trial], None]]
    default: bool = False
    plan: Callable[..., Sequence[PlannedWave]] | None = None
    dropped: Callable[..., str] | None = None

    kind: ClassVar[str] = "strategy"
    word: ClassVar[str] = "strategy"
    hook: ClassVar[str] = "gridloom_strategies"
    place: ClassVar[tuple[str, ...]] = ("search", "strategy")

    @property
    def function(self) -> Callable[..., Generator[Sequence[Proposal], Sequence[Trial], None]]:
        """The `propose` function."""
        return self.propose
