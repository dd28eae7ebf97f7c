"""Searches with several waves in reports: a smaller budget is never ranked with a larger one, and nothing counts twice."""

from __future__ import annotations

import csv
import json
import math
from dataclasses import replace

import pytest

from gridloom import Budget, Candidate, Fit, FitResult, Proposal, Trial
from gridloom.cli import show
from gridloom.testing import make_result
from gridloom.testing.results import RESULTS
from gridloom_plugins.figures.search import growth, rungs
from gridloom_plugins.figures.waves import wave_rows
from gridloom_plugins.reporters import console, markdown, mlflow, tensorboard
from gridloom_plugins.reporters import csv as csv_reporter
from gridloom_plugins.reporters import json as json_reporter


@pytest.fixture
def climbing(tmp_path):
    """Six candidates on one epoch, four on two of three cells (one fails), two in full, which share these cells."""
    return RESULTS["several waves"](tmp_path)


def one_by_one(count, folder, budget=Budget()):  # noqa: B008
    """A result whose waves have a single trial each, with rising scores."""
    trials = []
    for number in range(count):
        candidate = Candidate({"m": {"x": number}})
        fit = Fit(candidate, 0, 0, budget=budget)
        result = FitResult({"accuracy": number / count}, {"loss": [1.0] * 3}, 2.0, 0.5)
        trials.append(Trial(number, Proposal(candidate, budget, f"model {number}"), (fit,), (result,), number))
    return replace(make_result(folder), trials=trials)


# Waves


def test_a_wave_counts_the_fits_that_no_earlier_one_asked_for(climbing):
    first, second, third = climbing.waves
    assert [len(wave.trials) for wave in climbing.waves] == [6, 4, 2]
    assert [wave.fits for wave in climbing.waves] == [18, 8, 2]
    assert [wave.epochs for wave in climbing.waves] == [18, 7 * 3, 2 * 3]
    assert (second.complete, second.failed, second.labels) == (3, 1, ("<script>alert(1)</script>",))
    assert (first.budgets, third.budgets) == ((Budget(epochs=1),), (Budget(),))
    assert [wave.best.params["units"] for wave in climbing.waves] == [6, 5, 5]
    assert math.isclose(third.seconds, 2 * 1.6)
    assert climbing.fits == (28, 28)
    assert len(climbing.candidates) == 6


def test_waves_of_the_same_budget_share_a_line_where_they_are_many(tmp_path):
    mine = one_by_one(40, tmp_path)
    (row,) = wave_rows(mine, 12)
    assert (row.name, row.trials, row.best.number, row.fits, row.epochs) == ("0 to 39", 40, 39, 40, 120)
    assert len(wave_rows(mine, 40)) == 40


def test_waves_between_the_first_and_last_ones_share_a_line_where_none_are_alike(tmp_path):
    trials = [
        replace(trial, proposal=Proposal(trial.candidate, Budget(epochs=1 + trial.number % 2)))
        for trial in one_by_one(40, tmp_path).trials
    ]
    rows = wave_rows(replace(make_result(tmp_path), trials=trials), 6)
    assert [row.name for row in rows] == ["0", "1", "2", "3 to 37", "38", "39"]
    assert rows[3].budget == "epochs 1; epochs 2"
    assert rows[3].best.number == 37  # the best of the larger budget


def test_a_search_with_one_wave_has_no_table(tmp_path):
    assert wave_rows(RESULTS["complete"](tmp_path), 12) == wave_rows(RESULTS["empty"](tmp_path), 12) == []


# Growth and rungs


def test_the_best_score_grows_with_full_trainings_and_all_that_was_spent(climbing):
    found = growth(climbing)
    assert [(gain.trial.params["units"], gain.spent.fits, gain.spent.epochs) for gain in found.gains] == [
        (4, 27, 42),
        (5, 28, 45),
    ]
    assert (found.total.fits, found.total.epochs) == (28, 45)
    assert math.isclose(found.total.seconds, 27 * 1.6 + 0.5)


def test_rungs_tell_who_survived(climbing):
    found = rungs(climbing)
    assert list(found.names) == ["epochs 1", "cells 2", "full"]
    assert [len(climb.trials) for climb in found.climbs if climb.survived] == [3, 3]
    assert sorted(len(climb.trials) for climb in found.climbs if not climb.survived) == [1, 1, 1, 2]
    assert rungs(replace(climbing, trials=climbing.trials[:6])) is None


def test_times_are_not_compared_where_a_fit_may_go_on_from_a_shorter_one(climbing):
    with pytest.raises(ValueError, match="times cannot be compared when budgets limit epochs"):
        climbing.pareto(costs=["fit seconds"])
    full = replace(climbing, trials=climbing.trials[6:])
    assert full.pareto(costs=["fit seconds"]).members == (11,)
    with pytest.raises(ValueError, match="no score 'f1'; known: accuracy"):
        full.pareto(["f1"])


# Reports


def test_the_console_has_a_table_of_waves_and_why_the_search_ended(climbing, capsys):
    console.report(climbing)
    out = capsys.readouterr().out
    assert (
        "wave  budget    trials  failed    best  fits  epochs\n"
        "0     epochs 1       6       0  0.5800    18      18  bracket 0, rung 0\n"
        "1     cells 2        4       1  0.5600     8      21  <script>alert(1)</script>\n"
        "2     full           2       0  0.5700     2       6\n"
        "The search was ended by a limit: stop.trials: 12\n"
    ) in out
    assert "\n  0.570000 (" in out
    assert "1 of 6 candidates failed" in out
    assert out.partition("\n")[0].endswith(" Not compared: 1 failed, 3 trained on a smaller budget only.")


