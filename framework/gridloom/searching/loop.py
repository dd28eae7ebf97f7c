"""The loop of a search: a strategy proposes, fits are made and trained, and their trials answer the strategy."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

from gridloom.core.boundary import contained, restored
from gridloom.core.trials import Budget, Fit, FitResult, Proposal, Status, Trial
from gridloom.errors import StopRun
from gridloom.experiment.experiment import Experiment, checked_wave

Evaluate = Callable[[Sequence[Trial]], Sequence[Trial]]
"""Answers trials whose results may be missing with trials of the same proposals whose results are there."""


def search(experiment: Experiment, evaluate: Evaluate, outer: int | None = None) -> list[Trial]:
    """All trials of an experiment, or of its search in an outer fold, in the order of their proposals.

    It ends when the strategy does, or when `evaluate` leaves a trial incomplete, since the strategy cannot go on then.
    """
    waves = experiment.strategy(experiment.space)
    validation = experiment.validation if outer is None else experiment.validation.inner
    cells = [(*place, seed) for place in validation.places for seed in range(validation.seeds)]
    trials: list[Trial] = []
    proposed: set[tuple[str, Budget]] = set()
    answered: Sequence[Trial] | None = None
    while True:
        try:
            with restored(), contained(experiment.strategy.told):
                wave = next(waves) if answered is None else waves.send(answered)
        except StopIteration:
            return trials
        name = experiment.strategy.name
        proposals = checked_wave(name, wave)
        pending = [_pending(len(trials) + place, proposal, cells, outer) for place, proposal in enumerate(proposals)]
        if not pending:
            raise StopRun(f"strategy '{name}' yielded an empty wave; it should return instead")
        for trial in pending:
            if (trial.candidate.key, trial.proposal.budget) in proposed:
                raise StopRun(f"strategy '{name}' proposed {trial.candidate} twice with the same budget")
            proposed.add((trial.candidate.key, trial.proposal.budget))
        answered = evaluate(pending)
        trials += answered
        if any(trial.status is Status.INCOMPLETE for trial in answered):
            return trials


def filled(trial: Trial, known: Mapping[str, FitResult]) -> Trial:
    """The trial with the results that are known by the keys of its fits."""
    return Trial(trial.number, trial.proposal, trial.fits, tuple(known.get(fit.key) for fit in trial.fits))


def _pending(number: int, proposal: Proposal, cells: Sequence[tuple[int, int, int]], outer: int | None) -> Trial:
    """A trial none of whose results is there, with a fit for each cell: repeat, fold and seed."""
    fits = tuple(Fit(proposal.candidate, *cell, proposal.budget, outer) for cell in cells)
    return Trial(number, proposal, fits, (None,) * len(fits))
