"""Bonferroni's set is the same, candidate by candidate, as if every pair had been looked at."""

from __future__ import annotations

import time

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats
from scored import normal

from gridloom.results.statistics import bonferroni
from gridloom.results.statistics.best_set import _means, _widened, best_set
from gridloom.results.statistics.bonferroni import independent
from gridloom.results.statistics.questions import NewData, Seeds
from gridloom.results.statistics.stuck import stuck


def every_pair(all_differences, level):
    """Each candidate's largest statistic against all others, its p-value times their number."""
    inside = []
    for differences in all_differences:
        place = int(np.argmax(-differences.t))
        p = stats.t.sf(-differences.t[place], differences.df[place])
        inside.append(bool(p * (len(differences.t) - 1) > 1 - level))
    return inside


def paired(scores, question):
    splits, found = scores.mean(axis=3, keepdims=True), stuck(scores)
    for i in range(len(scores)):
        shown = question.differences(splits, i)
        if found is None:
            yield shown
            continue
        mended = found.mended.mean(axis=3, keepdims=True)
        yield _widened(shown, question.differences(mended, i), np.hypot(found.error, found.error[i]))


def noisy(scores, rng):
    return scores


def rounded(scores, rng):
    return np.round(20 * scores) / 20


def getting_stuck(scores, rng):
    return np.where(rng.random(scores.shape) < 0.1, 0.35, scores)


def half_constant(scores, rng):
    scores[::2] = 0.7
    return scores


def shifted(scores, rng):
    """Candidates that differ by a constant, so that no difference scatters; some by rounding alone."""
    return scores[:1] + rng.choice([0, 1e-14, 0.01], (len(scores), 1, 1, 1))


@pytest.mark.parametrize("spoil", [noisy, rounded, getting_stuck, half_constant, shifted])
@given(seed=st.integers(0, 999), spread=st.sampled_from([0, 0.01, 0.1]), level=st.sampled_from([0.5, 0.95]))
@settings(max_examples=15)
def test_it_is_that_of_every_pair(spoil, seed, spread, level):
    rng = np.random.default_rng(seed)
    shape = tuple(rng.integers((2, 1, 2, 2), (60, 3, 5, 4)))
    scores = spoil(normal(shape, seed) + spread * rng.standard_normal((shape[0], 1, 1, 1)), rng)
    new_data, seeds = NewData(0.25), Seeds()
    assert best_set(scores, new_data, level).tolist() == every_pair(paired(scores, new_data), level)
    means = _means(scores, seeds)
    expected = every_pair((seeds.between(means, i) for i in range(len(scores))), level)
    assert independent(means, seeds, level).tolist() == expected


@pytest.mark.parametrize("spoil", [noisy, rounded, getting_stuck, half_constant, shifted])
@given(seed=st.integers(0, 999), spread=st.sampled_from([0, 0.01, 0.1]), level=st.sampled_from([0.5, 0.95]))
@settings(max_examples=15)
def test_a_tree_finds_the_same_as_looking_at_all_pairs(spoil, seed, spread, level):
    rng = np.random.default_rng(seed)
    shape = tuple(rng.integers((2, 1, 2, 1), (60, 3, 5, 3)))
    scores = spoil(normal(shape, seed) + spread * rng.standard_normal((shape[0], 1, 1, 1)), rng)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(bonferroni, "FIRST", 1)
        patch.setattr(bonferroni, "SMALLEST_BAND", 4)
        found = []
        for pairs, crowd in ((10**15, 2000), (0, 2000), (0, 5)):
            patch.setattr(bonferroni, "MANY_PAIRS", pairs)
            patch.setattr(bonferroni, "CROWD", crowd)
            found.append(best_set(scores, NewData(0.25), level).tolist())
    assert found[0] == found[1] == found[2]


@pytest.mark.parametrize("question", [Seeds(), NewData(0.25)], ids=lambda question: question.name)
def test_thousands_of_candidates_take_seconds_at_most(question):
    scores = normal((8000, 1, 5, 2))
    begin = time.process_time()
    best_set(scores, question)
    assert time.process_time() - begin < 15
