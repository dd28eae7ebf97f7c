"""The summary of a search, its verdict and the next step, for every kind of design."""

from __future__ import annotations

import inspect
import json
import pickle
import sys
import textwrap
from dataclasses import replace

import numpy as np
import pytest
from scipy.stats import t
from scored import exactly, normal, scored

import gridloom
from gridloom import Budget, Proposal
from gridloom.registry import hookspecs
from gridloom.results.baseline import Baseline
from gridloom.results.statistics.best_set import best_set
from gridloom.results.statistics.comparisons import compare
from gridloom.results.statistics.optimism import optimism
from gridloom.results.statistics.questions import NewData, Seeds
from gridloom.results.statistics.summary import summarise

KFOLD = {"method": "kfold", "folds": 3, "repeats": 1}
WIDTHS = [{"net": {"neurons": 30 - 5 * number}} for number in range(5)]
SIMPLER = {"net": {"neurons": "smaller"}}


def close_race(seeds=6):
    """Three candidates within the noise, the middle one best, and two far below."""
    runs = np.array([exactly(mean, 0.01, seeds) for mean in (0.7025, 0.704, 0.7018, 0.5, 0.4)])
    return np.repeat(runs.reshape(5, 1, 1, seeds), 3, axis=2)


def test_a_tie_is_counted_with_its_simplest_candidate_and_what_would_separate_the_top_two():
    scores = close_race()
    scores[0] -= 0.003
    scores[2] -= 0.002
    summary = scored(scores, WIDTHS, SIMPLER, **KFOLD).summary
    more = summary.seeds.power.more
    assert more > 3
    assert summary.sentence == (
        "Tie: 3 of 5 candidates are statistically tied (95 %, across seeds on this data). Simplest within one standard error of the best: neurons=25."
    )
    assert summary.next_step == f"To separate the top two: about {more:,} more seeds."


def test_the_simplest_is_no_further_behind_the_best_than_one_standard_error():
    summary = scored(close_race(), WIDTHS, SIMPLER, **KFOLD).summary
    assert summary.seeds.tied == (1, 0, 2)
    assert summary.seeds.simplest == 2
    scores = close_race()
    scores[2] -= 0.004  # in the tie set, but further behind than 0.01 / sqrt(18)
    summary = scored(scores, WIDTHS, SIMPLER, **KFOLD).summary
    assert 2 in summary.seeds.tied
    assert summary.seeds.simplest == 1


def test_its_parts_are_those_of_the_functions_with_the_numbers_of_trials():
    scores = close_race()
    scores[0] = np.nan
    summary = scored(scores, WIDTHS, SIMPLER, **KFOLD).summary
    rest = scores[1:]
    for answer, question in ((summary.seeds, Seeds()), (summary.new_data, NewData(1 / 2))):
        tied = [1 + row for row in np.flatnonzero(best_set(rest, question))]
        assert sorted(answer.tied) == tied
        assert [number for number in range(5) if answer.is_tied(number)] == tied
        assert answer.tied[0] == summary.best == 1
        assert answer.runner_up == 2
        assert answer.simplest == (2 if question.name == "seeds" else 1)  # equal splits leave no error to be within
        assert [item.candidate for item in answer.comparisons] == [2, 3, 4]
        assert [item.p for item in answer.comparisons] == [item.p for item in compare(rest, question, 0)]
        assert answer.optimism == optimism(rest, question)
        assert [item.trial for item in answer.intervals] == [1, 2, 3, 4]
        assert [item.std for item in answer.intervals] == pytest.approx(rest.std(axis=(1, 2, 3)))
        assert answer.effects.question == question.name


def test_with_one_seed_the_question_is_new_data():
    scores = normal((4, 1, 10, 1)) + np.array([0, 0, 0.001, -0.5]).reshape(4, 1, 1, 1)
    summary = scored(scores, method="kfold", folds=10).summary
    assert summary.seeds is None
    assert summary.sentence == "Tie: 3 of 4 candidates are statistically tied (95 %, on new data)."


