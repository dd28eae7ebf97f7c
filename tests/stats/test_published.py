"""Published scores beside the interval of one more run."""

from __future__ import annotations

import math

import numpy as np
import pytest
from scipy import stats

from gridloom.statistics import check_published, prediction_interval


def test_the_interval_is_students_for_one_more_score():
    runs = np.array([0.70, 0.71, 0.69, 0.72])
    low, high = prediction_interval(runs, 0.99)
    half = stats.t.ppf(0.995, 3) * stats.tstd(runs) * math.sqrt(5 / 4)
    assert (low, high) == pytest.approx((0.705 - half, 0.705 + half))


def test_it_holds_one_more_run_as_often_as_it_says():
    runs = np.random.default_rng(0).standard_normal((4000, 6))
    held = 0
    for row in runs:
        low, high = prediction_interval(row[:5], 0.9)
        held += low <= row[5] <= high
    assert held / 4000 == pytest.approx(0.9, abs=0.02)


@pytest.mark.parametrize(
    ("score", "inside"), [(0.349, True), (0.3490005, True), (0.3489995, True), (0.349001, False), (0.348999, False)]
)
def test_a_score_of_runs_that_never_vary_may_differ_by_its_rounding(score, inside):
    assert check_published(score, np.full(3, 0.349)).inside is inside


def test_the_interval_that_was_looked_into_is_told():
    found = check_published(0.5, np.array([0.7, 0.71, 0.72]), level=0.99)
    assert (found.low, found.high) == prediction_interval(np.array([0.7, 0.71, 0.72]), 0.99)
    assert (found.score, found.inside) == (0.5, False)


@pytest.mark.parametrize("runs", [[0.7], [], [[0.7, 0.8]]])
def test_one_run_predicts_nothing(runs):
    with pytest.raises(ValueError, match="two runs at least"):
        prediction_interval(np.array(runs))
