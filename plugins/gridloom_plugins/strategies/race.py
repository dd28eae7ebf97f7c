"""The strategy `race`: few seeds for every candidate, and more for those that are still statistically tied with the best."""

from __future__ import annotations

from collections.abc import Generator, Sequence
from typing import Annotated

from annotated_types import Ge, Gt, Lt

from gridloom import Budget, PlannedWave, Proposal, Space, Strategy, Trial, spelled, tie_set
from gridloom_plugins.strategies.drawing import Number, beginners, size_of

Risk = Annotated[float, Gt(0), Lt(0.5)]
First = Annotated[int, Ge(2)]


def race(
    space: Space, first: First = 3, risk: Risk = 0.05, candidates: Number | None = None
) -> Generator[Sequence[Proposal], Sequence[Trial], None]:
    """Train every candidate with the `first` seeds, then with twice as many, and so on up to `validation: seeds`.

    After each wave, candidates that are significantly worse than another one, across seeds on this data, are dropped. A
    single remaining candidate gets all the seeds at once. The probability of dropping the best candidate is at most
    `risk` over all waves. `candidates` are drawn as by `random`; by default all candidates of the space take part.

    The splits stay the same, so that a candidate's mean over all of them with one seed is one observation, and seeds of
    different candidates are independent. A wave is judged by multiple comparisons with the best, and takes a part of the
    risk in proportion to its seeds (Bonferroni): Paulson, "A sequential procedure for selecting the population with the largest mean
    from k normal populations", Annals of Mathematical Statistics 35 (1964); Kim and Nelson, "A fully sequential
    procedure for indifference-zone selection in simulation", ACM TOMACS 11 (2001); Fan, Hong and Nelson,
    "Indifference-zone-free selection of the best", Operations Research 64 (2016).
    """
    seeds = _seeds(space, first)
    each = risk / sum(seeds[:-1])
    left = beginners(space, candidates)
    for look in seeds:
        number = look if len(left) > 1 else seeds[-1]
        trials = yield [Proposal(candidate, _budget(space, number), _label(number)) for candidate in left]
        if number < seeds[-1]:
            left = [trial.candidate for trial in tie_set(trials, 1 - each * number)]
        if number == seeds[-1] or not left:
            return


def plan(
    space: Space,
    first: First = 3,
    risk: Risk = 0.05,  # noqa: ARG001
    candidates: Number | None = None,
) -> Sequence[PlannedWave]:
    """The waves of a race that drops nobody."""
    count = len(beginners(space, None)) if candidates is None else int(min(candidates, size_of(space)))
    seeds = _seeds(space, first)
    if count == 1:
        return [PlannedWave(1, _budget(space, seeds[-1]), _label(seeds[-1]))]
    return [
        PlannedWave(count, _budget(space, number), _label(number), going_on=count if look else 0)
        for look, number in enumerate(seeds)
    ]


def dropped(first: First = 3, risk: Risk = 0.05, candidates: Number | None = None) -> str:  # noqa: ARG001
    """What is known of those that were dropped, in words that go on from "were dropped"."""
    return (
        "as significantly worse than another one across seeds on this data; the risk that the best is among those dropped is "
        f"at most {100 * risk:g} %"
    )


def _seeds(space: Space, first: int) -> list[int]:
    """The numbers of seeds at which the race stops to look: doubled each time, the last one is all there are.

    The last doubling is skipped where it would save less than a quarter of the fits. ValueError where there is
    nothing to look at before the end.
    """
    limit = space.full.seeds
    if limit <= first:
        enough = max(20, 4 * first)
        raise ValueError(
            f"a race drops candidates after {first} seeds, and trains the rest with more, but 'validation: seeds' is "
            f"{limit}; write {spelled('validation', {'seeds': enough}, '')}"
        )
    found = [first]
    while 8 * found[-1] <= 3 * limit:
        found.append(2 * found[-1])
    return [*found, limit]


def _budget(space: Space, seeds: int) -> Budget:
    """All splits with so many seeds."""
    return Budget() if seeds == space.full.seeds else Budget(cells=seeds * space.full.splits)


def _label(seeds: int) -> str:
    return f"{seeds} seeds"


STRATEGY = Strategy(
    name="race",
    summary="Few seeds for all candidates, more for those still tied.",
    propose=race,
    plan=plan,
    dropped=dropped,
)
