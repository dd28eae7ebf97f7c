"""Fits that got stuck: which they are, how often others may get stuck, and that the set reckons with it."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scored import normal

from gridloom.results.statistics.best_set import best_set
from gridloom.results.statistics.questions import NewData, Seeds
from gridloom.results.statistics.stuck import rates_at_most, stuck


def test_no_fit_of_normal_scores_is_stuck_however_splits_and_candidates_differ_and_though_one_scatters_widely():
    splits, means = np.array([0.0, 0.2, -0.1]).reshape(1, 1, 3, 1), np.array([0, 0.3, 0, 0, 0]).reshape(5, 1, 1, 1)
    wide = np.array([1, 1, 1, 12, 1]).reshape(5, 1, 1, 1)
    assert stuck(0.5 + splits + means + wide * (normal((5, 1, 3, 6), 3) - 0.7)) is None


def test_a_fit_far_below_its_candidate_is_stuck_and_mended_to_its_level():
    scores = normal((5, 1, 3, 4))
    scores[:, 0, 1] += 0.1
    scores[2, 0, 1, 3] = 0.3
    found = stuck(scores)
    assert (found.mended != scores).nonzero() == ([2], [0], [1], [3])
    assert found.mended[2, 0, 1, 3] == pytest.approx(0.8, abs=0.01)


def test_a_fit_far_above_is_not_stuck_and_neither_is_a_candidate_that_mostly_fails():
    scores = normal((5, 1, 3, 4))
    scores[0, 0, 0, 0] = 0.9
    scores[1, 0, :, 1:] = 0.35
    assert stuck(scores) is None


def test_the_error_is_that_of_a_binomial_share_times_the_middle_depth_of_a_fall():
    scores = normal((4, 1, 2, 5))
    level = np.median(scores[1])
    scores[1, 0, 0, :2] = level - 0.4
    found = stuck(scores)
    rates = rates_at_most(np.array([0, 2, 0, 0]), 10)
    assert found.error == pytest.approx(0.4 * np.sqrt(rates * (1 - rates) / 10), rel=0.05)


def test_where_all_get_stuck_alike_a_clean_record_says_little_and_where_some_do_far_more_often_it_says_much():
    alike, unlike = np.array([0, 1, 0, 1, 1, 0, 1, 0]), np.array([0] * 14 + [4, 6])
    pooled = alike.mean() / 20
    assert rates_at_most(alike, 20)[0] == pytest.approx(pooled, rel=0.1)
    assert rates_at_most(unlike, 20)[0] < 0.5 * unlike.mean() / 20
    assert rates_at_most(unlike, 20)[-1] > 6 / 20


@given(shift=st.floats(-5, 5), scale=st.floats(0.01, 100), order=st.permutations(range(4)))
@settings(max_examples=30)
def test_neither_unit_nor_origin_nor_the_order_of_candidates_and_seeds_matters(shift, scale, order):
    scores = normal((4, 1, 3, 4))
    scores[1, 0, 1, 2] = 0.3
    found, other = stuck(scores), stuck(shift + scale * scores[order][..., order])
    assert other.error == pytest.approx(scale * found.error[order], rel=1e-6)


def false_alarms(shape, times):
    """How often some fit of a search of normal scores counts as stuck."""
    return np.mean([stuck(np.random.default_rng(number).standard_normal(shape)) is not None for number in range(times)])


@pytest.mark.parametrize(
    "shape", [(2, 1, 3, 1), (8, 1, 3, 1), (50, 1, 3, 1), (10, 1, 3, 3), (10, 2, 5, 1), (1000, 1, 3, 1)]
)
def test_pure_noise_seldom_looks_like_fits_that_got_stuck(shape):
    """At most 5 %: of 150 searches, 17 or more have one by chance in 1 of 1000 cases."""
    assert false_alarms(shape, 150) < 17 / 150


def test_accuracies_in_coarse_steps_are_no_fits_that_got_stuck():
    scores = np.round(0.7 * 50 + np.random.default_rng(1).standard_normal((30, 1, 3, 1))) / 50
    assert stuck(scores) is None


def test_a_fall_by_many_spreads_counts_even_among_three_fits():
    scores = normal((10, 1, 3, 1))
    scores[4, 0, 1, 0] = 0.35
    found = stuck(scores)
    assert (found.mended != scores).nonzero() == ([4], [0], [1], [0])


# The set


def leading():
    """Ten candidates of 20 fits: the first leads by less than two stuck fits cost."""
    scores = normal((10, 1, 4, 5), 1)
    scores[0] += 0.035
    return scores


@pytest.mark.parametrize("question", [Seeds(), NewData(1 / 3)], ids=lambda question: question.name)
def test_a_lead_by_less_than_two_stuck_fits_cost_counts_only_where_no_other_candidate_got_stuck(question):
    scores = leading()
    assert best_set(scores, question).sum() == 1
    scores[5:, 0, 0, 0] = 0.3
    assert best_set(scores, question).all()


TIMES = 150
FLOOR = 0.88
"""Of 150 that hold the best with a chance of 0.95, fewer do in 1 of 2000 cases."""


def coverage(shape, question, rate):
    """How often the set holds the first of twelve that are equal on average, though half get stuck at times."""
    some = (np.arange(shape[0]) % 2 == 1).reshape(-1, 1, 1, 1)
    found = []
    for number in range(TIMES):
        rng = np.random.default_rng(number)
        scores = 0.7 + 0.014 * rng.standard_normal(shape) + 0.35 * rate / (1 - rate) * some
        found.append(best_set(np.where(some & (rng.random(shape) < rate), 0.35, scores), question)[0])
    return np.mean(found)


def test_over_seeds_it_holds_the_best_though_others_had_the_luck_not_to_get_stuck():
    assert coverage((12, 1, 3, 5), Seeds(), 0.05) >= FLOOR


def test_over_new_data_it_holds_the_best_though_others_had_the_luck_not_to_get_stuck():
    assert coverage((12, 1, 5, 1), NewData(1 / 4), 0.2) >= FLOOR
