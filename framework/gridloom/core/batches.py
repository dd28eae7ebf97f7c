"""How fits are cut into batches where an engine does not say otherwise."""

from __future__ import annotations

from collections.abc import Sequence

from gridloom.core.trials import Fit

MAX_BATCH = 6
"""The most fits in a batch of `by_candidate`: a crash of the machine loses at most one batch a worker."""


def by_candidate(fits: Sequence[Fit]) -> list[list[Fit]]:
    """Batches of at most MAX_BATCH fits of one candidate and budget, in the order given."""
    batches: list[list[Fit]] = []
    for fit in fits:
        last = batches[-1] if batches else []
        alike = last and (last[0].candidate, last[0].budget) == (fit.candidate, fit.budget)
        if alike and len(last) < MAX_BATCH:
            last.append(fit)
        else:
            batches.append([fit])
    return batches
