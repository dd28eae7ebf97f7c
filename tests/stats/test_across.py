"""Two runs side by side: whether they may be compared, and the differences of what they share."""

from __future__ import annotations

import math
from dataclasses import replace

import numpy as np
import pytest
from scipy import stats
from scored import normal, scored

from gridloom import Budget, Proposal, Trial
from gridloom.results.statistics.across import across, obstacles
from gridloom.results.statistics.comparisons import holm
from gridloom.results.statistics.questions import NewData, Seeds

KFOLD = {"method": "kfold", "folds": 3, "shuffle": False, "repeats": 1}


def compared(first, second):
    """What two results say side by side."""
    return across(first.trials, second.trials, first.validation)


def manifest(**changes):
    experiment = {"validation": KFOLD | {"seeds": 1}, "seed": 7}
    known = {"data": {"rows": 150, "sha256": "a" * 64}, "scoring": "accuracy", "experiment": experiment}
    return known | changes


def validated(seed=7, **changes):
    return manifest(experiment={"validation": KFOLD | {"seeds": 1} | changes, "seed": seed})


# May they be compared?


@pytest.mark.parametrize(
    ("other", "reasons"),
    [
        (manifest(), []),
        (manifest(packages={"keras": "4"}), []),
        (validated(seeds=20), []),
        (validated(nested={"folds": 5}), []),
        (validated(seed=8), []),
        (manifest(data={"rows": 150, "sha256": "b" * 64}), ["the data: 150 rows with SHA-256 aaaaaaaaaaaa..., and 150 rows with SHA-256 bbbbbbbbbbbb..."]),
        (manifest(data={}), ["the data: 150 rows with SHA-256 aaaaaaaaaaaa..., and unknown ones"]),
        (manifest(scoring="r2"), ["the scoring: accuracy, and r2"]),
        (validated(folds=5), ["the splits: folds 3, and 5"]),
        (validated(method="stratified_kfold", repeats=2), ["the splits: method kfold, and stratified_kfold", "the splits: repeats 1, and 2"]),
        (validated(shuffle=True), ["the splits: shuffle False, and True"]),
        (manifest(experiment={"validation": {"method": "shuffle_split", "test_share": 0.2, "folds": 3}, "seed": 7}), ["the splits: method kfold, and shuffle_split"]),
        (manifest(experiment={"validation": {"method": "kfold", "folds": 3, "shuffle": False}}), ["the splits: repeats 1, and not set"]),
        (manifest(scoring="r2", data={}), ["the data: 150 rows with SHA-256 aaaaaaaaaaaa..., and unknown ones", "the scoring: accuracy, and r2"]),
    ],
)  # fmt: skip
def test_runs_are_comparable_on_the_same_data_scoring_and_splits(other, reasons):
    assert obstacles(manifest(), other) == reasons


def test_the_seed_counts_where_it_draws_the_splits():
    assert obstacles(validated(shuffle=True), validated(8, shuffle=True)) == ["the splits: seed 7, and 8"]
    drawn = {"method": "shuffle_split", "folds": 5, "test_share": 0.2, "repeats": 1}
    one, other = (manifest(experiment={"validation": drawn, "seed": seed}) for seed in (7, 8))
    assert obstacles(one, one) == []
    assert obstacles(one, other) == ["the splits: seed 7, and 8"]


def test_runs_of_other_rows_held_out_have_no_splits_in_common():
    held = {"validation": KFOLD | {"seeds": 1}, "test": 0.2}
    one, other = (manifest(experiment=held | {"seed": seed}) for seed in (7, 8))
    assert obstacles(one, one) == []
    assert obstacles(one, other) == ["the splits: seed 7, and 8"]
    assert "the splits: test 0.2, and not set" in obstacles(one, manifest())


@pytest.mark.parametrize("method", ["time_series", "predefined", "leave_one_out"])
def test_the_seed_does_not_count_for_methods_that_draw_nothing(method):
    one, other = (manifest(experiment={"validation": {"method": method}, "seed": seed}) for seed in (7, 8))
    assert obstacles(one, other) == []


def test_runs_that_know_nothing_of_their_data_are_not_comparable():
    assert obstacles({}, {}) == ["the data: unknown ones, and unknown ones"]


# The differences


def test_over_seeds_it_is_welchs_test_by_candidate_with_any_numbers_of_seeds():
    first, second = normal((3, 1, 1, 5), 1), normal((3, 1, 1, 9), 2, 0.03)
    found = compared(scored(first, **KFOLD), scored(second, **KFOLD))
    assert found.question == Seeds()
    for number, item in enumerate(found.differences):
        a, b = first[number].ravel(), second[number].ravel()
        theirs = stats.ttest_ind(b, a, equal_var=False)
        interval = theirs.confidence_interval(0.95)
        assert (item.first.number, item.second.number) == (number, number)
        assert item.difference == pytest.approx(b.mean() - a.mean())
        assert item.p == pytest.approx(theirs.pvalue)
        assert (item.low, item.high) == pytest.approx((interval.low, interval.high))
    assert [item.holm for item in found.differences] == pytest.approx(holm([item.p for item in found.differences]))


