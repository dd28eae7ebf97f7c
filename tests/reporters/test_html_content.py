"""The reporter `html`: what stands on its page, read without a browser."""

from __future__ import annotations

import json
import re
from dataclasses import replace
from html import unescape
from html.parser import HTMLParser

import pytest
from scored import normal, scored

from gridloom import Budget, Candidate, Fit, FitResult, Proposal, Trial
from gridloom.experiment.yaml_document import read_text
from gridloom.results.baseline import Baseline
from gridloom.results.statistics.answers import Published
from gridloom.testing.results import RESULTS
from gridloom_plugins.figures.texts import score_text
from gridloom_plugins.html.page import render
from gridloom_plugins.html.texts import duration
from gridloom_plugins.reporters import html
from reporters.outcomes import failed
from reporters.searches import MANIFEST, grid, searched


class Page(HTMLParser):
    """The page's text by section, and the data of its script elements."""

    def __init__(self, content):
        super().__init__()
        self.content = content
        self.sections = {}
        self.data = []
        self.section = "header"
        self.quiet = ""
        self.feed(content)

    def handle_starttag(self, tag, attrs):
        given = dict(attrs)
        if tag == "section":
            self.section = given["id"]
        if tag in ("script", "style"):
            self.quiet = given.get("type", "code")

    def handle_endtag(self, tag):
        if tag in ("script", "style"):
            self.quiet = ""

    def handle_data(self, text):
        if not self.quiet:
            self.sections[self.section] = f"{self.sections.get(self.section, '')} {text}"
        elif self.quiet == "application/json":
            self.data.append(json.loads(text) | {"section": self.section})

    def text(self, section):
        return " ".join(self.sections[section].split())

    @property
    def table(self):
        (found,) = [item for item in self.data if "rows" in item]
        return found

    @property
    def plots(self):
        return [item for item in self.data if "layout" in item]

    def plots_of(self, section):
        return [item for item in self.plots if item["section"] == section]

    def plot(self, section):
        """The first plot of a section."""
        return self.plots_of(section)[0]


@pytest.fixture
def page(tmp_path):
    """Report a result made of these candidates, or a given one, and read the page."""

    def page(candidates=None, published=None, result=None, **fields):
        mine = result or searched(candidates or grid(rate=[0.1, 0.2, 0.3]), tmp_path, **fields)
        if published is None:
            html.report(mine)
            return Page((tmp_path / "report.html").read_text(encoding="utf-8"))
        vars(mine)["published"] = published
        return Page(render(mine))

    return page


def test_the_sentence_of_the_summary_comes_first(page, tmp_path):
    result = searched(grid(rate=[0.1, 0.2, 0.3]), tmp_path)
    told = page(result=result).text("summary")
    assert result.summary.next_step
    assert told.startswith(f"{result.summary.sentence} {result.summary.next_step}")


@pytest.mark.parametrize(
    ("score", "told"),
    [
        (0.5, "baseline 0.5000 always predicts the most frequent class candidates"),
        (0.9, "baseline 0.9000 always predicts the most frequent class; the best candidate is not better"),
    ],
)
def test_the_baseline_stands_beside_the_best_mean(score, told, page):
    assert told in page(baseline=Baseline("the most frequent class", {"accuracy": score}), seeds=1, folds=1).text(
        "summary"
    )


def test_a_page_has_these_sections_in_this_order(page):
    found = page(grid(rate=[0.1, 0.2], layers=[1, 2]), epochs=3, more_seconds=0.1)
    assert list(found.sections) == [
        "header",
        "summary",
        "history",
        "ranking",
        "effects",
        "parallel",
        "pairs",
        "folds",
        "curves",
        "trade-offs",
        "trials",
        "experiment",
        "origins",
    ]


def test_workers_on_other_machines_stand_where_everything_came_from(page, tmp_path):
    found = page(result=RESULTS["some failed"](tmp_path))
    said = "worker node-2/42 1 min 15 s 6 fits; 1 of them failed; a process of it died 1 time worker node-1/4711 1.2 s 3 fits"
    assert said in " ".join(found.sections["origins"].split())