def test_a_best_that_stands_alone_is_named():
    scores = normal((3, 1, 3, 5))
    scores[1] += 0.5
    alone = "Winner: x=1 is significantly better than the 2 others (95 %, across seeds on this data)."
    assert scored(scores, **KFOLD).summary.sentence == f"{alone} On new data it wins, too."
    assert scored(scores).summary.sentence == f"{alone} On new data another one may be best."
    assert scored(scores).summary.next_step == ""


def test_of_a_winner_over_seeds_that_is_none_over_new_data_that_is_said():
    by_split = np.array([[0.02, -0.01, 0.02], [0, 0, 0]]).reshape(2, 1, 3, 1)
    summary = scored(0.7 + by_split + 0.001 * normal((2, 1, 3, 5)), **KFOLD).summary
    assert len(summary.seeds.tied) == 1
    assert summary.sentence.endswith(
        "is significantly better than the other candidate (95 %, across seeds on this data). "
        "On new data another one may be best: 2 of 2 are tied there."
    )


def test_first_two_with_equal_means_need_no_number_of_seeds():
    scores = np.concatenate([np.roll(close_race()[:1], 1, axis=3), close_race()[:1]])
    summary = scored(scores, **KFOLD).summary
    assert summary.sentence.startswith("Tie: both candidates are statistically tied")
    assert summary.next_step == (
        "The top two have equal means, so no number of seeds can be estimated to separate them."
    )


def of_one_split(*runs):
    """Candidates with these runs on a single split."""
    return np.array(runs).reshape(len(runs), 1, 1, -1)


def test_a_difference_that_is_small_beside_its_error_promises_no_number_of_seeds():
    scores = of_one_split(exactly(0.7, 0.01, 5), exactly(0.6995, 0.01, 5))
    assert scored(scores).summary.next_step == ("Separating the top two would take more than 10 times as many seeds.")


def test_the_seeds_wanted_reckon_with_all_comparisons():
    """It is the many others that keep the runner-up in the set: each of them might have come first by luck."""
    far = [exactly(0.4, 0.01, 5) for _ in range(40)]
    summary = scored(of_one_split(exactly(0.7, 0.01, 5), exactly(0.6785, 0.01, 5), *far)).summary
    assert summary.seeds.tied == (0, 1)
    assert summary.next_step == "To separate the top two: about 5 more seeds."


def test_a_runner_up_that_is_not_tied_needs_no_more_seeds():
    wide = exactly(0.68, 0.1, 5)
    summary = scored(of_one_split(exactly(0.7, 0.0053, 5), exactly(0.69, 0.0053, 5), wide, wide - 0.01)).summary
    assert summary.seeds.runner_up == 1
    assert summary.seeds.tied == (0, 2, 3)
    assert summary.seeds.power.more > 0
    assert summary.next_step == ""


def test_one_candidate_is_compared_with_nothing_but_has_intervals():
    summary = scored(normal((1, 1, 3, 5)), **KFOLD).summary
    assert summary.sentence == "No verdict: only one candidate is complete, so there is nothing to compare."
    assert summary.next_step == ""
    assert summary.seeds.intervals[0].low < summary.seeds.intervals[0].mean < summary.seeds.intervals[0].high
    assert (summary.seeds.comparisons, summary.seeds.power, summary.seeds.effects) == ((), None, None)


@pytest.mark.parametrize("shape", [(4, 1, 1, 1), (4, 1, 3, 1)])
def test_one_seed_and_one_split_or_splits_of_unknown_size_say_nothing(shape):
    summary = scored(normal(shape)).summary
    assert (summary.seeds, summary.new_data) == (None, None)
    assert summary.sentence == (
        "No verdict on the 4 candidates: one seed and one split (or splits of unknown size) show no spread of the scores."
    )
    assert summary.next_step == "Set validation.seeds: 20 to compare across seeds, if seeds change the scores."


