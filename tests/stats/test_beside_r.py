"""Beside R: the numbers of tests/stats/r/numbers.json, which numbers.R there wrote from scores.csv; the test needs no R."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest
from scored import exactly

from gridloom.results.statistics.best_set import best_set
from gridloom.results.statistics.comparisons import compare
from gridloom.results.statistics.power import power
from gridloom.results.statistics.published import prediction_interval
from gridloom.results.statistics.questions import NewData, Seeds
from gridloom.results.statistics.shares import variance_shares
from gridloom.results.statistics.stuck import rates_at_most

HERE = Path(__file__).parent / "r"
R = json.loads((HERE / "numbers.json").read_text(encoding="utf-8"))
SCORES = np.loadtxt(HERE / "scores.csv", delimiter=",", skiprows=1)[:, -1].reshape(6, 1, 5, 4)
RATIO = 1 / 4
CLOSE = {"rel": 1e-6}


def test_the_interval_over_seeds_on_one_split_is_that_of_t_test():
    runs = SCORES.mean(axis=(1, 2), keepdims=True)
    assert np.column_stack(Seeds().trials(runs).bounds(0.95)) == pytest.approx(np.array(R["interval"]), **CLOSE)


def test_the_differences_over_seeds_on_one_split_are_those_of_t_test():
    found = Seeds().differences(SCORES[:, :, :1], 0)
    ours = np.column_stack([found.t, found.df, found.p, *found.bounds(0.95)])
    assert ours[1:] == pytest.approx(np.array(R["welch"]), **CLOSE)


def test_the_error_over_seeds_is_that_of_the_fits_within_splits_by_aov_and_by_lme():
    fits = SCORES[0].size
    assert Seeds().means(SCORES).error ** 2 * fits == pytest.approx(np.array(R["within"]), **CLOSE)
    assert Seeds().means(SCORES).error ** 2 * fits == pytest.approx(np.array(R["mixed"]), **CLOSE)


def test_the_interval_of_one_more_run_is_that_of_predict():
    ours = [prediction_interval(runs, 0.99) for runs in Seeds().units(SCORES)]
    assert np.array(ours) == pytest.approx(np.array(R["one_more"]), **CLOSE)


def test_the_comparisons_over_new_data_are_those_of_t_test_corrected_and_of_p_adjust():
    found = NewData(RATIO).differences(SCORES, 0)
    assert np.column_stack([found.t, found.p])[1:] == pytest.approx(np.array(R["corrected"]), **CLOSE)
    adjusted = [comparison.holm for comparison in compare(SCORES, NewData(RATIO), 0)]
    assert adjusted == pytest.approx(R["holm"], **CLOSE)


def test_the_noise_over_new_data_is_the_interaction_of_aov_corrected():
    assert NewData(RATIO).noise(SCORES) == pytest.approx((1 / 5 + RATIO) * R["interaction"], **CLOSE)


def test_the_shares_of_the_variance_are_those_of_anova():
    means = SCORES.mean(axis=(1, 2, 3)).reshape(2, 3)
    shares = [share.share for share in variance_shares(means, ("units", "rate"), 0.0)]
    assert shares == pytest.approx(R["shares"], **CLOSE)


@pytest.mark.parametrize(("distance", "seeds"), list(zip(*R["power"].values(), strict=True)))
def test_the_seeds_that_are_wanted_are_those_of_power_t_test(distance, seeds):
    count = max(8, int(seeds) // 5)  # no more than ten times as many are told
    scores = np.array([exactly(distance, 1, count), exactly(0, 1, count)]).reshape(2, 1, 1, count)
    assert power(scores, Seeds(), (0, 1)).total == np.ceil(seeds)


@pytest.mark.parametrize(("others", "critical"), list(zip(*R["dunnett"].values(), strict=True)))
def test_the_critical_value_for_many_seeds_is_that_of_mvtnorm(others, critical):
    """It is drawn, and known to 0.07."""
    seeds = 400
    error = 0.01 * np.sqrt(2 / seeds)

    def inside(distance):
        rows = [exactly(distance * error, 0.01, seeds), *[exactly(0, 0.01, seeds)] * others]
        return best_set(np.array(rows).reshape(-1, 1, 1, seeds), Seeds()).tolist()

    assert inside(critical - 0.07) == [True] * (1 + others)
    assert inside(critical + 0.07) == [True] + [False] * others


@pytest.mark.parametrize(("counts", "limits"), list(zip(R["stuck"]["counts"], R["stuck"]["limits"], strict=True)))
def test_how_often_candidates_may_get_stuck_is_what_the_likelihood_says_in_r(counts, limits):
    """The likelihood is looked at in steps of an eighth here, and R finds its top."""
    assert rates_at_most(np.array(counts), R["stuck"]["fits"]) == pytest.approx(np.array(limits), rel=0.04)
