"""The reporter `console` at the end of a run: the verdict, the best candidates, what failed and what is not finished."""

from __future__ import annotations

import sys
from dataclasses import replace

import numpy as np
import pytest
from scored import normal, scored

from gridloom import WorkerShare
from gridloom.experiment.published import PublishedScores
from gridloom.results.baseline import Baseline
from gridloom.testing.results import RESULTS
from gridloom_plugins.reporters import console
from reporters.outcomes import HOSTILE, failed

ALONE = "No verdict: only one candidate is complete, so there is nothing to compare."


@pytest.fixture
def printed(capsys):
    def printed(result, **options):
        console.report(result, **options)
        return capsys.readouterr().out

    return printed


ZERO = ({"init_mode": "zero"}, (158 / 256, 169 / 256, 173 / 256))
UNIFORM = ({"init_mode": "uniform"}, (191 / 256, 176 / 256, 186 / 256))
NO_VERDICT = (
    "No verdict on the 2 candidates: one seed and one split (or splits of unknown size) show no spread of the scores.\n"
    "Set validation.seeds: 20 to compare across seeds, if seeds change the scores.\n"
)


def test_the_console_prints_the_best_candidates_first(result, printed):
    assert printed(result(ZERO, UNIFORM)) == (
        f"{NO_VERDICT}\n"
        "Mean accuracy (std):\n"
        "  0.720052 (0.024360)  init_mode=uniform\n"
        "  0.651042 (0.024774)  init_mode=zero\n"
    )


def test_with_all_the_console_prints_the_lines_of_the_article(result, printed):
    assert printed(result(UNIFORM, ZERO), all=True) == (
        f"{NO_VERDICT}\n"
        "Best: 0.720052 using {'init_mode': 'uniform'}\n"
        "0.720052 (0.024360) with: {'init_mode': 'uniform'}\n"
        "0.651042 (0.024774) with: {'init_mode': 'zero'}\n"
    )


def test_the_console_shows_what_failed_and_counts_what_is_not_finished(mixed, printed):
    verdict = f"{ALONE} Not compared: 1 failed, 1 not finished.\n\n"
    failures = f"1 of 3 candidates failed; 'gridloom show {mixed.folder}' prints why\n"
    assert printed(mixed) == (f"{verdict}Mean accuracy (std):\n  0.625000 (0.125000)  rate=0.1, name=a\n{failures}")
    assert printed(mixed, all=True) == (
        f"{verdict}"
        "Best: 0.625000 using {'rate': 0.1, 'name': 'a'}\n"
        "0.625000 (0.125000) with: {'rate': 0.1, 'name': 'a'}\n"
        "failed with: {'rate': 0.2, 'name': None}: ValueError: no such layer\n"
        f"{failures}"
    )


def test_the_console_ends_with_one_sentence_about_published_scores(result, printed, tmp_path):
    scores = PublishedScores(tmp_path / "scores.csv", None, "score", 2, {'{"x":1}': 0.5})
    mine = result(({"x": 1}, (0.25, 0.5)), published_scores=scores)
    assert printed(mine).splitlines()[-1] == mine.published_sentence
    assert mine.published_sentence.startswith("Published scores: 1 cannot be judged")


def test_workers_on_other_machines_have_a_line_each_where_the_run_has_just_been_trained(printed, tmp_path):
    result = RESULTS["some failed"](tmp_path)
    lines = [
        "worker       fits  failed  deaths  seconds",
        "node-2/42       6       1       1     75.0",
        "node-1/4711     3       0       0      1.2",
    ]
    assert "\n".join(lines) in printed(result)
    assert "node-" not in printed(replace(result, seconds=None))  # as it is when the run is shown again
    many = tuple(WorkerShare(f"node-{number}/1", 1) for number in range(20))
    assert "and 8 more workers" in printed(replace(result, workers=many))


def test_the_console_names_no_best_when_every_trial_failed(result, printed):
    mine = result(({"x": 1}, (failed(),)))
    assert printed(mine) == (
        "No verdict: no candidate is complete. Not compared: 1 failed.\n"
        "\n"
        "failed with: {'x': 1}: ValueError: no such layer\n"
    )


@pytest.mark.parametrize("text", HOSTILE)
def test_hostile_names_and_values_stay_in_their_line_of_the_console(result, printed, text):
    mine = result(({text: text}, (0.5,)))
    assert printed(mine, all=True) == (
        f"{ALONE}\n\nBest: 0.500000 using { {text: text} }\n0.500000 (0.000000) with: { {text: text} }\n"
    )
    first, blank, heading, line = printed(mine).splitlines()
    assert (first, blank, heading) == (ALONE, "", "Mean accuracy (std):")
    assert line.startswith("  0.500000 (0.000000)  ")
    assert "\x1b" not in line


