"""How many candidates are not compared, and why: each counts once, whatever budgets it had."""

from __future__ import annotations

from collections.abc import Sequence

from gridloom.core.trials import Status, Trial


def left_out(trials: Sequence[Trial], compared: Sequence[Trial]) -> tuple[int, int, int]:
    """How many candidates failed, did not finish, and are complete on a smaller budget alone, of those not compared.

    One that failed on any budget failed, also where it is complete on another.
    """
    missing = {trial.candidate.key: trial for trial in trials}.keys() - {trial.candidate.key for trial in compared}
    by_status = {
        status: {trial.candidate.key for trial in trials if trial.status is status} & missing for status in Status
    }
    failed = by_status[Status.FAILED]
    incomplete = by_status[Status.INCOMPLETE] - failed
    return len(failed), len(incomplete), len(missing - failed - incomplete)
