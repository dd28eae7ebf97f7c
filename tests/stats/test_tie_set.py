"""The trials that a strategy may go on with: those tied with the best, on few seeds and on scores in steps too."""

from __future__ import annotations

import numpy as np
import pytest
from scored import exactly, normal, scored

from gridloom import Budget, Proposal, Trial, tie_set
from gridloom.results.statistics.best_set import best_set
from gridloom.results.statistics.questions import Seeds
from gridloom.results.statistics.still_tied import still_tied


def of_one_split(*runs):
    return np.array(runs, dtype=float).reshape(len(runs), 1, 1, -1)


def numbers(trials):
    return [trial.number for trial in trials]


def falling():
    """Twelve candidates, each 0.004 worse than the one before; the spread of a fit is 0.01."""
    return normal((12, 1, 3, 4)) - 0.004 * np.arange(12).reshape(-1, 1, 1, 1)


@pytest.mark.parametrize("level", [0.9, 0.99])
def test_it_is_the_tie_set_of_the_result(level):
    inside = np.flatnonzero(best_set(falling(), Seeds(), level))
    assert 1 < len(inside) < 12
    assert numbers(tie_set(scored(falling()).trials, level)) == inside.tolist()
    assert sorted(scored(falling()).summary.seeds.tied) == numbers(tie_set(scored(falling()).trials))


def test_a_wide_one_stays_where_a_narrow_one_of_the_same_mean_leaves():
    best, narrow, wide = exactly(0.7, 0.01, 5), exactly(0.66, 0.01, 5), exactly(0.66, 0.1, 5)
    assert numbers(tie_set(scored(of_one_split(best, narrow, wide)).trials)) == [0, 2]


def test_what_failed_or_is_too_large_to_be_squared_is_not_in_it():
    scores = normal((5, 1, 3, 3))
    scores[0, 0, 0, 0], scores[1, 0, 2, 2] = np.nan, np.inf  # failed, missing
    scores[2] = -1e160
    assert numbers(tie_set(scored(scores).trials)) == [3, 4]
    assert tie_set(scored(scores[:3]).trials) == []
    assert tie_set([]) == []


def test_a_single_trial_is_in_it():
    assert numbers(tie_set(scored(normal((1, 1, 3, 3))).trials)) == [0]


def test_equal_scores_of_a_few_fits_in_steps_are_no_certainty():
    """Of two candidates whose scores are one of two neighbours by even chances, one pair in 32 looks like this."""
    scores = of_one_split([0.7] * 3, [0.71] * 3, [0.7, 0.71, 0.7])
    assert best_set(scores, Seeds(), 0.99).tolist() == [False, True, True]
    assert still_tied(scores, 0.99).all()
    assert still_tied(np.repeat(scores, 8, axis=3), 0.99).tolist() == [False, True, False]


def test_steps_are_looked_for_in_each_split():
    """Folds of 20 and of 21 rows have steps of their own, which together look like scores without any."""
    rng = np.random.default_rng(0)
    scores = np.stack([rng.integers(14, 16, (40, 1, 3)) / rows for rows in (20, 21)], axis=2)
    assert still_tied(scores, 0.99).all()


def test_candidates_that_never_vary_are_told_apart_unless_it_is_by_a_step():
    scores = np.repeat(np.array([0.7, 0.7, 0.6, 0.61]).reshape(4, 1, 1, 1), 3, axis=3)
    assert numbers(tie_set(scored(scores).trials)) == [0, 1]
    scores[2:] += 0.085
    assert numbers(tie_set(scored(scores).trials)) == [0, 1, 3]


def test_trials_of_several_budgets_or_a_single_seed_are_refused():
    trials = scored(normal((2, 1, 3, 3))).trials
    short = Trial(1, Proposal(trials[1].candidate, Budget(epochs=1)), trials[1].fits, trials[1].results)
    with pytest.raises(ValueError, match="same budget"):
        tie_set([trials[0], short])
    with pytest.raises(ValueError, match="two at least"):
        tie_set(scored(normal((2, 1, 3, 1))).trials)