def test_where_all_failed_nothing_can_be_said():
    summary = scored(np.full((3, 1, 3, 1), np.nan), **KFOLD).summary
    assert (summary.best, summary.compared, summary.failed) == (None, 0, 3)
    assert summary.sentence == "No verdict: no candidate is complete. Not compared: 3 failed."


def test_a_search_without_trials_has_a_summary():
    assert scored(np.zeros((0, 1, 1, 1))).summary.sentence == "No verdict: no candidate is complete."


def test_what_failed_or_did_not_finish_is_left_out_and_counted():
    scores = normal((6, 1, 3, 5))
    scores[[1, 2], 0, 0, 0] = np.nan
    scores[4, 0, 2, 4] = np.inf
    summary = scored(scores, **KFOLD).summary
    assert (summary.compared, summary.failed, summary.incomplete) == (3, 2, 1)
    assert summary.sentence.startswith("Tie: all 3 candidates are ")
    assert summary.sentence.endswith(" Not compared: 2 failed, 1 not finished.")


def test_trials_of_another_budget_than_the_best_are_not_compared():
    result = scored(normal((4, 1, 3, 5)), **KFOLD)
    worst = result.ranked[-1]
    short = gridloom.Proposal(worst.candidate, gridloom.Budget(epochs=1))
    trials = [gridloom.Trial(t.number, short, t.fits, t.results) if t is worst else t for t in result.trials]
    assert gridloom.Result("", "", "", trials, result.folder, result.manifest).summary.compared == 3


@pytest.mark.parametrize(
    ("validation", "ratio"),
    [
        ({"method": "kfold", "folds": 5}, 1 / 4),
        ({"method": "stratified_kfold", "folds": 5, "repeats": 1}, 1 / 4),
        ({"method": "shuffle_split", "folds": 5, "test_share": 0.2, "repeats": 1}, 1 / 4),
        ({"method": "shuffle_split", "folds": 5, "test_share": 0.5, "repeats": 1}, 1),
    ],
)
def test_the_sizes_of_splits_come_from_the_validation_of_the_experiment(validation, ratio):
    scores = normal((2, 1, 5, 1))
    (interval, _) = scored(scores, **validation).summary.new_data.intervals
    low, high = NewData(ratio).trials(scores).bounds(0.95)
    assert (interval.low, interval.high) == pytest.approx((low[0], high[0]))


def test_what_takes_long_is_calculated_only_for_whoever_asks(monkeypatch):
    asked = []
    module = sys.modules["gridloom.results.statistics.effects"]  # the package has a function of that name
    monkeypatch.setattr(module, "forest_importances", lambda *_: asked.append(1))
    summary = scored(normal((12, 1, 3, 5)), [{"m": {"x": n, "y": n % 5}} for n in range(12)], **KFOLD).summary
    assert summary.sentence
    assert asked == []
    assert summary.seeds.effects is summary.seeds.effects
    assert asked == [1]


def test_it_can_be_pickled_with_what_is_not_calculated_yet():
    result = scored(close_race(), WIDTHS, **KFOLD)
    content = result.summary.describe()
    assert pickle.loads(pickle.dumps(result)).summary.describe() == content


@pytest.mark.parametrize("scale", [1.0, 1e-100, 1e140, 1e308])
def test_it_is_json_for_scores_of_any_size(scale):
    result = scored(scale * close_race(), WIDTHS, **KFOLD)
    content = result.summary.describe()
    assert json.loads(json.dumps(content, allow_nan=False))["sentence"] == result.summary.sentence
    assert ("too large" in result.summary.sentence) == (scale == 1e308)
    assert ("3 of 5" in result.summary.sentence) == (scale != 1e308)


def test_the_level_is_named():
    mine = scored(close_race(), **KFOLD)
    assert summarise(mine.trials, mine.validation, level=0.99).sentence.count("(99 %, ") == 1


