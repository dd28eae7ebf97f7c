"""The winners of two runs: paired by split, whatever their candidates are."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from scipy import stats
from scored import normal, scored

from gridloom import Budget, Proposal, Trial
from gridloom.cli.compared_winners import winner_lines
from gridloom.results.held_out import HeldOut
from gridloom.results.statistics.questions import NewData, Seeds
from gridloom.results.statistics.winners import winners

KFOLD = {"method": "kfold", "folds": 5}
OTHERS = [{"m": {"depth": depth}} for depth in range(4)]


def of(first, second):
    """What is found of the winners of two results."""
    return winners(first.best, second.best, first.validation)


def test_on_new_data_it_is_the_corrected_test_paired_by_split():
    first, second = scored(normal((3, 1, 5, 1), 1), **KFOLD), scored(normal((4, 1, 5, 1), 2), OTHERS, **KFOLD)
    found = of(first, second)
    (item,) = found.findings
    differences = np.subtract(second.best.scores, first.best.scores)
    t = differences.mean() / np.sqrt((1 / 5 + 1 / 4) * differences.var(ddof=1))
    assert item.question == NewData(1 / 4)
    assert item.p == pytest.approx(2 * stats.t.sf(abs(t), 4))
    assert found.difference == pytest.approx(differences.mean())
    assert item.low < found.difference < item.high


def test_with_several_seeds_on_both_sides_both_questions_are_answered():
    found = of(scored(normal((3, 1, 5, 3), 1), **KFOLD), scored(normal((4, 1, 5, 2), 2), OTHERS, **KFOLD))
    assert [item.question for item in found.findings] == [Seeds(), NewData(1 / 4)]


def test_models_that_no_seed_changes_are_only_compared_on_new_data():
    first, second = (np.repeat(normal((2, 1, 5, 1), seed), 3, axis=3) for seed in (1, 2))
    found = of(scored(first, **KFOLD), scored(second, OTHERS[:2], **KFOLD))
    assert [item.question for item in found.findings] == [NewData(1 / 4)]


def test_shares_of_the_rows_that_differ_leave_only_the_question_of_seeds():
    first, second = scored(normal((2, 1, 5, 3), 1), **KFOLD), scored(normal((2, 1, 5, 3), 2), OTHERS[:2], **KFOLD)
    trials = [Trial(t.number, Proposal(t.candidate, Budget(share=0.5)), t.fits, t.results) for t in second.trials]
    found = of(first, replace(second, trials=trials))
    assert [item.question for item in found.findings] == [Seeds()]


@pytest.mark.parametrize("shape", [(2, 1, 4, 3), (2, 2, 5, 3)])
def test_other_splits_are_not_compared(shape):
    assert of(scored(normal((2, 1, 5, 3)), **KFOLD), scored(normal(shape), OTHERS[:2], **KFOLD)).findings == ()


def test_a_single_seed_and_splits_that_say_nothing_of_new_data_leave_no_verdict():
    first, second = (scored(normal((2, 1, 5, 1), seed), method="time_series", folds=5) for seed in (1, 2))
    second = replace(second, trials=scored(normal((2, 1, 5, 1), 2), OTHERS[:2]).trials)
    lines = list(winner_lines(first, second, 2))
    assert "  No verdict on the winners: with a single seed and these splits" in lines[1]


def test_the_level_holds_for_runs_of_one_candidate_each():
    """Of 400 pairs of equal models about 5 % differ, and not many more."""
    rng = np.random.default_rng(0)
    apart = 0
    for first, second in rng.standard_normal((400, 2, 1, 1, 2, 6)):
        one, two = scored(first[None][:, 0], **KFOLD), scored(second[None][:, 0], **KFOLD)
        apart += of(one, two).findings[0].p <= 0.05
    assert 0.02 <= apart / 400 <= 0.08


def test_lines_say_which_wins_and_that_picking_is_optimistic():
    second = normal((4, 1, 5, 3), 2)
    second[1] += 0.2
    lines = list(winner_lines(scored(normal((3, 1, 5, 3), 1), **KFOLD), scored(second, OTHERS, **KFOLD), 3))
    assert lines[0].startswith("winners +0.")
    assert lines[0].endswith(" and {'depth': 1}")
    assert lines[1].startswith("  The winner of [3] scores significantly higher (95 %, across seeds on this data): +0.")
    assert lines[2].startswith("  The winner of [3] scores significantly higher (95 %, on new data): +0.")
    assert "best of its run by these scores (3 and 4 candidates), so its mean is too high" in lines[3]
    assert "bias-corrected [1] 0." in lines[3]
    assert "bias-corrected [3] 0." in lines[3]
    assert len(lines) == 4


def test_held_out_scores_are_shown_where_both_runs_have_them():
    first, second = scored(normal((2, 1, 5, 3), 1), **KFOLD), scored(normal((2, 1, 5, 3), 2), OTHERS[:2], **KFOLD)
    first, second = (
        replace(run, held_out=HeldOut(40, "drawn", run.best.candidate, {"accuracy": score}, {}, looks=1))
        for run, score in ((first, 0.8), (second, 0.75))
    )
    assert [*winner_lines(first, second, 2)][-1] == (
        "  On 40 held-out rows, without that bias: [1] 0.800000, [2] 0.750000."
    )


def test_equal_winners_have_no_lines_of_their_own():
    mine = scored(normal((3, 1, 5, 3)), **KFOLD)
    assert [*winner_lines(mine, mine, 2)] == []