def test_a_search_with_several_waves_has_a_section_with_its_course(page, tmp_path):
    found = page(result=RESULTS["several waves"](tmp_path))
    told = found.text("search")
    assert "A limit ended the search: stop.trials: 12" in told
    assert (
        "0 bracket 0, rung 0 epochs 1 6 0 0.5800 18 18 29 s 1 <script>alert(1)</script> cells 2 4 1 0.5600 8 21" in told
    )
    rungs, by_epochs, by_time = found.plots_of("search")
    dropped, survived = rungs["data"]
    assert rungs["layout"]["xaxis"]["ticktext"] == ["epochs 1", "cells 2", "full"]
    assert survived["x"] == [0, 1, 2, None] * 2
    assert [x for x in dropped["x"] if x is not None] == [0, 0, 0, 0, 1]
    dots, line = by_epochs["data"]
    assert (dots["x"], line["x"], line["y"]) == ([42, 45], [42, 45, 45], pytest.approx([0.56, 0.57, 0.57]))
    assert "of all workers together" in by_time["layout"]["xaxis"]["title"]["text"]
    columns = [column["name"] for column in found.table["columns"]]
    assert columns[1:4] == ["units", "wave", "label"]
    assert found.table["rows"][0][2:5] == ["2", "", "full"]
    assert "6 28 fits, 1 failed, 3 only on a smaller budget, not ranked" in found.text("summary")


def test_a_grid_has_no_course_of_a_search_unless_a_limit_has_ended_it(page):
    assert "search" not in page().sections
    stopped = page(stopped="stop.fits: 24")
    assert stopped.text("search") == "Search A limit ended the search: stop.fits: 24"


def test_trade_offs_show_the_front_of_two_objectives(page, tmp_path):
    made = searched(grid(x=[1, 2, 3]), tmp_path, seeds=1)
    seconds = iter([3.0, 1.0, 2.0])
    trials = []
    for trial, accuracy, took in zip(made.trials, [0.9, 0.8, 0.7], seconds, strict=True):
        fits = tuple(FitResult({"accuracy": accuracy, "f1": 1 - accuracy}, {}, took) for _ in trial.results)
        trials.append(replace(trial, results=fits))
    found = page(result=replace(made, trials=trials, scores=("accuracy", "f1")))
    by_f1, by_time = (plot["data"] for plot in found.plots_of("trade-offs"))
    front, *groups = by_f1
    assert (front["x"], len(groups)) == (pytest.approx([0.1, 0.2, 0.3]), 1)
    front, others, members = by_time
    assert (front["x"], front["y"], front["line"]["shape"]) == ([1.0, 3.0], pytest.approx([0.8, 0.9]), "hv")
    assert (others["x"], members["x"]) == ([2.0], [1.0, 3.0])
    assert "Pareto front of accuracy and f1: 3 of 3 candidates" in found.text("trade-offs")


def test_a_page_refers_to_nothing_outside_of_itself(page):
    content = page(epochs=2).content
    markup = re.sub(r"<script[^>]*>.*?</script>|<style>.*?</style>", "", content, flags=re.DOTALL)
    assert re.findall(r'(?:src|href)="(?!data:)([^"]*)"', markup) == []
    assert "default-src 'none'" in unescape(markup)


def test_the_page_of_73_trials_is_below_a_megabyte(page):
    assert len(page(grid(x=list(range(73))), epochs=100).content.encode()) < 1_000_000


def test_the_page_of_a_thousand_trials_is_below_a_megabyte_and_a_half(page):
    candidates = grid(rate=[10 ** (-n / 10) for n in range(40)], width=list(range(25)))
    assert len(page(candidates, folds=5, seeds=1, epochs=50).content.encode()) < 1_500_000


