"""The two questions: intervals and differences beside textbooks, scipy and scikit-learn's own example."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats
from scored import normal
from sklearn.datasets import make_moons
from sklearn.model_selection import GridSearchCV, RepeatedStratifiedKFold
from sklearn.svm import SVC

from gridloom.results.statistics.questions import NewData, Seeds, checked

QUESTIONS = [Seeds(), NewData(0.5)]


def test_the_interval_over_seeds_on_one_split_is_students_interval_of_the_runs():
    scores = normal((4, 1, 1, 6))
    low, high = Seeds().trials(scores).bounds(0.95)
    for row, runs in enumerate(scores.mean(axis=(1, 2))):
        expected = stats.ttest_1samp(runs, 0).confidence_interval(0.95)
        assert (low[row], high[row]) == pytest.approx((expected.low, expected.high))


def test_intervals_over_seeds_have_the_error_that_comparisons_have():
    scores = normal((2, 1, 3, 2))
    scores[1] = 0.5  # it never varies, so that the error of the difference is that of the other one
    one, pair = Seeds().trials(scores), Seeds().differences(scores, 1)
    assert (one.error[0], one.df[0]) == pytest.approx((pair.error[0], pair.df[0]))


def test_intervals_over_seeds_hold_the_true_mean_as_often_as_they_say():
    scores = np.random.default_rng(4).standard_normal((4000, 1, 3, 2))
    low, high = Seeds().trials(scores).bounds(0.95)
    assert 0.94 < np.mean((low <= 0) & (high >= 0)) < 0.985


def test_the_interval_over_new_data_widens_students_by_the_share_of_rows_that_splits_have_in_common():
    scores = normal((4, 2, 5, 3))
    low, high = NewData(0.25).trials(scores).bounds(0.9)
    for row, means in enumerate(scores.mean(axis=3).reshape(4, 10)):
        plain = stats.ttest_1samp(means, 0).confidence_interval(0.9)
        assert high[row] - low[row] == pytest.approx((plain.high - plain.low) * np.sqrt((1 / 10 + 0.25) / (1 / 10)))
        assert (high[row] + low[row]) / 2 == pytest.approx(scores[row].mean())


def test_the_difference_over_seeds_on_one_split_is_welchs_test():
    scores = normal((3, 1, 1, 5)) * np.array([1.0, 1.1, 1.5]).reshape(3, 1, 1, 1)
    found = Seeds().differences(scores, 0)
    for row in (1, 2):
        expected = stats.ttest_ind(scores[0, 0, 0], scores[row, 0, 0], equal_var=False)
        assert (found.t[row], found.df[row], found.p[row]) == pytest.approx(
            (expected.statistic, expected.df, expected.pvalue)
        )


def test_seeds_of_other_splits_add_degrees_of_freedom_and_differences_between_splits_no_error():
    steps = np.array([0.0, 0.1, 0.2]).reshape(1, 1, 3, 1)
    within = np.array([-0.01, 0.01]).reshape(1, 1, 1, 2)
    found = Seeds().means(0.5 + steps + within)
    assert found.df == pytest.approx([3.0])
    assert found.error == pytest.approx([0.01 / np.sqrt(3)])


@pytest.fixture(scope="module")
def moons():
    """The scores of scikit-learn's example "Statistical comparison of models using grid search", and its ratio."""
    X, y = make_moons(noise=0.352, random_state=1, n_samples=100)
    grid = [
        {"kernel": ["linear"]},
        {"kernel": ["poly"], "degree": [2, 3]},
        {"kernel": ["rbf"]},
    ]
    splitter = RepeatedStratifiedKFold(n_splits=10, n_repeats=10, random_state=0)
    search = GridSearchCV(SVC(random_state=0), grid, scoring="roc_auc", cv=splitter).fit(X, y)
    splits = [search.cv_results_[f"split{number}_test_score"] for number in range(100)]
    return np.array(splits).T.reshape(4, 10, 10, 1)


@pytest.mark.parametrize(
    ("first", "second", "t"),
    [(3, 0, 0.750), (3, 2, 1.657), (3, 1, 4.565), (0, 2, 1.111), (0, 1, 4.276), (2, 1, 3.851)],
)
def test_differences_over_new_data_are_those_of_scikit_learns_example(moons, first, second, t):
    found = NewData(10 / 90).differences(moons, first)
    assert found.t[second] == pytest.approx(t, abs=6e-4)
    assert found.df[second] == 99


def test_the_p_value_over_new_data_is_that_of_scikit_learns_example(moons):
    assert NewData(1 / 9).differences(moons, 3).p[0] / 2 == pytest.approx(0.227, abs=6e-4)


@pytest.mark.parametrize("question", QUESTIONS, ids=lambda question: question.name)
def test_candidates_that_never_vary_are_told_apart_exactly(question):
    scores = np.full((4, 1, 3, 3), 0.1) * np.array([3, 3, 2, 4]).reshape(4, 1, 1, 1)
    scores[1, 0, :, 0] += np.array([1e-17, 0.0, -1e-17])
    found = question.differences(scores, 0)
    assert found.t.tolist() == [0.0, 0.0, np.inf, -np.inf]
    assert found.p.tolist() == [1.0, 1.0, 0.0, 0.0]


@pytest.mark.parametrize("question", QUESTIONS, ids=lambda question: question.name)
@given(shift=st.floats(-10, 10), scale=st.floats(1e-3, 1e3), seed=st.integers(0, 99))
def test_neither_the_unit_nor_the_origin_of_scores_matters(question, shift, scale, seed):
    scores = normal((3, 1, 4, 3), seed)
    before, after = question.differences(scores, 1), question.differences(shift + scale * scores, 1)
    assert after.t == pytest.approx(before.t, rel=1e-5, abs=1e-8)
    assert after.df == pytest.approx(before.df, rel=1e-5)


@pytest.mark.parametrize("question", QUESTIONS, ids=lambda question: question.name)
@given(seed=st.integers(0, 99))
def test_the_order_of_seeds_and_of_splits_does_not_matter(question, seed):
    scores = normal((3, 1, 4, 3), seed)
    rng = np.random.default_rng(seed)
    after = question.differences(rng.permuted(scores, axis=3)[:, :, rng.permutation(4)], 1)
    assert after.t == pytest.approx(question.differences(scores, 1).t)


def test_the_error_of_a_mean_over_candidates_comes_from_their_seeds_alone():
    scores = normal((5, 1, 1, 4)) + np.arange(5).reshape(5, 1, 1, 1)
    found = Seeds().overall(scores)
    assert found.error == pytest.approx(np.sqrt(scores.var(axis=3, ddof=1).sum() / 4) / 5)


@pytest.mark.parametrize(
    "scores", [np.zeros((2, 3)), np.zeros((0, 1, 1, 1)), np.full((2, 1, 1, 2), np.nan), np.full((2, 1, 1, 2), 1e151)]
)
def test_scores_of_another_shape_or_that_are_missing_or_too_large_are_refused(scores):
    with pytest.raises(ValueError, match="scores"):
        checked(scores)


@pytest.mark.parametrize("ratio", [0, -1, np.inf, np.nan])
def test_a_ratio_that_no_split_has_is_refused(ratio):
    with pytest.raises(ValueError, match="the ratio of test to training rows lies above 0"):
        NewData(ratio)