def test_a_run_knows_what_its_families_declare_as_simpler(tmp_path):
    """An engine that guesses trains nothing, so all candidates are equal, and the one with fewest neurons is simplest."""
    block = inspect.getdoc(hookspecs.gridloom_engines).partition("Example::\n")[2]
    (tmp_path / "mine.py").write_text(textwrap.dedent(block))
    (tmp_path / "e.yaml").write_text(
        "dataset: {name: pima, sample: 20}\n"
        "model: mlp\n"
        "search: {strategy: grid, space: {neurons: {neurons: [9, 3, 6]}}}\n"
        "validation: {method: kfold, folds: 2}\n"
        "engine: mine:guess\n"
        "reporters: []\n"
    )
    result = gridloom.run(tmp_path / "e.yaml", n_jobs=1, out=tmp_path / "runs", plugins=[str(tmp_path / "mine.py")])
    assert result.simpler == {"neurons": {"neurons": "smaller"}}
    assert "Simplest within one standard error of the best: neurons=3." in result.summary.sentence


def test_seeds_that_change_nothing_answer_no_question():
    """As with a model that draws nothing: across seeds every difference would be certain."""
    scores = np.repeat(normal((4, 1, 3, 1)), 3, axis=3)
    summary = scored(scores, WIDTHS[:4], **KFOLD).summary
    assert summary.seeds is None
    assert summary.new_data is not None
    assert "(95 %, on new data)" in summary.sentence


# Methods for which no interval on new data is known


@pytest.mark.parametrize(
    "settings", [{"method": "time_series", "folds": 3}, {"method": "predefined"}, {"method": "leave_one_out"}]
)
def test_nothing_is_said_of_new_data_where_the_correction_does_not_hold(settings):
    summary = scored(normal((4, 1, 3, 1)), **settings).summary
    assert (summary.new_data, summary.seeds) == (None, None)
    assert summary.next_step == "Set validation.seeds: 20 to compare across seeds, if seeds change the scores."
    across_seeds = scored(normal((4, 1, 3, 6)), **settings).summary
    assert across_seeds.new_data is None
    assert len(across_seeds.seeds.intervals) == 4


@pytest.mark.parametrize("method", ["group_kfold", "stratified_group_kfold"])
def test_folds_of_groups_have_the_ratio_of_as_many_folds(method):
    scores = normal((4, 2, 3, 1))
    summary = scored(scores, method=method, folds=3, repeats=2).summary
    low, high = NewData(1 / 2).trials(scores).bounds(0.95)
    assert [(item.low, item.high) for item in summary.new_data.intervals] == list(zip(low, high, strict=True))


def test_trials_on_a_part_of_the_rows_have_a_ratio_of_as_many_more_to_test():
    scores = normal((4, 1, 3, 1))
    result = scored(scores, method="kfold", folds=3)
    half = [replace(t, proposal=Proposal(t.candidate, Budget(share=0.5))) for t in result.trials]
    low, high = NewData(1).trials(scores).bounds(0.95)
    found = replace(result, trials=half).summary.new_data.intervals
    assert [(item.low, item.high) for item in found] == list(zip(low, high, strict=True))


def raced(table, epochs, **kept):
    """A result whose candidates were trained for an epoch first; those in `epochs` then in full, with these scores."""
    result = scored(table, **KFOLD)
    short = [replace(t, proposal=Proposal(t.candidate, Budget(epochs=1))) for t in result.trials]
    full = [replace(result.trials[row], number=len(short) + place) for place, row in enumerate(epochs)]
    return replace(result, trials=[*short, *full], **kept)


WHY = "as each was worse than another one"


