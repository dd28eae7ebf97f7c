"""Published scores beside the prediction interval of a new run."""

from __future__ import annotations

import math
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from scipy import stats
from scored import normal, scored

from gridloom import Budget, Proposal
from gridloom.experiment.published import PublishedScores
from gridloom.results.statistics.answers import Published
from gridloom.results.statistics.published import check_published, prediction_interval


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
    with pytest.raises(ValueError, match="needs at least two runs"):
        prediction_interval(np.array(runs))


# Beside the trials of a result


def beside(scores, published, decimals=6):
    """A result with these scores, of shape (candidates, repeats, folds, seeds), and published ones by their x."""
    known = {f'{{"x":{x}}}': score for x, score in published.items()}
    return replace(scored(scores), published_scores=PublishedScores(Path("scores.csv"), None, "score", decimals, known))


def test_a_published_score_stands_beside_the_runs_of_its_trial():
    scores = normal((2, 1, 3, 5))
    (found,) = beside(scores, {1: 0.7}).published.items()
    assert found == (1, check_published(0.7, scores[1].mean(axis=(0, 1)), level=0.99))


def test_its_rounding_is_that_of_the_file():
    constant = np.full((1, 1, 1, 3), 2 / 3)
    assert beside(constant, {0: 0.67}, decimals=2).published[0].inside
    assert not beside(constant, {0: 0.67}, decimals=3).published[0].inside


@pytest.mark.parametrize("scores", [[[[[0.7]]]], [[[[0.7, np.nan]]]], [[[[0.7, np.inf]]]], [[[[1e200, 1e201]]]]])
def test_a_single_seed_or_a_trial_that_is_not_complete_has_no_interval(scores):
    assert beside(scores, {0: 0.7}).published == {0: Published(0.7, None, None, None)}


def test_a_trial_with_a_budget_has_no_published_score():
    mine = beside(normal((1, 1, 2, 3)), {0: 0.7})
    (trial,) = mine.trials
    short = replace(trial, proposal=Proposal(trial.candidate, Budget(epochs=1)))
    assert replace(mine, trials=[short]).published == {}


def test_without_a_file_nothing_is_published_and_nothing_said():
    mine = scored(normal((2, 1, 3, 5)))
    assert (mine.published, mine.published_sentence) == ({}, "")


# The sentence


def test_the_sentence_counts_what_lies_inside():
    mine = beside(normal((3, 1, 3, 20)), {0: 0.7, 1: 0.7, 2: 0.7})
    assert mine.published_sentence == "3 of 3 published scores lie inside the 99 % prediction interval of a new run."


def test_the_sentence_tells_what_lies_outside_and_what_has_no_counterpart():
    mine = beside(np.full((3, 1, 1, 2), 0.5), {0: 0.5, 1: 0.348958, 7: 0.5, 8: 0.5})
    assert mine.published_sentence == (
        "1 of 2 published scores lie inside the 99 % prediction interval of a new run; outside: {'x': 1} (0.348958, mean of this run "
        "0.5000); of candidates that were not tried: 2; candidates without a published score: 1."
    )


def test_the_sentence_stays_short_when_much_lies_outside():
    mine = beside(np.full((9, 1, 1, 2), 0.5), dict.fromkeys(range(9), 0.25))
    assert mine.published_sentence.startswith("0 of 9 published scores lie inside")
    assert mine.published_sentence.endswith("{'x': 2} (0.25, mean of this run 0.5000), 6 more.")


def test_the_sentence_of_a_single_seed_says_what_it_takes():
    assert beside(normal((2, 1, 3, 1)), {0: 0.7, 1: 0.7}).published_sentence == (
        "Published scores: 2 cannot be judged, since that takes two seeds of a complete candidate."
    )


def test_a_file_of_other_candidates_says_so():
    assert beside(normal((1, 1, 3, 2)), {5: 0.7}).published_sentence == (
        "Published scores: of candidates that were not tried: 1; candidates without a published score: 1."
    )
