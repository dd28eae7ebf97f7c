"""What a search will do at most, as far as its strategies say before they have seen a score."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

from gridloom.core.boundary import contained, restored
from gridloom.core.budgets import FULL
from gridloom.core.space import Extent, Space
from gridloom.errors import StopRun
from gridloom.experiment.bound import Bound
from gridloom.experiment.experiment import Experiment
from gridloom.experiment.stopping import Stop
from gridloom.registry.records import PlannedWave, Strategy


@dataclass(frozen=True)
class SearchPlan:
    """The waves of a search, the largest that they can be; `is_whole` is False where more may follow."""

    waves: Sequence[PlannedWave]
    is_whole: bool
    full: Extent

    @property
    def is_plain(self) -> bool:
        """Whether it is one wave of full trainings."""
        return self.is_whole and len(self.waves) == 1 and self.waves[0].budget == FULL

    @property
    def trials(self) -> int:
        """How many trials there are at most."""
        return sum(wave.candidates for wave in self.waves)

    @property
    def candidates(self) -> int:
        """How many candidates these waves have at most, each counted once although it goes on in later waves."""
        return sum(wave.candidates - wave.going_on for wave in self.waves)

    @property
    def fits(self) -> int:
        """How many fits there are at most; where candidates go on, those of few cells are among those of many."""
        cells = sum(wave.candidates * self._cells(wave) for wave in self.waves)
        return cells - sum(self._shared(before, after) for before, after in pairwise(self.waves))

    def most(self, stop: Stop) -> int | None:
        """How many fits there are at most within these limits; None where nobody knows."""
        limits = [
            self.fits if self.is_whole else None,
            stop.fits,
            None if stop.trials is None else stop.trials * self.full.cells,
        ]
        return min((limit for limit in limits if limit is not None), default=None)

    @property
    def epochs(self) -> int | None:
        """How many epochs these are at most, all fits together; None where the engine counts none, or they are searched."""
        if self.full.epochs is None:
            return None
        if all(wave.budget.epochs is None for wave in self.waves):
            return self.fits * self.full.epochs
        return sum(
            wave.candidates * self._cells(wave) * (wave.budget.epochs or self.full.epochs) for wave in self.waves
        )

    def _cells(self, wave: PlannedWave) -> int:
        return min(wave.budget.cells or self.full.cells, self.full.cells)

    def _shared(self, before: PlannedWave, after: PlannedWave) -> int:
        """How many fits of a wave are fits of the one before it: those with the same epochs and rows."""
        if before.budget.of_a_fit != after.budget.of_a_fit:
            return 0
        return after.going_on * min(self._cells(before), self._cells(after))


def search_plan(experiment: Experiment) -> SearchPlan:
    """The plan of an experiment's search, outer folds aside."""
    space = experiment.space.within(experiment.extent)
    waves = [PlannedWave(len(experiment.first), label="first")] if experiment.first else []
    is_whole = True
    for strategy in experiment.strategies:
        if strategy.record.plan is None:
            is_whole = False
            continue
        waves += planned_waves(strategy, space)
    return SearchPlan(waves or [PlannedWave(experiment.first_count)], is_whole, experiment.extent)


def planned_waves(strategy: Bound[Strategy], space: Space) -> Sequence[PlannedWave]:
    """The waves that a strategy with a plan will propose at most; StopRun where it cannot make the plan."""
    assert strategy.record.plan is not None
    try:
        with restored(), contained(strategy.told):
            waves = list(strategy.record.plan(space, **strategy.options))
    except ValueError as error:
        raise StopRun(f"strategy '{strategy.name}' cannot plan the search: {error}") from error
    wrong = [wave for wave in waves if not isinstance(wave, PlannedWave) or wave.candidates < 0]
    if wrong:
        raise StopRun(f"strategy '{strategy.name}' must plan gridloom.PlannedWaves, not {wrong[0]!r:.80}")
    return waves