@pytest.mark.parametrize(("seeds", "others"), [(1, 1), (1, 6), (6, 1)])
def test_with_a_single_seed_on_one_side_it_is_the_corrected_test_paired_by_split(seeds, others):
    first, second = normal((2, 1, 10, seeds), 1), normal((2, 1, 10, others), 2)
    validation = {"method": "kfold", "folds": 10}
    found = compared(scored(first, **validation), scored(second, **validation))
    assert found.question == NewData(1 / 9)
    differences = (second.mean(axis=3) - first.mean(axis=3)).reshape(2, 10)
    t = differences.mean(axis=1) / np.sqrt((1 / 10 + 1 / 9) * differences.var(axis=1, ddof=1))
    assert [item.p for item in found.differences] == pytest.approx(2 * stats.t.sf(np.abs(t), 9))


def test_with_one_seed_and_splits_of_unknown_size_there_are_differences_alone():
    first, second = normal((2, 1, 3, 1), 1), normal((2, 1, 3, 1), 2)
    found = compared(scored(first), scored(second))
    assert found.question is None
    assert [item.difference for item in found.differences] == pytest.approx((second - first).mean(axis=(1, 2, 3)))
    assert all(math.isnan(value) for item in found.differences for value in (item.low, item.high, item.p, item.holm))
    assert found.apart == []


def test_scores_too_large_to_be_squared_have_differences_alone():
    found = compared(scored(1e308 * normal((2, 1, 3, 5))), scored(normal((2, 1, 3, 5))))
    assert found.question is None


def test_a_run_beside_itself_has_no_difference():
    mine = scored(normal((3, 1, 3, 5)), **KFOLD)
    assert [(item.difference, item.p) for item in compared(mine, mine).differences] == [(0.0, 1.0)] * 3


def test_a_true_difference_is_found_and_told_from_luck():
    first, second = normal((4, 1, 3, 8), 1), normal((4, 1, 3, 8), 2)
    second[2] += 0.05
    found = compared(scored(first, **KFOLD), scored(second, **KFOLD))
    assert [item.first.number for item in found.apart] == [2]
    assert found.apart[0].low < 0.05 < found.apart[0].high


def test_the_level_holds_over_many_candidates_that_do_not_differ():
    """Of 400 pairs of equal runs with six candidates, about 5 % have a false difference, and not many more."""
    rng = np.random.default_rng(0)
    first, second = rng.standard_normal((2, 400, 6, 1, 2, 4))
    false = [
        (holm(Seeds().between_runs(a, b).p) <= 0.05).any() for a, b in zip(first, second, strict=True)
    ]  # fmt: skip
    assert 0.02 <= np.mean(false) <= 0.08


# What is compared


def test_candidates_are_the_same_by_all_their_values_whatever_their_number():
    ours = [{"m": {"x": x}} for x in (1, 2, 3)]
    theirs = [{"m": {"x": x}} for x in (3, 9, 2)]
    found = compared(scored(normal((3, 1, 3, 5)), ours, **KFOLD), scored(normal((3, 1, 3, 5)), theirs, **KFOLD))
    assert [(item.first.number, item.second.number) for item in found.differences] == [(1, 2), (2, 0)]
    assert (found.first_only, found.second_only) == (1, 1)


def test_what_failed_or_is_not_finished_is_not_across():
    first, second = normal((4, 1, 3, 5)), normal((4, 1, 3, 5))
    first[0, 0, 0, 0], second[1, 0, 0, 0] = np.nan, np.inf
    found = compared(scored(first, **KFOLD), scored(second, **KFOLD))
    assert [item.first.number for item in found.differences] == [2, 3]
    assert (found.first_only, found.second_only) == (1, 1)


def test_candidates_of_other_budgets_are_others():
    mine = scored(normal((2, 1, 3, 5)), **KFOLD)
    short = [
        Trial(t.number, Proposal(t.candidate, Budget(epochs=1)), t.fits, t.results) if t.number else t
        for t in mine.trials
    ]
    assert [item.first.number for item in compared(mine, replace(mine, trials=short)).differences] == [0]


def test_a_smaller_budget_is_not_across_even_where_both_runs_have_it():
    mine = scored(normal((3, 1, 3, 5)), **KFOLD)
    trials = [
        Trial(t.number, Proposal(t.candidate, Budget(share=0.5)), t.fits, t.results) if t.number < 2 else t
        for t in mine.trials
    ]
    found = compared(replace(mine, trials=trials), replace(mine, trials=trials))
    assert [item.first.number for item in found.differences] == [2]
    assert (found.first_only, found.second_only) == (0, 0)


def test_the_first_of_equal_trials_counts():
    twice = scored(normal((2, 1, 3, 5)), [{"m": {"x": 1}}] * 2, **KFOLD)
    (item,) = compared(twice, twice).differences
    assert item.first.number == item.second.number == 0


def test_runs_that_share_nothing_have_no_differences():
    ours, theirs = ([{"m": {"x": x}}] for x in (1, 2))
    found = compared(scored(normal((1, 1, 3, 5)), ours, **KFOLD), scored(normal((1, 1, 3, 5)), theirs, **KFOLD))
    assert (found.differences, found.first_only, found.second_only) == ((), 1, 1)