def test_the_ranking_shades_the_candidates_that_cannot_be_told_from_the_best(page, tmp_path):
    result = searched(grid(rate=[0.1, 0.2, 0.3, 0.4, 0.5]), tmp_path, score=lambda number: 0.7 - 0.2 * (number > 1))
    members = set(result.summary.seeds.tied)
    assert members == {0, 1}
    ranking = page(result=result).plot("ranking")
    best, others = ranking["data"]
    assert sorted(best["x"] + others["x"], reverse=True) == [trial.mean for trial in result.ranked]
    assert (best["y"], others["y"]) == ([0, 1], [2, 3, 4])
    (shade,) = [shape for shape in ranking["layout"]["shapes"] if shape["type"] == "rect"]
    assert (shade["y0"], shade["y1"]) == (-0.5, 1.5)


def test_the_whiskers_are_the_intervals_of_the_summary(page, tmp_path):
    result = searched(grid(rate=[0.1]), tmp_path)
    (interval,) = result.summary.seeds.intervals
    (dots,) = page(result=result).plot("ranking")["data"]
    assert dots["x"][0] + dots["error_x"]["array"][0] == pytest.approx(interval.high)
    assert dots["x"][0] - dots["error_x"]["arrayminus"][0] == pytest.approx(interval.low)


def test_intervals_are_shown_as_far_as_the_score_goes(page, tmp_path):
    result = replace(scored(0.29 + normal((2, 1, 3, 2), spread=0.05), method="kfold", folds=3), folder=tmp_path)
    interval = result.summary.seeds.interval_of[result.best.number]
    highest = interval.exact[1]
    assert highest > interval.high == 1
    found = page(result=result)
    dots = found.plot("ranking")["data"][0]
    assert dots["x"][0] + dots["error_x"]["array"][0] == pytest.approx(1)
    assert "to 1.0000)" in dots["hovertext"][0]
    assert found.plot("ranking")["layout"]["xaxis"]["range"][1] < highest
    assert "Intervals are shown from 0 to 1, as far as accuracy goes." in found.text("ranking")
    assert "shown from 0 to 1" in found.text("effects")
    assert float(found.table["rows"][0][4]) == 1
    unknown = page(result=replace(result, scoring="mine"))
    assert "Intervals are shown" not in unknown.text("ranking")
    assert unknown.plot("ranking")["layout"]["xaxis"]["range"][1] > highest


def test_equal_means_have_one_rank_wherever_it_stands(page, result):
    found = page(result=result(*[({"x": x}, (score, score)) for x, score in enumerate((0.5, 0.75, 0.75, 0.25))]))
    ranks = [row[0] for row in found.table["rows"]]
    assert ranks == ["1", "1", "3", "4"]
    labelled = [plot["layout"]["yaxis"]["ticktext"] for plot in found.plots if "<b>" in str(plot["layout"]["yaxis"])]
    assert len(labelled) == 2
    for labels in labelled:
        assert [label.partition("</b>")[0].removeprefix("<b>") for label in labels] == ranks


def test_the_ranking_shows_forty_candidates_and_says_so(page):
    found = page(grid(x=list(range(130))), seeds=2)
    assert len(found.plot("ranking")["layout"]["yaxis"]["ticktext"]) == 40
    assert "The first 40 of 130 candidates are shown" in found.text("ranking")
    assert len(found.table["rows"]) == 130


def test_a_grid_has_an_effect_for_each_parameter_and_a_map_for_the_pair(page, tmp_path):
    result = searched(grid(rate=[0.1, 0.2, 0.3], kind=["a", "b"]), tmp_path)
    found = page(result=result)
    by_title = {
        plot["layout"]["xaxis"]["title"]["text"]: plot for plot in found.plots if "title" in plot["layout"]["xaxis"]
    }
    (levels,) = [effect.levels for effect in result.summary.seeds.effects.parameters if effect.parameter == "rate"]
    assert by_title["rate"]["data"][0]["y"] == [level.mean for level in levels]
    assert by_title["kind"]["data"][0]["z"] == [list(row) for row in result.summary.seeds.effects.pairs[0].means]
    assert "of the variance" in found.text("effects")


