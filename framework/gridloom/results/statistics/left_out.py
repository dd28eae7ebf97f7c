"""How many candidates are not compared, and why: each counts once, whatever budgets it had."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from gridloom.core.budgets import FULL
from gridloom.core.trials import Status, Trial


@dataclass(frozen=True)
class LeftOut:
    """How many candidates are not compared: that failed, that did not finish, and that are complete on a smaller budget alone.

    `why` is what the strategy says of the latter, where it has dropped them for a reason; else it is empty. `is_full` says
    whether those that are compared were trained in full.
    """

    failed: int
    incomplete: int
    smaller: int = 0
    why: str = ""
    is_full: bool = True

    @property
    def number(self) -> int:
        """How many candidates these are."""
        return self.failed + self.incomplete + self.smaller

    @property
    def is_explained(self) -> bool:
        """Whether candidates were dropped, and the strategy says why."""
        return bool(self.smaller and self.why)


def left_out(trials: Sequence[Trial], compared: Sequence[Trial], why: str = "") -> LeftOut:
    """What is not compared of these trials. A candidate that failed on any budget failed, also where it is complete on another."""
    missing = {trial.candidate.key: trial for trial in trials}.keys() - {trial.candidate.key for trial in compared}
    by_status = {
        status: {trial.candidate.key for trial in trials if trial.status is status} & missing for status in Status
    }
    failed = by_status[Status.FAILED]
    incomplete = by_status[Status.INCOMPLETE] - failed
    is_full = all(trial.proposal.budget == FULL for trial in compared)
    return LeftOut(len(failed), len(incomplete), len(missing - failed - incomplete), why, is_full)
