"""Drives a strategy through a search with made-up scores."""

from __future__ import annotations

from collections.abc import Callable, Generator, Sequence

from gridloom import Budget, Candidate, Extent, Fit, FitResult, Proposal, Trial

Score = Callable[[Candidate, Budget], float | None]
"""The score of a candidate with a budget; None where it fails."""

ONE = Extent()
"""A full training is one fit."""


def drive(
    waves: Generator[Sequence[Proposal], Sequence[Trial], None], score: Score, full: Extent = ONE
) -> list[list[Trial]]:
    """The trials of all waves of a search, in the order of their proposals; fits of other seeds score a little better."""
    seen: list[list[Trial]] = []
    wave = next(waves, None)
    while wave is not None:
        assert wave, "an empty wave"
        start = sum(map(len, seen))
        seen.append([_trial(start + place, len(seen), proposal, score, full) for place, proposal in enumerate(wave)])
        try:
            wave = waves.send(seen[-1])
        except StopIteration:
            wave = None
    return seen


def _trial(number: int, wave: int, proposal: Proposal, score: Score, full: Extent) -> Trial:
    """A trial with the cells of its budget, whose scores differ by 0.03 at most from seed to seed."""
    value, budget = score(proposal.candidate, proposal.budget), proposal.budget
    cells = [(fold, seed) for seed in range(full.seeds) for fold in range(full.splits)][: budget.cells]
    fits = tuple(Fit(proposal.candidate, 0, fold, seed, budget.of_a_fit) for fold, seed in sorted(cells))
    results = [
        FitResult(error="ValueError: made to fail") if value is None else FitResult({"accuracy": value + chance(fit)})
        for fit in fits
    ]
    return Trial(number, proposal, fits, tuple(results), wave=wave)


def chance(fit: Fit) -> float:
    """What other seeds than the first add to a score."""
    return 0.03 * fit.seed(0) / 2**31 if fit.replica else 0.0