def test_candidates_that_are_no_full_grid_have_effects_with_a_warning(page):
    found = page(grid(rate=[0.1, 0.2, 0.3], kind=["a", "b"])[:5])
    assert "not a full grid" in found.text("effects")
    assert "pairs" not in found.sections


def test_a_curve_is_the_mean_of_all_fits_with_a_band_from_the_lowest_to_the_highest(page, result):
    fits = (
        FitResult({"accuracy": 0.5}, {"loss": [4.0, 2.0, 1.0]}),
        FitResult({"accuracy": 0.5}, {"loss": [2.0, float("nan"), 1.0]}),
    )
    low, high, mean = page(result=result(({"x": 1}, fits))).plot("curves")["data"]
    assert mean["x"] == [1, 3]  # the mean of the second epoch is none
    assert (low["y"], mean["y"], high["y"]) == ([2.0, 1.0], [3.0, 1.0], [4.0, 1.0])


@pytest.mark.parametrize(
    ("epochs", "ticks"),
    [
        (1, [1]),
        (2, [1, 2]),
        (5, [1, 2, 3, 4, 5]),
        (7, [1, 2, 4, 6]),
        (60, [1, 20, 40, 60]),
        (100, [1, 20, 40, 60, 80, 100]),
    ],
)
def test_epochs_stand_below_a_curve_as_whole_numbers_from_the_first_to_the_last(epochs, ticks, page, result):
    curve = FitResult({"accuracy": 0.5}, {"loss": [1.0] * epochs})
    axis = page(result=result(({"x": 1}, (curve, curve)))).plot("curves")["layout"]["xaxis"]
    assert axis["tickvals"] == ticks
    margin = 0.02 * (epochs - 1) or 0.5
    assert axis["range"] == pytest.approx([1 - margin, epochs + margin])


@pytest.mark.parametrize(
    ("loss", "kind", "low"),
    [([8.0, 1.0, 0.1], "log", 0), ([5.0, 1.0, 0.5], None, 0), ([60.0, 0.0], None, 0), ([1.0, -1.0], None, -2)],
)  # fmt: skip
def test_a_loss_that_falls_far_has_a_logarithmic_axis_and_none_goes_below_zero_for_nothing(
    loss, kind, low, page, result
):
    curve = FitResult({"accuracy": 0.5}, {"loss": loss})
    axis = page(result=result(({"x": 1}, (curve, curve)))).plot("curves")["layout"]["yaxis"]
    assert axis.get("type") == kind
    if kind == "log":
        assert axis["tickvals"][0] < 0.1 * 1.01
        assert 0.05 < 10 ** axis["range"][0] < 0.1
        assert 8 < 10 ** axis["range"][1] < 16
    else:
        assert axis["range"][0] >= low


def test_fits_without_a_history_have_no_curves(page):
    assert "curves" not in page(epochs=0).sections


def test_a_single_split_has_no_section_about_splits(page):
    assert "folds" not in page(folds=1).sections


def test_scores_on_splits_are_means_over_seeds(page, tmp_path):
    result = searched(grid(rate=[0.1]), tmp_path, folds=2, seeds=3)
    lines = [line for plot in page(result=result).plots for line in plot["data"] if line.get("name") == "fold 1"]
    assert lines[0]["x"] == pytest.approx([sum(result.trials[0].scores[3:]) / 3])


def test_published_scores_are_beside_our_intervals(page):
    scores = {0: Published(0.71, 0.69, 0.73, inside=True), 2: Published(0.9, 0.69, 0.73, inside=False)}
    found = page(published=scores)
    assert "1 of 2 published scores lie inside" in found.text("published")
    (theirs,) = [
        data["x"] for plot in found.plots for data in plot["data"] if data.get("marker", {}).get("symbol") == "diamond"
    ]
    assert theirs == [0.9, 0.71]


@pytest.mark.parametrize("published", [{}, {99: Published(0.7, 0.6, 0.8, inside=True)}])
def test_without_published_scores_of_its_trials_a_page_does_not_mention_any(page, published):
    assert "published" not in page(published=published).sections


