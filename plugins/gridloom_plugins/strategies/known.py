"""What strategies that learn from trials know of a space before they begin."""

from __future__ import annotations

import math
from collections.abc import Mapping

from gridloom import Domain, Space, Trial


def full_trials(space: Space) -> list[Trial]:
    """The trials that were finished before, in this space and with all rows, epochs and cells, in their order."""
    return [trial for trial in space.tried if is_full(space, trial) and trial.candidate in space]


def is_full(space: Space, trial: Trial) -> bool:
    """Whether a trial was trained in full."""
    budget, full = trial.proposal.budget, space.full
    return (
        budget.epochs in (None, full.epochs)
        and budget.share in (None, 1.0)
        and budget.cells in (None, full.splits * full.seeds)
    )


def most(space: Space) -> float:
    """At most how many candidates the space has, infinity where a range has no steps."""
    try:
        return float(sum(map(_combinations, space.subspaces)))
    except ValueError:
        return math.inf


def _combinations(part: Mapping[str, Mapping[str, Domain]]) -> int:
    return math.prod(len(domain.values()) for domains in part.values() for domain in domains.values())