def test_what_the_strategy_says_of_those_that_it_dropped_stands_in_the_place_of_smaller_budgets():
    scores = normal((5, 1, 3, 5))
    assert raced(scores, [0, 1]).summary.sentence.endswith("Not compared: 3 trained on a smaller budget only.")
    said = raced(scores, [0, 1], dropped=WHY).summary.sentence
    assert said.endswith(f". Earlier, 3 candidates were dropped, {WHY}.")
    assert raced(scores, [0, 1, 2, 3], dropped=WHY).summary.sentence.endswith(
        f"Earlier, 1 candidate was dropped, {WHY}."
    )
    assert "dropped" not in raced(scores, range(5), dropped=WHY).summary.sentence
    assert raced(scores, [3], dropped=WHY).summary.sentence == (
        f"Winner: x=3 is the only candidate left. Earlier, 4 candidates were dropped, {WHY}."
    )


def test_one_candidate_that_is_finished_first_is_not_all_that_is_left():
    result = raced(normal((5, 1, 3, 5)), [3, 4], dropped=WHY)
    going_on = replace(result.trials[-1], results=(None,) * 15)
    said = replace(result, trials=[*result.trials[:-1], going_on]).summary.sentence
    assert said.startswith(
        "No verdict: only one candidate is complete, so there is nothing to compare. Earlier, 3 candidates were"
    )


def test_a_candidate_that_failed_or_did_not_finish_later_was_not_dropped():
    scores = normal((5, 1, 3, 5))
    result = raced(scores, [0, 1, 2, 3], dropped=WHY)
    failed, missing = (gridloom.FitResult(error="ValueError: x"),) * 15, (None,) * 15
    trials = [
        *result.trials[:-2],
        replace(result.trials[-2], results=failed),
        replace(result.trials[-1], results=missing),
    ]
    assert replace(result, trials=trials).summary.sentence.endswith(
        f". Earlier, 1 candidate was dropped, {WHY}. Not compared: 1 failed, 1 not finished."
    )


def test_of_another_score_than_the_one_that_ranked_the_strategy_says_nothing():
    result = raced(normal((5, 1, 3, 5)), [0, 1], dropped=WHY, scores=("accuracy", "f1"))
    assert "dropped" in result.ranked_by("accuracy").summary.sentence
    assert "dropped" not in result.ranked_by("f1").summary.sentence


# The next step


NO_SPLITS = "More splits or repeats of the same rows will not separate the top two; that takes more data."
SEEDS_INSTEAD = "More seeds can separate them, but only on this data: set validation.seeds: 20."


def test_with_few_scores_and_no_baseline_a_tie_is_too_noisy_to_judge():
    summary = scored(normal((4, 1, 3, 1)), **KFOLD).summary
    assert summary.sentence == (
        "Too noisy to judge: all 4 candidates are statistically tied (95 %, on new data), with means from 0.694 to 0.705. "
        "Only differences above about 0.07 would be significant."
    )
    assert summary.next_step == f"{NO_SPLITS} {SEEDS_INSTEAD}"


def with_baseline(result, baseline):
    return replace(result, baseline=Baseline("the mean", {result.scoring: baseline})).summary


def test_a_tie_is_too_noisy_to_judge_if_a_candidate_no_better_than_the_baseline_would_be_tied():
    result = scored(normal((4, 1, 3, 1)), **KFOLD)
    best, needed = result.best.mean, result.summary.new_data.critical_difference
    for gain in (needed * 0.99, -needed * 0.99, 0.0):
        assert with_baseline(result, best - gain).sentence.startswith("Too noisy to judge: all 4 candidates")
    for gain in (needed * 1.01, -needed * 1.01):
        assert with_baseline(result, best - gain).sentence.startswith("Tie: all 4 candidates")


def test_many_scores_are_too_noisy_where_the_best_gains_less_than_could_be_seen():
    result = scored(normal((4, 10, 3, 1)), method="kfold", folds=3, repeats=10)
    assert result.summary.sentence.startswith("Tie: all 4 candidates")
    assert with_baseline(result, result.best.mean - 1e-4).sentence.startswith("Too noisy to judge: all 4 candidates")


def test_equal_candidates_with_many_seeds_are_a_tie():
    result = scored(normal((4, 1, 3, 20)), **KFOLD)
    assert with_baseline(result, result.best.mean - 0.1).sentence.startswith("Tie: all 4 candidates")