def test_failures_are_told_with_their_traceback_equal_ones_together(page, result):
    other = failed("KeyError: 'x'")
    told = page(result=result(({"x": 1}, (failed(), failed())), ({"x": 2}, (other, 0.5)), ({"x": 3}, (0.5, 0.5)))).text(
        "failures"
    )
    assert told.index("ValueError: no such layer") < told.index("KeyError: 'x'")
    assert told.count("Traceback ...") == 2
    assert "x=1 (repeat 0, fold 1, seed 0)" in told


def test_a_long_traceback_keeps_its_end(page, result):
    error = FitResult(error="E", traceback="start" + "x" * 50_000 + "end")
    told = page(result=result(({"x": 1}, (error,)))).text("failures")
    assert "start" not in told
    assert told.endswith("xend")


def test_many_different_errors_are_cut_off_and_counted(page, result):
    told = page(result=result(*[({"x": n}, (failed(f"E: {n}"),)) for n in range(60)])).text("failures")
    assert told.count("Traceback ...") == 50
    assert "10 more errors are not shown" in told


def test_the_experiment_stands_there_as_yaml_in_the_usual_order(page):
    experiment = {"seed": 7, "engine": "sklearn", "dataset": {"name": "pima"}, "name": "made"}
    told = page(manifest={"experiment": experiment}).sections["experiment"].partition("The experiment")[2].strip()
    assert read_text(told, "page").plain() == experiment
    assert re.findall(r"^(\w+):", told, re.MULTILINE) == ["name", "dataset", "seed", "engine"]


def test_the_origins_tell_versions_seeds_data_machine_and_times(page):
    told = page(seconds=75.0, engine="sklearn", engine_reason="no network").text("origins")
    for part in (
        "seed 7 4 seeds on each split",
        "768 rows",
        "numpy 2.4.0",
        "plugin builtin-models gridloom 0.1.0",
        "wall time 1 min 15 s of the last session",
        "time in fits 58 s",
        "sklearn no network",
        "cores",
        "UTC",
    ):
        assert part in told


def test_a_result_from_the_journal_has_no_wall_time(page):
    assert "wall time" not in page().text("origins")


def test_the_table_has_a_row_a_trial_best_first_and_what_is_not_complete_last(page, mixed):
    table = page(result=mixed).table
    assert [column["name"] for column in table["columns"]] == [
        "rank",
        "rate",
        "name",
        "mean",
        "std",
        "seconds",
        "status",
    ]
    assert [row[:5] + row[-1:] for row in table["rows"]] == [
        ["1", "0.1", "a", "0.6250", "0.1250", "complete"],
        ["", "0.2", "null", "", "", "failed"],
        ["", "0.3", '[1, "é"]', "", "", "not finished"],
    ]
    assert [column["kind"] for column in table["columns"][1:3]] == ["number", "text"]


def test_the_table_has_intervals_and_says_who_is_among_the_best(page, tmp_path):
    result = searched(grid(rate=[0.1, 0.2]), tmp_path, score=lambda number: 0.7 - 0.2 * number)
    table = page(result=result).table
    names = [column["name"] for column in table["columns"]]
    assert names == ["rank", "rate", "mean", "low", "high", "std", "tied", "seconds", "status"]
    assert [row[6] for row in table["rows"]] == ["yes", ""]


def test_trials_of_another_budget_are_told_apart(page, tmp_path):
    full = searched(grid(rate=[0.1, 0.2]), tmp_path)
    budget = Budget(epochs=3)
    short = [
        Trial(
            number + 2,
            Proposal(trial.candidate, budget),
            tuple(replace(fit, budget=budget) for fit in trial.fits),
            trial.results,
        )
        for number, trial in enumerate(full.trials)
    ]
    found = page(result=replace(full, trials=[*full.trials, *short]))
    assert sorted(row[2] for row in found.table["rows"]) == ["epochs 3", "epochs 3", "full", "full"]
    assert [row[0] for row in found.table["rows"] if row[2] != "full"] == ["", ""]  # they have no rank
    assert not any("epochs 3" in name for name in found.plot("ranking")["layout"]["yaxis"]["ticktext"])