def test_the_verdict_and_the_next_step_come_first(printed):
    mine = scored(normal((4, 1, 3, 5)), method="kfold", folds=3)
    assert printed(mine).startswith(f"{mine.summary.sentence}\n{mine.summary.next_step}\n\nMean ")
    assert mine.summary.sentence == "Tie: all 4 candidates are statistically tied (95 %, across seeds on this data)."


@pytest.mark.parametrize("columns", [1, 60, 100])
def test_in_a_terminal_the_sentence_is_wrapped_between_words(columns, printed, monkeypatch):
    mine = scored(
        normal((4, 1, 3, 5)), [{"m": {"a name without end " * 9: n}} for n in range(4)], method="kfold", folds=3
    )
    monkeypatch.setattr(sys.stdout, "isatty", lambda: True)
    monkeypatch.setenv("COLUMNS", str(columns))
    verdict, _, candidates = printed(mine).partition("\n\n")
    lines = verdict.splitlines()
    assert max(map(len, lines)) < max(columns, 41)
    assert " ".join(lines).split() == [*mine.summary.sentence.split(), *mine.summary.next_step.split()]
    assert len(lines) > 1
    assert all(line.startswith(("Mean", "= ", "    ")) for line in candidates.splitlines())


def test_an_error_of_many_lines_is_one_line_of_the_console(result, printed):
    *_, last = printed(result(({"x": 1}, (failed("ValueError: a\n\n  b\tc\r\nd"),)))).splitlines()
    assert last == "failed with: {'x': 1}: ValueError: a b c d"


@pytest.mark.parametrize("error", ["word " * 99, "/a/very/long/path" * 99, "ValueError: " + "x" * 999])
def test_a_long_error_is_cut_at_its_end(result, printed, error):
    *_, last = printed(result(({"x": 1}, (failed(error),)))).splitlines()
    shown = last.removeprefix("failed with: {'x': 1}: ")
    assert shown.endswith("…")
    assert error.startswith(shown.removesuffix("…").rstrip())
    assert 100 < len(shown) <= 120


def test_an_error_cannot_send_commands_to_the_terminal(result, printed):
    assert "\x1b" not in printed(result(({"x": 1}, (failed("ValueError: \x1b[2J\x07 gone"),))))


# The best candidates


def lines_of(printed, result):
    """The lines under the heading."""
    return printed(result).partition(":\n")[2].splitlines()


def test_candidates_that_are_tied_with_the_best_are_marked(printed):
    scores = normal((4, 1, 3, 5)) + np.array([-0.5, 0, 0, 0.001]).reshape(4, 1, 1, 1)
    mine = scored(scores, method="kfold", folds=3)
    assert "\nMean accuracy (std); = tied with the best:\n" in printed(mine)
    marks = {int(line.rpartition("=")[2]): line[0] for line in lines_of(printed, mine)}
    assert marks == {0: " ", 1: "=", 2: "=", 3: "="}


def test_a_winner_has_no_mark(printed):
    scores = normal((3, 1, 3, 5))
    scores[1] += 0.5
    assert "\nMean accuracy (std):\n  1.1" in printed(scored(scores, method="kfold", folds=3))


def test_ten_candidates_are_shown_unless_all_are_wanted(printed):
    mine = scored(normal((73, 1, 3, 2)), method="kfold", folds=3)
    *lines, last = lines_of(printed, mine)
    assert [line.rpartition("  x=")[2] for line in lines] == [str(trial.params["x"]) for trial in mine.ranked[:10]]
    assert last == "  ... and 63 more (--all prints them)"
    assert printed(mine, all=True).count(" with: {'x': ") == 73


def test_columns_of_means_are_flush_right(printed):
    scores = np.array([-1234.5, 3.25]).reshape(2, 1, 1, 1)
    assert lines_of(printed, scored(scores)) == ["      3.250000 (0.000000)  x=1", "  -1234.500000 (0.000000)  x=0"]


def test_the_baseline_stands_after_the_verdict(printed, result):
    mine = result(UNIFORM, ZERO, baseline=Baseline("the most frequent class", {"accuracy": 0.65}))
    assert printed(mine).splitlines()[2] == "Baseline: 0.650000 (always predicts the most frequent class)."
    better = replace(mine, baseline=Baseline("the most frequent class", {"accuracy": 0.75}))
    assert "class). The best candidate is not better.\n" in printed(better)
    assert "Baseline" not in printed(replace(mine, baseline=Baseline("the mean", {"r2": 0.0})))
