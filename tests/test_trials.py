"""Fits with keys and seeds of their own, what came of them, and trials."""

from __future__ import annotations

import math
import pickle
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from gridloom import Budget, Candidate, Fit, FitResult, Proposal, Status, StopRun, TooLarge, Trial, fit_each

DROPOUT = {"dropout": {"dropout_rate": 0.2, "weight_constraint": 3}, "model": {"hidden": [24, 12], "name": "é"}}
FIT = Fit(Candidate(DROPOUT), repeat=1, fold=2, replica=3, budget=Budget(epochs=5, share=0.5))
SCORES = st.floats(-1e9, 1e9)


def trial(*results, number=0):
    """A trial with these results, one a fold; a number stands for a finished fit, a text for a failed one."""
    candidate = Candidate({"m": {"x": number}})
    fits = tuple(Fit(candidate, 0, fold) for fold in range(len(results)))
    return Trial(number, Proposal(candidate), fits, tuple(map(result, results)))


def result(what):
    if isinstance(what, str):
        return FitResult(error=what)
    return what if what is None else FitResult({"accuracy": what})


@pytest.mark.parametrize(
    ("results", "text"),
    [
        ((0.5, 1.0), "<Trial 3: {'x': 3}, mean 0.75, complete, 2 of 2 fits>"),
        ((0.5, None), "<Trial 3: {'x': 3}, incomplete, 1 of 2 fits>"),
        ((0.5, "ValueError: x"), "<Trial 3: {'x': 3}, failed, 2 of 2 fits>"),
    ],
)
def test_a_trial_is_told_in_a_line_without_its_fits(results, text):
    assert repr(trial(*results, number=3)) == str(trial(*results, number=3)) == text


def test_a_fit_is_told_without_its_epochs():
    assert "0.125" not in repr(FitResult({"accuracy": 0.5}, {"loss": [0.125] * 500}))


# Budgets


@pytest.mark.parametrize(
    "wrong",
    [
        {"epochs": 0},
        {"epochs": -1},
        {"epochs": 1.5},
        {"epochs": math.nan},
        {"cells": 2.0},
        {"cells": "2"},
        {"share": 0.0},
        {"share": 1.1},
        {"share": math.nan},
        {"share": "0.5"},
    ],
)
def test_a_budget_is_at_least_an_epoch_and_a_share_up_to_all(wrong):
    with pytest.raises(ValueError, match=r"budget|share"):
        Budget(**wrong)


def test_a_budget_describes_what_it_limits():
    assert Budget().describe() == {}
    assert Budget(epochs=3).describe() == {"epochs": 3}
    assert Budget(3, 0.5).describe() == {"epochs": 3, "share": 0.5}
    assert {type(amount) for amount in Budget(np.int64(3), np.float32(0.5), np.int8(2)).describe().values()} == {
        int,
        float,
    }


# Keys and seeds


def test_the_keys_of_fits_never_change_or_no_journal_could_be_read_again():
    assert Fit(Candidate({"model": {"C": 0.1}}), repeat=0, fold=0).key == (
        "990f5c0a35b7d5e4e77c8c24931e3a476e9fd021c8313a94c7f4556d719f4151"
    )
    assert FIT.key == "4025b660ed7f8e7ef041aab52b6b6f20c4a29caa0ec92a71faa9a29f720a916d"
    assert FIT.seed(7) == 2031784427


@pytest.mark.parametrize(
    "other",
    [
        replace(FIT, repeat=0),
        replace(FIT, fold=0),
        replace(FIT, replica=0),
        replace(FIT, candidate=Candidate(DROPOUT | {"model": {"hidden": [12, 24], "name": "é"}})),
        replace(FIT, candidate=Candidate({**DROPOUT, "more": {"x": 1}})),
        replace(FIT, repeat=2, fold=1),
    ],
)
def test_the_key_and_the_seed_differ_with_every_field_but_the_budget(other):
    assert other.key != FIT.key
    assert other.seed(7) != FIT.seed(7)
    assert other != FIT


@pytest.mark.parametrize(
    "budget", [Budget(), Budget(epochs=5), Budget(epochs=6, share=0.5), Budget(epochs=5, share=0.25)]
)
def test_the_key_differs_with_the_budget_but_the_seed_does_not(budget):
    """So a smaller budget is the beginning of a larger one."""
    other = replace(FIT, budget=budget)
    assert other.key != FIT.key
    assert other.seed(7) == FIT.seed(7)


def test_the_key_does_not_depend_on_the_order_of_groups_and_parameters():
    turned = {group: dict(reversed(chosen.items())) for group, chosen in reversed(DROPOUT.items())}
    other = replace(FIT, candidate=Candidate(turned))
    assert other.key == FIT.key
    assert other == FIT


def test_equal_fits_have_equal_keys():
    whole, real = (replace(FIT, budget=Budget(share=share)) for share in (1, 1.0))
    assert whole == real
    assert whole.key == real.key


def test_the_key_survives_pickling():
    assert pickle.loads(pickle.dumps(FIT)).key == FIT.key
    assert pickle.loads(pickle.dumps(FIT)) == FIT


@given(st.integers(0, 2**32 - 1), st.integers(0, 9))
def test_a_seed_fits_into_31_bits(experiment_seed, fold):
    assert replace(FIT, fold=fold).seed(experiment_seed) in range(2**31)


def test_seeds_fill_their_whole_range_and_depend_on_the_seed_of_the_experiment():
    seeds = [FIT.seed(experiment_seed) for experiment_seed in range(1000)]
    assert len(set(seeds)) > 990
    assert min(seeds) < 2**31 * 0.02
    assert max(seeds) > 2**31 * 0.98


