"""The strategy `zoom`: a coarse grid first, then finer ones around the best."""

from __future__ import annotations

from collections.abc import Generator, Sequence
from typing import Annotated

from annotated_types import Ge, Le

from gridloom import Budget, Candidate, PlannedWave, Proposal, Space, Status, Strategy, Trial, tie_set
from gridloom_plugins.strategies.finer_grids import Grid, members

Values = Annotated[int, Ge(2), Le(100)]
Rounds = Annotated[int, Ge(1), Le(100)]


def zoom(space: Space, values: Values = 3, rounds: Rounds = 4) -> Generator[Sequence[Proposal], Sequence[Trial], None]:
    """Try a coarse grid, with this many `values` of each range and all of each list, then finer grids around the best.

    A finer grid goes from the best value of each range almost to its neighbours in the grid before, in steps that are
    2 / (`values` + 1) of those there (half as long for 3), and has the values of lists that are statistically tied with
    the best. Each part of a union has a grid of its own, as long as one of its candidates is tied. It ends when all
    candidates of a grid are tied with the best, when no value lies between those that were tried, or after so many `rounds`.

    Ties are across seeds on this data. With one seed ties are unknown, and lists are narrowed to the best value.

    Multi-resolution search: Bengio, "Practical recommendations for gradient-based training of deep architectures" (2012),
    section 3.3.2.
    """
    grids = [Grid.coarse(domains, values) for domains in space.subspaces]
    known = _in_full(space.tried)
    asked: set[Candidate] = set()
    for number in range(rounds):
        fresh = [candidate for candidate in members(grids, space) if candidate not in asked]
        if not number and not fresh:
            raise ValueError(
                f"no combination of {values} values of each range meets the requirements; try more 'values'"
            )
        if not fresh:
            return
        asked.update(fresh)
        trials = yield [Proposal(candidate, label=f"round {number}") for candidate in fresh]
        known |= _in_full(trials)
        tied = _tied([*known.values()])
        if not tied or _in_full(trials).keys() <= set(tied):
            return
        grids = [grid.finer(found, values) for grid in grids if (found := grid.of(tied))]


def _in_full(trials: Sequence[Trial]) -> dict[Candidate, Trial]:
    """Those that are complete, with a full budget, by their candidates."""
    return {
        trial.candidate: trial
        for trial in trials
        if trial.status is Status.COMPLETE and trial.proposal.budget == Budget()
    }


def _tied(known: Sequence[Trial]) -> list[Candidate]:
    """The candidates that are statistically tied with the best, best first; the best alone where ties are not known."""
    ranked = sorted(known, key=lambda trial: -trial.mean)
    try:
        tied = tie_set(ranked)
    except ValueError:  # there is a single seed
        tied = ranked[:1]
    return [trial.candidate for trial in tied]


def plan(space: Space, values: Values = 3, rounds: Rounds = 4) -> Sequence[PlannedWave]:
    """The coarse grid, and finer ones in which nothing is narrowed or tried before."""
    first = len(members([Grid.coarse(domains, values) for domains in space.subspaces], space))
    most = Space(*(Grid.coarse(domains, 2 * (values // 2) + 1).narrowed for domains in space.subspaces)).size
    return [PlannedWave(most if number else first, label=f"round {number}") for number in range(rounds)]


STRATEGY = Strategy(name="zoom", summary="A coarse grid, then finer ones around the best.", propose=zoom, plan=plan)
