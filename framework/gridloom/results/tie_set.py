"""The trials that are statistically tied with the best of them, for strategies that go on with these alone."""

from __future__ import annotations

from collections.abc import Sequence

from gridloom.core.trials import Status, Trial


def tie_set(trials: Sequence[Trial], level: float = 0.95) -> list[Trial]:
    """The trials that are tied with the best, across seeds on this data, in the order given; none if none is complete.

    The set contains the trial with the highest true mean with a probability of at least `level`, however many trials
    there are: multiple comparisons with the best, as in `Result.summary.seeds` (Hsu, Multiple Comparisons, 1996,
    chapter 4). Any other complete trial is significantly worse than one of the set. Variances may differ among trials.
    If scores are discrete, as accuracies on few rows are, equal scores of a few fits are not taken as certain.

    Trials that are not complete are never in the set, nor are those with scores beyond 1e150, which are too large to
    compute with. Raises ValueError if trials differ in their budgets, or have a single seed.
    """
    from gridloom.results.statistics.still_tied import still_tied
    from gridloom.results.statistics.summary import is_usable, scores_of

    if len({trial.proposal.budget for trial in trials}) > 1:
        raise ValueError("only trials of the same budget can be compared")
    compared = [trial for trial in trials if trial.status is Status.COMPLETE and is_usable([trial])]
    if not compared:
        return []
    inside = still_tied(scores_of(compared), level)
    return [trial for trial, is_tied in zip(compared, inside, strict=True) if is_tied]