# Results of fits


@pytest.mark.parametrize("score", [None, math.nan, math.inf, -math.inf, np.float64("nan")])
def test_a_finished_fit_has_a_finite_score(score):
    with pytest.raises(ValueError, match=f"a finished fit must have a finite score, not {score}"):
        FitResult({"accuracy": score})


def test_a_fit_that_failed_has_no_score_but_its_error_and_traceback():
    def train():
        raise KeyError("units")

    with pytest.raises(KeyError) as caught:
        train()
    failed = FitResult.failed(caught.value)
    assert (failed.status, failed.score, failed.error) == (Status.FAILED, None, "KeyError: 'units'")
    assert "in train" in failed.traceback
    assert FitResult({"accuracy": 0.5}).status is Status.COMPLETE


def test_the_error_of_a_fit_may_have_several_lines_and_causes():
    try:
        try:
            raise OSError("no weights")
        except OSError as error:
            raise ValueError("two\nlines") from error
    except ValueError as error:
        failed = FitResult.failed(error)
    assert failed.error == "ValueError: two\nlines"
    assert "OSError: no weights" in failed.traceback


def test_the_error_of_a_fit_names_no_module():
    assert FitResult.failed(np.linalg.LinAlgError("singular")).error == "LinAlgError: singular"
    assert FitResult.failed(TooLarge("too large")).error == "too large"


def test_what_one_fit_raises_fails_that_one_alone():
    def train(fit):
        if fit.fold == 1:
            raise MemoryError("too large")
        return FitResult({"accuracy": float(fit.fold)})

    results = [result for _, result in fit_each([replace(FIT, fold=fold) for fold in range(3)], train)]
    assert [result.score for result in results] == [0.0, None, 2.0]
    assert results[1].error.startswith("MemoryError: too large; use fewer workers (-j)")


def test_a_score_that_is_no_number_fails_its_fit_alone():
    pairs = fit_each([FIT, replace(FIT, fold=0)], lambda fit: FitResult({"accuracy": math.nan if fit is FIT else 0.5}))
    results = [result for _, result in pairs]
    assert [result.status for result in results] == [Status.FAILED, Status.COMPLETE]
    assert "finite score" in results[0].error


@pytest.mark.parametrize("error", [StopRun("no fit can be right"), KeyboardInterrupt()])
def test_what_is_not_the_fault_of_a_fit_goes_through(error):
    def train(fit):
        raise error

    with pytest.raises(type(error)):
        list(fit_each([FIT], train))


# Trials


@given(st.lists(SCORES, min_size=1, max_size=12))
@example([0.0, 1.907643179614888e-215])
def test_mean_and_standard_deviation_are_those_of_the_population(scores):
    noise = max(1e-150, *(abs(score) * 1e-14 for score in scores))  # squares of less are 0 for NumPy
    assert trial(*scores).mean == pytest.approx(np.mean(scores), rel=1e-12, abs=noise)
    assert trial(*scores).std == pytest.approx(np.std(scores), rel=1e-9, abs=noise)


@given(st.lists(SCORES, min_size=2, max_size=9), st.randoms())
def test_the_mean_does_not_depend_on_the_order_of_the_scores(scores, random):
    shuffled = random.sample(scores, len(scores))
    assert trial(*shuffled).mean == trial(*scores).mean


def test_the_folds_of_the_article_have_its_mean_and_standard_deviation():
    always_no = trial(158 / 256, 169 / 256, 173 / 256)
    assert f"{always_no.mean:f} ({always_no.std:f})" == "0.651042 (0.024774)"


def test_one_score_has_no_spread():
    assert trial(0.3).mean == 0.3
    assert trial(0.3).std == 0.0


def test_huge_scores_neither_overflow_nor_stop_a_run():
    assert trial(1e200, -1e200).std == pytest.approx(1e200)
    assert trial(-1e308, -1e308, -1e308).mean == pytest.approx(-1e308)


@pytest.mark.parametrize(
    ("results", "status"),
    [
        ((0.5, 0.25), Status.COMPLETE),
        ((0.5, "ValueError: x"), Status.FAILED),
        ((0.5, None), Status.INCOMPLETE),
        ((None, "ValueError: x"), Status.FAILED),
    ],
)
def test_a_trial_is_complete_only_with_all_its_fits(results, status):
    mine = trial(*results)
    assert mine.status is status
    assert mine.scores == [None if isinstance(score, str) else score for score in results]
    assert math.isnan(mine.mean) is math.isnan(mine.std) is (status is not Status.COMPLETE)


def test_a_trial_names_its_failures():
    mine = trial(0.5, "A: x", None, "B: y", number=4)
    assert [(fit.fold, failed.error) for fit, failed in mine.failures] == [(1, "A: x"), (3, "B: y")]
    assert mine.params == {"x": 4}


def test_a_budget_does_not_change_the_seed_so_a_small_one_is_the_beginning_of_a_large_one():
    in_full = Fit(Candidate({"m": {"x": 1}}), repeat=1, fold=2, replica=3, outer=0)
    for budget in (Budget(epochs=9), Budget(share=0.5), Budget(epochs=27, share=0.5)):
        fit = replace(in_full, budget=budget)
        assert fit.seed(7) == in_full.seed(7)
        assert fit.key != in_full.key
    assert replace(in_full, replica=4).seed(7) != in_full.seed(7)
