"""Gridloom's strategies on a task: their waves are answered with trials that are made of known curves."""

from __future__ import annotations

from collections.abc import Callable, Generator, Iterator, Sequence
from itertools import pairwise

from task import Meter, Task

from gridloom import Budget, Extent, Fit, FitResult, Proposal, Space, Trial

Waves = Generator[Sequence[Proposal], Sequence[Trial], None]
Propose = Callable[[Space], Waves]
AGAIN = 1_000_003
"""What is added to the seed when strategies have ended before the limit is reached, and begin again."""


def search(strategies: Sequence[Propose], meter: Meter) -> None:
    """Let strategies search one after the other, each knowing all trials before it, until the meter's limit is reached.

    Where the last one ends before, all begin again with another seed, as with a warm start.
    """
    trained: dict[str, int] = {}
    trials: list[Trial] = []
    full = Extent(epochs=meter.task.units) if meter.task.unit == "epoch" else Extent(seeds=meter.task.units)
    seed = meter.seed
    while not meter.done:
        space, spent = Space(meter.task.domains, seed=seed), meter.spent
        for propose in strategies:
            for wave in _waves(propose(space.within(full, tuple(trials))), trials):
                trials += _answer(wave, len(trials), meter, trained)
                if meter.done:
                    return
        if meter.spent == spent:
            raise RuntimeError(f"a search of {meter.task.name} ended without a training")
        seed += AGAIN


def _waves(waves: Waves, trials: list[Trial]) -> Iterator[Sequence[Proposal]]:
    """The waves of a strategy; it is answered with the last of the trials, which are to be there by then."""
    wave = next(waves, None)
    while wave is not None:
        yield wave
        try:
            wave = waves.send(trials[-len(wave) :])
        except StopIteration:
            return


def _answer(wave: Sequence[Proposal], number: int, meter: Meter, trained: dict[str, int]) -> list[Trial]:
    """The trials of a wave; what was trained of a candidate before is kept, and goes on."""
    wanted = []
    for proposal in wave:
        units, key = units_of(proposal.budget, meter.task), proposal.candidate.key
        wanted.append((proposal.candidate, units, min(trained.get(key, 0), units)))
        trained[key] = max(units, trained.get(key, 0))
    scores = meter.train(wanted)
    trials = []
    for place, (candidate, units, _) in enumerate(wanted):
        cells = _cells(meter.look(candidate, units)) if meter.task.unit == "fit" else [scores[place]]
        trials.append(_trial(number + place, wave[place], cells))
    return trials


def _cells(means: Sequence[float]) -> list[float]:
    """The score of each fit, from the means so far."""
    return [mean * count - before * (count - 1) for count, (before, mean) in enumerate(pairwise([0.0, *means]), 1)]


def _trial(number: int, proposal: Proposal, cells: Sequence[float]) -> Trial:
    """A finished trial with these scores, one a fit."""
    budget = proposal.budget.of_a_fit
    fits = tuple(Fit(proposal.candidate, 0, 0, replica, budget) for replica in range(len(cells)))
    return Trial(number, proposal, fits, tuple(FitResult({"accuracy": score}) for score in cells))


def units_of(budget: Budget, task: Task) -> int:
    """How many of the task's units a budget has; ValueError for what the task's curves do not have."""
    if budget.share is not None or (budget.cells if task.unit == "epoch" else budget.epochs) is not None:
        raise ValueError(f"{budget} of {task.name}: its curves have {task.unit}s alone")
    units = budget.epochs if task.unit == "epoch" else budget.cells
    return min(units or task.units, task.units)
