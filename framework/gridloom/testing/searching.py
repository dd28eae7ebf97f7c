"""Drives strategies through made-up searches: spaces, trials with scores that depend on the candidate alone."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Generator, Sequence

from gridloom.core.budgets import Proposal
from gridloom.core.candidate import Candidate
from gridloom.core.domains import Choices, Range
from gridloom.core.space import Extent, Space
from gridloom.core.trials import Fit, FitResult, Trial

MOST_WAVES, MOST_PROPOSALS = 1000, 100_000
"""A strategy that asks for more in a space of some dozen candidates will not end."""

FULL_TRAINING = Extent(splits=2, seeds=8)
"""What a full training takes in the spaces."""

SPACES = {
    "one choice": Space({"model": {"units": Choices(4)}}, seed=1, full=FULL_TRAINING),
    "several choices": Space(
        {
            "dropout": {"dropout_rate": Choices(0.0, 0.2, 0.4), "weight_constraint": Choices(1, None)},
            "model": {"hidden": Choices([4], [8, 4]), "activation": Choices("relu", "tanh")},
        },
        seed=2,
        full=FULL_TRAINING,
    ),
    "ranges": Space(
        {
            "training": {"learning_rate": Range(1e-4, 1e-1, count=4, scale="log"), "batch_size": Range(8, 32, step=8)},
            "model": {"units": Range(1, 3)},
        },
        seed=3,
        full=FULL_TRAINING,
    ),
}
"""Spaces that can be enumerated, by name."""

ENDLESS = Space({"training": {"learning_rate": Range(1e-4, 1e-1, scale="log")}}, seed=4, full=FULL_TRAINING)
"""A space that cannot be enumerated, only drawn from."""

Waves = Generator[Sequence[Proposal], Sequence[Trial], None]
Wave = Sequence[Proposal]
Score = Callable[[Candidate], FitResult]


def scored(candidate: Candidate) -> FitResult:
    """A score from 0 to 1 that depends on the candidate alone."""
    digest = hashlib.sha256(candidate.key.encode()).digest()
    return FitResult({"accuracy": int.from_bytes(digest[:4], "big") / 2**32}, {"loss": [1.0, 0.5]})


def failed(candidate: Candidate) -> FitResult:  # noqa: ARG001
    """A fit that failed."""
    return FitResult(error="ValueError: made to fail", traceback="")


def half_failed(candidate: Candidate) -> FitResult:
    """About every other candidate fails."""
    result = scored(candidate)
    return failed(candidate) if result.score is not None and result.score < 0.5 else result  # noqa: PLR2004


def trials_of(wave: Wave, start: int, score: Score = scored, full: Extent = FULL_TRAINING) -> list[Trial]:
    """The finished trials of a wave, numbered from `start`, each with a fit for every cell of its budget."""
    cells = [(fold, seed) for seed in range(full.seeds) for fold in range(full.splits)]
    trials = []
    for number, proposal in enumerate(wave, start):
        budget = proposal.budget
        fits = tuple(
            Fit(proposal.candidate, 0, *cell, budget=budget.of_a_fit) for cell in sorted(cells[: budget.cells])
        )
        trials.append(Trial(number, proposal, fits, tuple(score(proposal.candidate) for _ in fits)))
    return trials


def explore(propose: Callable[[], Waves], score: Score = scored) -> list[Wave]:
    """All waves of a search from its start to its end; AssertionError when it does not end."""
    waves = propose()
    assert isinstance(waves, Generator), f"a strategy is a generator of waves, not {type(waves).__name__}"
    seen: list[Wave] = []
    answered: list[Trial] | None = None
    proposed = 0
    while True:
        try:
            wave = next(waves) if answered is None else waves.send(answered)
        except StopIteration:
            return seen
        assert wave, f"wave {len(seen)} is empty; a strategy that is finished should return"
        for proposal in wave:
            assert isinstance(proposal, Proposal), f"a wave must consist of gridloom.Proposals, not {proposal!r:.80}"
        answered = trials_of(wave, proposed, score)
        seen.append(wave)
        proposed += len(wave)
        assert len(seen) <= MOST_WAVES, f"it has not ended after {MOST_WAVES} waves"
        assert proposed <= MOST_PROPOSALS, f"it has not ended after {MOST_PROPOSALS} proposals"


def described(waves: Sequence[Wave]) -> list[str]:
    """What was proposed, each wave as one line of JSON."""
    return [json.dumps([[proposal.candidate.key, proposal.budget.describe()] for proposal in wave]) for wave in waves]


def outside(candidate: Candidate, space: Space) -> list[str]:
    """What is wrong with a candidate of this space: parameters that are missing, unknown, or out of their domains."""
    return space.problems(candidate)