def test_when_every_trial_failed_the_page_has_failures_and_no_plot(page, result):
    found = page(result=result(({"x": 1}, (failed(),)), ({"x": 2}, (failed(),))))
    assert found.text("summary").startswith("No verdict: no candidate is complete")
    assert found.plots == []
    assert len(found.table["rows"]) == 2


def test_a_single_candidate_with_a_single_score_has_a_page(page, result):
    found = page(result=result(({}, (0.5,))))
    assert found.text("summary").startswith("No verdict: only one candidate")
    assert "no intervals" in found.text("ranking")


def test_negative_scores_and_huge_ones_have_pages(page):
    for scale in (-3e3, -1e-9, 1e200, 1e307):
        assert page(score=lambda number, scale=scale: scale * (1 + number), seeds=2).plots


def test_an_outlier_does_not_squeeze_the_others(page):
    ranking = page(grid(x=list(range(40))), score=lambda number: -1e6 if number == 7 else 0.7 + 0.001 * number)
    low, _ = ranking.plot("ranking")["layout"]["xaxis"]["range"]
    assert low > 0
    assert "lie beyond the axis" in ranking.text("ranking")


def test_hundreds_of_values_stand_on_an_axis_of_numbers(page):
    wide = page(grid(x=[10 ** (-n / 100) for n in range(400)]), seeds=2)
    (effect,) = [plot for plot in wide.plots if plot["layout"]["xaxis"].get("type") == "log"]
    assert len(effect["data"][0]["x"]) == 300
    assert "300 of 400 values are shown" in wide.text("effects")


def test_parameters_that_only_some_candidates_have_are_blank_elsewhere(page):
    table = page([Candidate({"m": {"x": 1}}), Candidate({"m": {"y": True}})]).table
    assert [row[1:3] for row in sorted(table["rows"], key=lambda row: row[1])] == [["", "true"], ["1", ""]]


def test_a_page_is_the_same_for_a_result_without_a_manifest(page):
    found = page(manifest={})
    assert "experiment" not in found.sections
    assert "machine" in found.text("origins")


def test_reporting_again_replaces_the_page(page):
    page(description="first")
    assert "second" in page(description="second").text("header")


def test_names_in_the_header_leave_out_the_plugin(page):
    manifest = {"experiment": {"dataset": {"name": "builtin-datasets:pima"}}}
    assert "dataset pima" in page(manifest=manifest).text("header")


def test_the_name_of_the_data_set_and_the_model_are_in_the_header(page):
    assert "dataset pima model mlp" in page(manifest=MANIFEST).text("header")


def test_fits_that_are_missing_are_counted(page, tmp_path):
    result = searched(grid(rate=[0.1, 0.2]), tmp_path, seeds=2)
    first, second = result.trials
    unfinished = Trial(1, second.proposal, second.fits, (None, *second.results[1:]))
    told = page(result=replace(result, trials=[first, unfinished])).text("summary")
    assert "11 of 12 fits, 1 not finished" in told
    assert isinstance(first.fits[0], Fit)


@pytest.mark.parametrize(
    ("score", "text"),
    [
        (0.72345678, "0.7235"),
        (0.0, "0.0000"),
        (-3051.27, "-3051.3"),
        (12.3456789, "12.346"),
        (1e-5, "1e-05"),
        (-4.56789e12, "-4.568e+12"),
        (float("nan"), "\N{EN DASH}"),
        (None, "\N{EN DASH}"),
    ],
)
def test_a_score_is_written_with_the_digits_that_say_something(score, text):
    assert score_text(score) == text


@pytest.mark.parametrize(
    ("seconds", "text"), [(0.25, "0.25 s"), (42.4, "42 s"), (75, "1 min 15 s"), (7322, "2 h 2 min")]
)
def test_a_duration_is_written_as_a_reader_says_it(seconds, text):
    assert duration(seconds) == text