def test_csv_puts_scores_of_few_cells_into_the_columns_of_their_splits(tmp_path):
    candidate = Candidate({"m": {"x": 1}})
    cells = [(0, fold, seed) for fold in range(2) for seed in range(2)]
    scores = {cell: 0.5 + 0.1 * cell[1] + 0.01 * cell[2] for cell in cells}
    trials = []
    for number, (budget, chosen) in enumerate([(Budget(cells=2), [cells[0], cells[2]]), (Budget(), cells)]):
        fits = tuple(Fit(candidate, *cell) for cell in chosen)
        results = tuple(FitResult({"accuracy": scores[cell]}) for cell in chosen)
        trials.append(Trial(number, Proposal(candidate, budget, f"rung {number}"), fits, results, number))
    mine = replace(make_result(tmp_path), trials=trials)
    csv_reporter.report(mine)
    rows = list(csv.DictReader((tmp_path / "results.csv").read_text().splitlines()))
    assert [[row[f"split{split}_test_score"] for split in range(4)] for row in rows] == [
        ["0.5", "", "0.6", ""],
        ["0.5", "0.51", "0.6", "0.61"],
    ]
    assert [(row["wave"], row["label"], row["budget"]) for row in rows] == [
        ("0", "rung 0", "cells 2"),
        ("1", "rung 1", "full"),
    ]
    frame = mine.cv_results_
    assert frame["budget_cells"].tolist() == [2, None]
    assert frame["rank_test_score"].tolist() == [2, 1]


def test_json_has_the_waves_and_each_trial_its_place(climbing):
    json_reporter.report(climbing)
    content = json.loads((climbing.folder / "results.json").read_text())
    assert content["stopped"] == "stop.trials: 12"
    assert [wave["fits"] for wave in content["waves"]] == [18, 8, 2]
    assert [wave["budgets"] for wave in content["waves"]] == [[{"epochs": 1}], [{"cells": 2}], [{}]]
    assert [trial["wave"] for trial in content["trials"]] == [0] * 6 + [1] * 4 + [2] * 2
    assert content["trials"][0]["label"] == "bracket 0, rung 0"
    (front,) = content["fronts"]
    assert (front["costs"], [row["trial"] for row in front["trials"]]) == ([], [11])


def test_markdown_has_the_waves(climbing):
    markdown.report(climbing)
    text = (climbing.folder / "results.md").read_text()
    assert "| 0 | <code>bracket 0, rung 0</code> | epochs 1 | 6 | 0 | 0.5800 | 18 | 18 |" in text
    assert "ended by a limit: stop.trials: 12" in text
    assert "3 of 6 candidates were trained on a smaller budget only" in text


@pytest.mark.parametrize("number", [0, 9, 11])
def test_scores_of_a_smaller_budget_have_other_names_in_tensorboard(climbing, number):
    trial = climbing.trials[number]
    names = {
        0: {"smaller budget/score/mean", "smaller budget/score/std", "score/epochs"},
        9: set(),
        11: {"score/mean", "score/std", "score/epochs"},
    }
    assert tensorboard._scores(climbing, trial).keys() == names[number]
    assert tensorboard._kinds(climbing.trials)[tensorboard.BUDGET] == "DATA_TYPE_STRING"
    assert tensorboard._values(trial)[tensorboard.BUDGET] == ["epochs 1", "cells 2", "full"][trial.wave]


@pytest.mark.parametrize(("number", "is_ranked"), [(0, False), (11, True)])
def test_scores_of_a_smaller_budget_have_other_names_in_mlflow(climbing, number, is_ranked, monkeypatch):
    logged = []
    monkeypatch.setattr(mlflow, "_log", lambda client, run, params, metrics: logged.append((params, metrics)))

    class Client:
        def set_terminated(self, *told):
            pass

    mlflow._log_trial(Client(), "run", climbing.trials[number], climbing, 0)
    ((params, metrics),) = logged
    names = {name for name, *_ in metrics if not name.startswith(("epoch/", "epochs", "fits/"))}
    assert ("mean" in names) is is_ranked
    assert all(name.startswith("smaller budget/") for name in names) is not is_ranked
    assert params.get("budget epochs") == (None if is_ranked else 1)


def test_a_budget_that_ends_within_a_seed_is_ranked_but_not_compared(tmp_path):
    trials = []
    for number in range(3):
        candidate = Candidate({"m": {"x": number}})
        fits = tuple(Fit(candidate, 0, fold, seed) for fold, seed in [(0, 0), (0, 1), (1, 0)])
        results = tuple(FitResult({"accuracy": 0.5 + 0.1 * number + 0.01 * place}) for place in range(3))
        trials.append(Trial(number, Proposal(candidate, Budget(cells=3)), fits, results))
    mine = replace(make_result(tmp_path), trials=trials)
    assert mine.best.number == 2
    assert mine.summary.answer is None
    assert "the last seed of the largest budget lacks some of the splits" in mine.summary.sentence


def test_show_counts_the_fits_that_were_proposed_so_far(climbing):
    trials = [*climbing.trials[:11], replace(climbing.trials[11], results=(None, None, None))]
    (line,) = show._rest(replace(climbing, trials=trials))
    assert line.startswith("This run is not finished: 27 of 28 fits that were proposed so far are kept. To resume: ")
