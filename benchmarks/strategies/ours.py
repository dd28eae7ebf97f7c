"""Gridloom's strategies on a task: their waves are answered with trials that are made of known curves."""

from __future__ import annotations

from collections.abc import Callable, Generator, Iterator, Sequence

from task import Floats, Meter, Task

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
    pairs = zip(wave, scores, strict=True)
    return [_trial(place, proposal, one, meter.task) for place, (proposal, one) in enumerate(pairs, number)]


def units_of(budget: Budget, task: Task) -> int:
    """How many of the task's units a budget has; ValueError for what the task's curves do not have."""
    if budget.share is not None or (budget.cells if task.unit == "epoch" else budget.epochs) is not None:
        raise ValueError(f"{budget} of {task.name}: its curves have {task.unit}s alone")
    units = budget.epochs if task.unit == "epoch" else budget.cells
    return min(units or task.units, task.units)


def _trial(number: int, proposal: Proposal, scores: Floats, task: Task) -> Trial:
    """A finished trial: one fit of so many epochs, or so many fits whose mean is the score."""
    if task.unit == "epoch":
        values, history = [float(scores[-1])], {"val_accuracy": scores.tolist()}
    else:
        count = range(1, len(scores) + 1)
        values, history = (
            [float(now * n - before * (n - 1)) for n, now, before in zip(count, scores, [0, *scores], strict=False)],
            {},
        )
    fits = tuple(Fit(proposal.candidate, 0, 0, replica, budget=proposal.budget) for replica in range(len(values)))
    return Trial(number, proposal, fits, tuple(FitResult({"accuracy": one}, history) for one in values))
