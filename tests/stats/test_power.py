"""How many more seeds or splits would tell two candidates apart."""

from __future__ import annotations

import math

import numpy as np
import pytest
from scipy import stats
from scored import exactly, normal
from statsmodels.stats.power import TTestIndPower

from gridloom.results.statistics.power import power
from gridloom.results.statistics.questions import NewData, Seeds


def two(difference, spread, seeds):
    """Two candidates on one split with exactly this difference and spread."""
    rows = [exactly(0.7, spread, seeds), exactly(0.7 - difference, spread, seeds)]
    return np.array(rows).reshape(2, 1, 1, seeds)


@pytest.mark.parametrize(("difference", "seeds"), [(0.02, 3), (0.01, 3), (0.003, 30)])
@pytest.mark.parametrize("candidates", [2, 8])
def test_the_number_of_seeds_is_that_of_statsmodels_adjusted_for_the_number_of_comparisons(
    difference, seeds, candidates
):
    level = 0.05 / (candidates - 1)
    expected = math.ceil(TTestIndPower().solve_power(difference / 0.01, alpha=level, power=0.8))
    scores = np.concatenate([two(difference, 0.01, seeds), np.full((candidates - 2, 1, 1, seeds), 0.1)])
    found = power(scores, Seeds(), (0, 1))
    assert (found.total, found.more, found.unit, found.why) == (expected, max(0, expected - seeds), "seeds", "")


def test_it_does_not_matter_which_of_the_two_is_better():
    scores = two(0.005, 0.01, 4)
    assert power(scores, Seeds(), (0, 1)) == power(scores, Seeds(), (1, 0))


def test_equal_means_promise_no_number():
    found = power(two(0.0, 0.01, 4), Seeds(), (0, 1))
    assert (found.total, found.more, found.why) == (
        *(None, None),
        "the top two have equal means, so no number of seeds can be estimated to separate them",
    )


TOO_SMALL = "separating the top two would take more than 10 times as many seeds"


def test_more_than_ten_times_the_seeds_that_there_are_are_not_counted():
    found = power(two(1e-5, 0.01, 4), Seeds(), (0, 1))
    assert (found.total, found.more, found.why) == (None, None, TOO_SMALL)


def test_equal_candidates_are_seldom_promised_a_number_of_seeds():
    """The first two of ten equal ones are neighbours in the ranking, so that their difference is mostly noise."""
    promised = 0
    for seed in range(100):
        scores = normal((10, 1, 3, 5), seed)
        first, second = np.argsort(-scores.mean(axis=(1, 2, 3)))[:2]
        promised += power(scores, Seeds(), (first, second)).total is not None
    assert promised <= 20


def test_what_is_separate_already_needs_no_more():
    assert power(two(0.5, 0.01, 10), Seeds(), (0, 1)).more == 0


def rejections(difference, spread, splits, ratio):
    """How often the corrected test separates two candidates whose split differences correlate as it supposes."""
    rng = np.random.default_rng(1)
    correlation = ratio / (1 + ratio)  # then the variance of the mean is (1/J + ratio) times the expected s^2
    scale = spread / np.sqrt(1 - correlation)
    own = np.sqrt(correlation) * rng.standard_normal((20_000, 1))
    found = difference + scale * (own + np.sqrt(1 - correlation) * rng.standard_normal((20_000, splits)))
    t = found.mean(axis=1) / found.std(axis=1, ddof=1) / np.sqrt(1 / splits + ratio)
    return np.mean(np.abs(t) > stats.t.isf(0.025, splits - 1))


def test_with_that_number_of_splits_four_of_five_tests_see_the_difference():
    differences = exactly(0.012, 0.01, 10)
    scores = np.stack([0.7 + differences, np.full(10, 0.7)]).reshape(2, 1, 10, 1)
    total = power(scores, NewData(1 / 9), (0, 1)).total
    assert total > 10
    assert rejections(0.012, 0.01, total, 1 / 9) == pytest.approx(0.8, abs=0.015)
    assert rejections(0.012, 0.01, total // 2, 1 / 9) < 0.75


def test_splits_of_the_same_data_may_never_suffice():
    scores = normal((2, 1, 10, 1))
    found = power(scores, NewData(1 / 9), (0, 1))
    assert found.total is None
    assert found.why == "more splits or repeats of the same rows will not separate the top two; that takes more data"


def test_splits_that_would_suffice_in_the_end_are_not_said_to_be_in_vain():
    differences = exactly(0.002, 0.01, 10)
    scores = np.stack([0.7 + differences, np.full(10, 0.7)]).reshape(2, 1, 10, 1)
    found = power(scores, NewData(0.001), (0, 1))
    assert found.total is None
    assert found.why == "separating the top two would take more than 10 times as many splits"
    assert power(np.repeat(scores, 10, axis=2), NewData(0.001), (0, 1)).total > 100
