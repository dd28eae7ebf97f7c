"""How fits are cut into batches where an engine does not say otherwise."""

from __future__ import annotations

from collections.abc import Sequence

from gridloom.core.budgets import EPOCHS
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


def trainings(fits: Sequence[Fit]) -> list[list[Fit]]:
    """Group fits that may be one training, longer for some of them than for others, in their order.

    The fits of a group differ only in parameters called `epochs`, and so have the same seed. Whether their models
    differ depends on what builders and families do with that parameter.
    """
    found: dict[tuple[object, ...], list[Fit]] = {}
    for fit in fits:
        found.setdefault((fit.candidate.without(EPOCHS).key, fit.place, fit.replica, fit.budget), []).append(fit)
    return [*found.values()]


def by_training(fits: Sequence[Fit]) -> list[list[Fit]]:
    """One batch per group of `trainings`; batches of `by_candidate` if no candidates differ in `epochs` alone."""
    found = trainings(fits)
    return found if len(found) < len(fits) else by_candidate(fits)
