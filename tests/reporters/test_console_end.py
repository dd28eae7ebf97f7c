"""The reporter `console` at the end of a run: the best, what failed and what is not finished."""

from __future__ import annotations

import sys
from dataclasses import replace

import pytest
from scored import normal, scored

from gridloom import WorkerShare
from gridloom.experiment.published import PublishedScores
from gridloom.testing.results import RESULTS
from gridloom_plugins.reporters import console
from reporters.outcomes import HOSTILE, failed

ALONE = "There is one candidate alone, so there is nothing to compare."


@pytest.fixture
def printed(capsys):
    def printed(result):
        console.report(result)
        return capsys.readouterr().out

    return printed


def test_the_console_prints_the_lines_of_the_article(result, printed):
    zero = ({"init_mode": "zero"}, (158 / 256, 169 / 256, 173 / 256))
    uniform = ({"init_mode": "uniform"}, (191 / 256, 176 / 256, 186 / 256))
    assert printed(result(uniform, zero)) == (
        "Best: 0.720052 using {'init_mode': 'uniform'}\n"
        "0.720052 (0.024360) with: {'init_mode': 'uniform'}\n"
        "0.651042 (0.024774) with: {'init_mode': 'zero'}\n"
        "Nothing can be said about the differences between the 2 candidates: without a second seed, or a second split of "
        "known size, scores show no variation.\n"
    )


def test_the_console_shows_what_failed_and_counts_what_is_not_finished(mixed, printed):
    assert printed(mixed) == (
        "Best: 0.625000 using {'rate': 0.1, 'name': 'a'}\n"
        "0.625000 (0.125000) with: {'rate': 0.1, 'name': 'a'}\n"
        "failed with: {'rate': 0.2, 'name': None}: ValueError: no such layer\n"
        f"1 of 3 candidates failed; 'gridloom show {mixed.folder}' prints why\n"
        "There is one candidate alone, so there is nothing to compare. Left out: 1 that failed and 1 that did not finish.\n"
    )


def test_the_console_ends_with_one_sentence_about_published_scores(result, printed, tmp_path):
    scores = PublishedScores(tmp_path / "scores.csv", None, "score", 2, {'{"x":1}': 0.5})
    mine = result(({"x": 1}, (0.25, 0.5)), published_scores=scores)
    assert printed(mine).splitlines()[2:-1] == [mine.published_sentence]
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
        "failed with: {'x': 1}: ValueError: no such layer\n"
        "No candidate is complete, so nothing can be said. Left out: 1 that failed.\n"
    )


@pytest.mark.parametrize("text", HOSTILE)
def test_hostile_names_and_values_stay_in_their_line_of_the_console(result, printed, text):
    assert printed(result(({text: text}, (0.5,)))) == (
        f"Best: 0.500000 using { {text: text} }\n0.500000 (0.000000) with: { {text: text} }\n{ALONE}\n"
    )


def test_the_last_line_is_the_sentence_of_the_summary(result, printed):
    mine = scored(normal((4, 1, 3, 5)), method="kfold", folds=3)
    *_, last = printed(mine).splitlines()
    assert last == mine.summary.sentence
    assert last.startswith("Over other seeds on exactly these rows, 4 of 4 candidates cannot be told from the best")


@pytest.mark.parametrize("columns", [1, 60, 100])
def test_in_a_terminal_the_sentence_is_wrapped_between_words(columns, printed, monkeypatch):
    mine = scored(
        normal((4, 1, 3, 5)), [{"m": {"a name without end " * 9: n}} for n in range(4)], method="kfold", folds=3
    )
    monkeypatch.setattr(sys.stdout, "isatty", lambda: True)
    monkeypatch.setenv("COLUMNS", str(columns))
    lines = printed(mine).splitlines()[5:]
    assert max(map(len, lines)) < max(columns, 41)
    assert " ".join(lines).split() == mine.summary.sentence.split()
    assert len(lines) > 1


def test_an_error_of_many_lines_is_one_line_of_the_console(result, printed):
    first, *_ = printed(result(({"x": 1}, (failed("ValueError: a\n\n  b\tc\r\nd"),)))).splitlines()
    assert first == "failed with: {'x': 1}: ValueError: a b c d"


@pytest.mark.parametrize("error", ["word " * 99, "/a/very/long/path" * 99, "ValueError: " + "x" * 999])
def test_a_long_error_is_cut_at_its_end(result, printed, error):
    first, *_ = printed(result(({"x": 1}, (failed(error),)))).splitlines()
    shown = first.removeprefix("failed with: {'x': 1}: ")
    assert shown.endswith("…")
    assert error.startswith(shown.removesuffix("…").rstrip())
    assert 100 < len(shown) <= 120


def test_an_error_cannot_send_commands_to_the_terminal(result, printed):
    assert "\x1b" not in printed(result(({"x": 1}, (failed("ValueError: \x1b[2J\x07 gone"),))))