def test_where_no_possible_difference_would_be_significant_that_is_said():
    scores = np.array([[0.4, 0.9], [0.8, 0.3], [0.5, 0.2]]).reshape(3, 1, 2, 1)
    sentence = replace(scored(scores, method="kfold", folds=2), bounds={"accuracy": (0.0, 1.0)}).summary.sentence
    assert sentence.endswith("with means from 0.35 to 0.65. No difference could be significant.")


def test_the_critical_difference_is_that_of_the_tie_set():
    scores = normal((4, 1, 5, 1))
    result = scored(scores, method="kfold", folds=5)
    needed, best = result.summary.new_data.critical_difference, result.best.number
    errors = sorted(NewData(1 / 4).differences(scores, best).error)
    assert needed == pytest.approx(errors[2] * t.isf(0.05 / 3, 4))  # the median of three beside the best's 0


def test_where_some_candidates_are_not_tied_it_is_not_too_noisy_to_judge():
    scores = normal((4, 1, 5, 1)) + np.array([0, 0, 0, -0.5]).reshape(4, 1, 1, 1)
    summary = scored(scores, method="kfold", folds=5).summary
    assert len(summary.new_data.tied) == 3
    assert summary.sentence.startswith("Tie: 3 of 4 ")
    assert summary.next_step == f"{NO_SPLITS} {SEEDS_INSTEAD}"


def test_with_several_seeds_more_of_them_are_not_called_another_way():
    assert SEEDS_INSTEAD not in scored(normal((4, 1, 3, 2)), **KFOLD).summary.next_step


def test_ties_and_winners_are_counted_among_those_trained_in_full():
    scores = normal((5, 1, 3, 5))
    tie = "Tie: all 3 candidates trained in full (of 5) are statistically tied "
    assert raced(scores, [0, 1, 2]).summary.sentence.startswith(tie)
    scores[2] += 0.5
    winner = "Winner: x=2 is significantly better than the 2 others trained in full "
    assert raced(scores, [0, 1, 2]).summary.sentence.startswith(winner)


# Names of candidates in the verdict

ACTIVATIONS = [{"net": {"activation": name, "epochs": 10}} for name in ("relu", "softplus", "tanh")]


def won_by(*candidates):
    """The first sentence of a search whose last candidate wins."""
    scores = normal((len(candidates), 1, 3, 5))
    scores[-1] += 0.5
    return scored(scores, candidates, **KFOLD).summary.sentence.partition(". ")[0]


HOW = "(95 %, across seeds on this data)"


def test_a_winner_is_called_by_what_differs_and_a_text_stands_alone():
    assert won_by(*ACTIVATIONS) == f"Winner: tanh is significantly better than the 2 others {HOW}"
    pairs = [{"net": {"activation": name, "neurons": size}} for name, size in (("relu", 5), ("tanh", 9))]
    assert won_by(*pairs) == (
        f"Winner: activation=tanh, neurons=9 is significantly better than the other candidate {HOW}"
    )


@pytest.mark.parametrize(
    ("value", "shown"),
    [(None, "x=null"), (True, "x=true"), ("", 'x=""'), ([12, 4], "x=[12, 4]"), ("a\nb\x1b[2J", r"a\nb\x1b[2J")],
)
def test_any_value_stays_in_its_line(value, shown):
    assert won_by({"m": {"x": 1}}, {"m": {"x": value}}).startswith(f"Winner: {shown} is ")


def test_a_winner_without_what_others_have_is_called_by_all_that_it_has():
    others = [{"m": {"optimizer": "sgd"}, "n": {"momentum": number}} for number in (1, 2)]
    assert won_by(*others, {"m": {"optimizer": "sgd"}}).startswith("Winner: sgd is ")


def test_a_long_name_is_cut():
    sentence = won_by({"m": {"x": 1}}, {"m": {"x": "y" * 999}})
    assert f"Winner: {'y' * 159}… is " in sentence
