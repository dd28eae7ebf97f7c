"""Reports of results with several scores: all of them are shown, and with one score nothing changes."""

from __future__ import annotations

import csv
import json
import re
from dataclasses import replace

import numpy as np
import pytest
from scored import normal, scored

from gridloom import FitResult, Trial
from gridloom.testing.results import HOSTILE_SCORES, RESULTS
from gridloom_plugins.figures.other_scores import distinct, line_of
from gridloom_plugins.html.page import render
from gridloom_plugins.reporters import console, markdown, mlflow, plots, tensorboard
from gridloom_plugins.reporters import csv as csv_reporter

GRID = [{"m": {"units": units}} for units in (4, 8, 16)]


@pytest.fixture
def made(tmp_path):
    """Make a result of accuracies and further scores by name, arrays of shape (candidates, repeats, folds, seeds)."""

    def made(accuracies, **others):
        mine = scored(accuracies, GRID, method="kfold", folds=3)
        trials = [
            Trial(trial.number, trial.proposal, trial.fits, tuple(_fits(trial, {n: o[row] for n, o in others.items()})))
            for row, trial in enumerate(mine.trials)
        ]
        return replace(mine, trials=trials, folder=tmp_path, scores=("accuracy", *others))

    return made


def _fits(trial, others):
    for place, known in enumerate(trial.results):
        more = {name: float(scores.ravel()[place]) for name, scores in others.items()}
        yield FitResult({**known.scores, **more}) if known and known.scores else known


@pytest.fixture
def two(made):
    """Units 16 has the highest accuracy, far above the others; units 4 the highest f1, tied with units 8."""
    steps = np.array([0.0, 0.0, 0.2]).reshape(3, 1, 1, 1)
    return made(normal((3, 1, 3, 4)) + steps, f1=normal((3, 1, 3, 4), seed=3) - steps)


def printed(result, capsys):
    console.report(result, all=True)
    return capsys.readouterr().out.splitlines()


def test_the_console_names_the_score_that_ranks_and_the_best_by_each_other_one(two, capsys):
    sentence, blank, first, best, *lines, front, by_f1 = printed(two, capsys)
    assert blank == ""
    assert first == "Ranked by accuracy; the means of other scores are at the end of each line."
    assert best == f"Best: {two.best.mean:f} using {{'units': 16}}"
    means = two.cv_results_["mean_test_f1"]
    for trial, mean, line in zip(two.trials, means, lines, strict=True):
        assert line == f"{trial.mean:f} ({trial.std:f}) with: {trial.params} | f1 {mean:.4f}"
    assert sentence == two.summary.sentence
    assert front == "Pareto front of accuracy and f1: 3 of 3 candidates, units=16; units=4; units=8."
    other = two.ranked_by("f1")
    assert by_f1 == (
        f"By f1: best {max(means):f} using {other.best.params}; its tie set has 2 of 3 candidates. "
        "It is not in the tie set of accuracy."
    )


def test_a_candidate_that_is_best_by_both_scores_is_named_once(made):
    scores = normal((3, 1, 3, 4))
    mine = made(scores, f1=scores / 2)
    (other,) = mine.by_other_scores
    assert line_of(mine, other) == (
        f"By f1: the same candidate is best, {other.best.mean:f}; its tie set has {len(other.summary.answer.tied)} of "
        "3 candidates."
    )


def test_where_nothing_is_complete_the_other_scores_have_no_best(made, capsys):
    nothing = np.full((3, 1, 3, 4), np.nan)
    assert printed(made(nothing, f1=nothing), capsys)[-1] == "By f1: no candidate is complete."


