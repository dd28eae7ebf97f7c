"""Gridloom's strategies on a task: their waves are answered with trials that are made of known curves."""

from __future__ import annotations

from collections.abc import Callable, Generator, Sequence

from task import Floats, Meter, Task

from gridloom import Fit, FitResult, Proposal, Space, Trial
from gridloom.core.trials import Budget

Waves = Generator[Sequence[Proposal], Sequence[Trial], None]
AGAIN = 1_000_003
"""What is added to the seed when a strategy has ended before its units are spent, and begins again."""


def search(propose: Callable[[Space], Waves], meter: Meter) -> None:
    """Let a strategy search, again and again with other seeds, until the meter's limit is reached."""
    trained: dict[str, int] = {}
    number = seed = 0
    while not meter.done:
        waves, spent = propose(space_of(meter.task, meter.seed + AGAIN * seed)), meter.spent
        seed += 1
        answered: list[Trial] | None = None
        while not meter.done:
            try:
                wave = next(waves) if answered is None else waves.send(answered)
            except StopIteration:
                break
            answered = _answer(wave, number, meter, trained)
            number += len(answered)
        if meter.spent == spent:
            raise RuntimeError(f"the strategy ended without a training on {meter.task.name}")


def space_of(task: Task, seed: int) -> Space:
    """The space as a strategy gets it."""
    from gridloom import Extent

    full = Extent(epochs=task.units) if task.unit == "epoch" else Extent(seeds=task.units)
    return Space(task.domains, seed=seed, full=full)


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
