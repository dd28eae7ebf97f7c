"""The loop of a search: a strategy proposes, fits are made and trained, and their trials answer the strategy."""

from __future__ import annotations

from collections.abc import Callable, Generator, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace

from gridloom.core.boundary import contained, restored
from gridloom.core.budgets import FULL, Budget, Proposal
from gridloom.core.candidate import Candidate
from gridloom.core.space import Extent, Space
from gridloom.core.trials import Fit, FitResult, Status, Trial
from gridloom.errors import StopRun
from gridloom.experiment.bound import Bound
from gridloom.experiment.experiment import Experiment
from gridloom.experiment.planning import planned_waves
from gridloom.experiment.proposing import checked_wave, within
from gridloom.registry.records import Strategy
from gridloom.searching.limits import Clock, Limits, never

Evaluate = Callable[[Sequence[Trial]], Sequence[Trial]]
"""Answers trials whose results may be missing with trials of the same proposals whose results are there."""

Waves = Generator[Sequence[Proposal], Sequence[Trial], None]


@dataclass(frozen=True)
class Found:
    """The trials of a search in the order of their proposals; and which limit has ended it, if one has."""

    trials: Sequence[Trial]
    stopped: str = ""

    @property
    def is_complete(self) -> bool:
        """Whether no trial misses a result."""
        return all(trial.status is not Status.INCOMPLETE for trial in self.trials)


def search(experiment: Experiment, evaluate: Evaluate, outer: int | None = None, time_is_over: Clock = never) -> Found:
    """All trials of an experiment, or of its search in an outer fold.

    It ends when its strategies do, with the limits of the experiment, or when `evaluate` leaves a trial incomplete, since
    the strategy cannot go on then. Trials that are incomplete because the time is over are excluded.
    """
    validation = experiment.validation if outer is None else experiment.validation.inner
    cells = tuple((*place, seed) for place in validation.places for seed in range(validation.seeds))
    full = Extent(len(validation.places), validation.seeds, experiment.full_epochs)
    space = experiment.space.within(full)
    limits = Limits(experiment.stop, time_is_over, _largest_planned(experiment, space))
    going = _Search(evaluate, space, cells, outer, limits)
    if experiment.first and not going.go_through("first", _at_once(experiment.first)):
        return going.found
    for strategy in experiment.strategies:
        waves = strategy(experiment.space.within(full, going.trials))
        if not going.go_through(strategy.name, waves, strategy):
            break
    return going.found


def _largest_planned(experiment: Experiment, space: Space) -> Budget | None:
    """The largest budget of a search whose scores may end it, as its strategies plan; None where one of them has no plan."""
    if experiment.stop.score is experiment.stop.no_gain is None:
        return None
    found = [FULL] if experiment.first else []
    for strategy in experiment.strategies:
        if strategy.record.plan is None:
            return None
        waves = planned_waves(strategy, space)
        found += [within(space.full, Proposal(Candidate({}), wave.budget)).budget for wave in waves]
    return max(found, key=lambda budget: budget.size, default=None)


@dataclass
class _Search:
    """What is found of a search so far."""

    evaluate: Evaluate
    space: Space
    cells: Sequence[tuple[int, int, int]]
    """Repeat, fold and seed of each fit of a full training."""
    outer: int | None
    limits: Limits
    trials: list[Trial] = field(default_factory=list)
    stopped: str = ""
    waves: int = 0

    @property
    def found(self) -> Found:
        """The result."""
        return Found(self.trials, self.stopped)

    def go_through(self, name: str, waves: Waves, strategy: Bound[Strategy] | None = None) -> bool:
        """Train the waves of a strategy, and answer it; whether the search goes on after it.

        What an earlier strategy has proposed is answered by its trials. StopRun where a strategy proposes nothing, a
        candidate twice with the same budget, or one that is not in the space.
        """
        known = {_identity(trial.proposal): trial for trial in self.trials}
        own: set[tuple[str, Budget]] = set()
        answered: Sequence[Trial] | None = None
        while True:
            try:
                with restored(), contained(strategy.told if strategy else name):
                    wave = next(waves) if answered is None else waves.send(answered)
            except StopIteration:
                return True
            proposals = [within(self.space.full, proposal) for proposal in checked_wave(name, wave, self.space)]
            if not proposals:
                raise StopRun(f"strategy '{name}' yielded an empty wave; it should return instead")
            for proposal in proposals:
                if _identity(proposal) in own:
                    raise StopRun(f"strategy '{name}' proposed {proposal.candidate} twice with the same budget")
                own.add(_identity(proposal))
            if not self._train([proposal for proposal in proposals if _identity(proposal) not in known]):
                return False
            known = {_identity(trial.proposal): trial for trial in self.trials}
            answered = [known[_identity(proposal)] for proposal in proposals]

    def _train(self, proposals: Sequence[Proposal]) -> bool:
        """Train a wave within the limits; whether the search goes on after it."""
        if not proposals:
            return True
        pending = [self._pending(len(self.trials) + place, proposal) for place, proposal in enumerate(proposals)]
        admitted, why = self.limits.admitted(self.trials, pending)
        self.waves += 1
        for part in self.limits.parts(admitted):
            answered = self.evaluate(part)
            missing = any(trial.status is Status.INCOMPLETE for trial in answered)
            if missing and self.limits.time_is_over():
                whole = [trial for trial in answered if trial.status is not Status.INCOMPLETE]
                answered = [replace(trial, number=number) for number, trial in enumerate(whole, len(self.trials))]
                why = "stop.time"
            self.trials += answered
            if missing or (reached := self.limits.reached(self.trials)):
                self.stopped = (why if self.limits.time_is_over() else "") if missing else reached
                return False
        self.stopped = why
        return not why

    def _pending(self, number: int, proposal: Proposal) -> Trial:
        """A trial none of whose results is there, with a fit for each cell of its budget."""
        fits = tuple(
            Fit(proposal.candidate, *cell, proposal.budget.of_a_fit, self.outer)
            for cell in first_cells(self.cells, proposal.budget.cells)
        )
        return Trial(number, proposal, fits, (None,) * len(fits), self.waves)


def first_cells(cells: Sequence[tuple[int, int, int]], number: int | None) -> Iterator[tuple[int, int, int]]:
    """The first so many cells (repeat, fold, seed), seed by seed, in the order that all have; all of them for None."""
    by_seed = sorted(cells, key=lambda cell: cell[2])
    chosen = set(by_seed[:number])
    return (cell for cell in cells if cell in chosen)


def filled(trial: Trial, known: Mapping[str, FitResult]) -> Trial:
    """The trial with the results that are known by the keys of its fits."""
    return replace(trial, results=tuple(known.get(fit.key) for fit in trial.fits))


def _identity(proposal: Proposal) -> tuple[str, Budget]:
    return proposal.candidate.key, proposal.budget


def _at_once(candidates: Sequence[Candidate]) -> Waves:
    """All of these in one wave."""
    yield [Proposal(candidate, label="first") for candidate in candidates]
