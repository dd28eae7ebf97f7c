"""The optimization history as data: every trial in the order of the proposals, and the best mean so far."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import accumulate

from gridloom import Result, Status, Trial


@dataclass(frozen=True)
class History:
    """The trials of a search, each with its place in the order of the proposals, from 1.

    `ranked` are those that rank, `smaller` those of a smaller budget, whose means are not compared with the others. `best` are
    the best means so far, one for each of `ranked`. `trials` is how many there are in all, unfinished ones among them.
    """

    trials: int
    ranked: Sequence[tuple[int, Trial]]
    best: Sequence[float]
    smaller: Sequence[tuple[int, Trial]]
    failed: Sequence[tuple[int, Trial]]

    @property
    def gains(self) -> list[tuple[int, Trial]]:
        """The trials that were better than all before them."""
        before = [-math.inf, *self.best]
        return [found for found, best in zip(self.ranked, before, strict=False) if found[1].mean > best]


def history(result: Result) -> History | None:
    """The history of a search; None where fewer than two trials rank."""
    in_order = enumerate(sorted(result.trials, key=lambda trial: (trial.wave, trial.number)), start=1)
    placed = list(in_order)
    complete = [(place, trial) for place, trial in placed if trial.status is Status.COMPLETE]
    ranked = [(place, trial) for place, trial in complete if result.rank(trial) is not None]
    if len(ranked) < 2:  # noqa: PLR2004
        return None
    return History(
        trials=len(placed),
        ranked=ranked,
        best=list(accumulate((trial.mean for _, trial in ranked), max)),
        smaller=[(place, trial) for place, trial in complete if result.rank(trial) is None],
        failed=[(place, trial) for place, trial in placed if trial.status is Status.FAILED],
    )