def test_the_csv_file_has_columns_for_each_score(two):
    csv_reporter.report(two)
    with (two.folder / "results.csv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file, strict=True))
    by_name = two.cv_results_
    columns = [name for name in rows[0] if "_test_" in name]
    assert sorted(columns) == sorted(name for name in by_name if "_test_" in name)
    for name in columns:
        assert [float(row[name]) for row in rows] == list(by_name[name])
    assert [row["rank"] for row in rows] == [row["rank_test_accuracy"] for row in rows]
    assert list(rows[0])[-5:] == ["question", "low", "high", "in_tie_set", "on_pareto_front"]
    on_front = [number for number, row in enumerate(rows) if row["on_pareto_front"] == "true"]
    assert sorted(on_front) == sorted(two.pareto().members)


def test_the_csv_file_leaves_scores_of_a_trial_that_failed_blank(tmp_path):
    result = RESULTS["several scores"](tmp_path)
    csv_reporter.report(result)
    with (tmp_path / "results.csv").open(encoding="utf-8", newline="") as file:
        *_, failed, missing = csv.DictReader(file, strict=True)
    assert {failed[name] for name in failed if "_test_" in name} == {""}
    assert (missing["mean_test_neg_log_loss"], missing["rank_test_neg_log_loss"]) == ("", "")
    assert missing["split0_test_neg_log_loss"] == "-0.1"


def test_the_markdown_table_has_a_column_for_each_score_with_its_tie_set_marked(two):
    markdown.report(two)
    text = (two.folder / "results.md").read_text("utf-8")
    header, _, *rows = [line for line in text.splitlines() if line.startswith("|")]
    assert header.split(" | ")[2:] == [
        "mean <code>accuracy</code>",
        "std",
        "95 % interval",
        "tie set",
        "mean <code>f1</code> |",
    ]
    assert [row.endswith(" ✓ |") for row in rows] == [False, True, True]
    assert "\n- By f1: best " in text
    assert "tied with the best by that score" in text


def test_the_page_ranks_by_each_score_and_its_table_can_be_sorted_by_each(two):
    page = render(two)
    data = [json.loads(text) for text in re.findall(r'<script type="application/json"[^>]*>(.*?)</script>', page)]
    (table,) = [item for item in data if "rows" in item]
    columns = {column["name"]: place for place, column in enumerate(table["columns"])}
    assert {"mean accuracy", "std accuracy", "mean f1", "std f1", "rank by f1"} <= columns.keys()
    kinds = {table["columns"][columns[name]]["kind"] for name in ("mean f1", "std f1", "rank by f1")}
    assert kinds == {"number"}
    assert table["rows"][0][columns["rank by f1"]] == "3"
    axes = [item["layout"].get("xaxis", {}).get("title", {}).get("text") for item in data if "layout" in item]
    assert {"mean accuracy", "mean f1"} <= set(axes)
    assert 'id="other-scores"' in page
    assert "its mean f1" in page


def test_the_page_of_a_single_score_has_no_word_about_others(made):
    page = render(made(normal((3, 1, 3, 4))))
    assert "other-scores" not in page
    assert "ranked by" not in page


def test_there_is_a_ranking_figure_for_each_score_and_earlier_ones_go(two):
    plots.report(two)
    folder = two.folder / "plots"
    rankings = {"ranking.png", "ranking.svg", "ranking-2-f1.png", "ranking-2-f1.svg"}
    assert {path.name for path in folder.glob("ranking*")} == rankings
    assert "mean f1" in (folder / "ranking-2-f1.svg").read_text("utf-8")
    plots.report(replace(two, scores=("accuracy",)))
    assert {path.name for path in folder.glob("ranking*")} == {"ranking.png", "ranking.svg"}


def test_files_of_figures_have_plain_names_whatever_scores_are_called(tmp_path):
    plots.report(RESULTS["hostile"](tmp_path))
    names = [path.name for path in (tmp_path / "plots").glob("ranking-*.png")]
    assert len(names) == len(HOSTILE_SCORES) - 1
    assert all(re.fullmatch(r"ranking-\d+-[A-Za-z0-9_]{1,40}\.png", name) for name in names)


def test_names_that_are_one_in_a_line_are_told_apart():
    assert distinct(["a", "a\n", "a\\n", "b"]) == {"a": "a", "a\n": "a\\n", "a\\n": "a\\n 2", "b": "b"}


def test_tensorboard_has_a_metric_for_each_score(two):
    kept = {}
    for event in tensorboard._trial(
        two.trials[0], {"units": "DATA_TYPE_FLOAT64"}, tensorboard._scores(two, two.trials[0]), 0.0
    ):
        kept |= {value.tag: value.simple_value for value in event.summary.value}
    assert kept["score/mean"] == pytest.approx(two.trials[0].mean)
    assert kept["other scores/f1"] == pytest.approx(two.cv_results_["mean_test_f1"][0])
    (event,) = tensorboard._experiment(two, {}, 0.0)
    assert b"mean f1" in event.SerializeToString()


def test_mlflow_is_told_every_score_by_its_name(two):
    told = {name: value for name, value, _ in mlflow._scores(two.trials[0], two)}
    assert told["mean"] == told["score/accuracy/mean"] == two.trials[0].mean
    assert told["score/f1/mean"] == two.cv_results_["mean_test_f1"][0]
    assert (told["in_tie_set"], told["score/f1/in_tie_set"]) == (0.0, 1.0)


@pytest.mark.parametrize("what", ["several scores", "hostile"])
def test_mlflow_is_told_names_that_it_takes(what, tmp_path):
    result = RESULTS[what](tmp_path)
    told = [name for name, _, _ in mlflow._scores(result.best, result)]
    assert len(set(told)) == len(told)
    assert all(re.fullmatch(r"[-A-Za-z0-9_./: ]{1,250}", name) for name in told)


def test_a_result_by_another_score_shares_the_histories(made):
    fit = FitResult({"accuracy": 0.5, "f1": 0.25}, {"loss": [1.0]})
    again = fit.ranked_by("f1")
    assert (again.score, fit.score) == (0.25, 0.5)
    assert again.history is fit.history
