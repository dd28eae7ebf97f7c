"""What reporters print and write: the console, results.csv and results.json."""

from __future__ import annotations

import csv
import json
import math
import os
import pty
import re
import struct
import subprocess
import sys
from fcntl import ioctl
from termios import TIOCSWINSZ

import numpy as np
import pytest

from gridloom import Budget, Candidate, Fit, FitResult, Plan, Progress, Proposal, Result, Trial
from gridloom_plugins.reporters import console
from gridloom_plugins.reporters import csv as csv_reporter
from gridloom_plugins.reporters import json as json_reporter

HOSTILE = [
    "two\nlines",
    "comma, semicolon; tab\t",
    'say "x"',
    "it's",
    "[red]not red[/red]",
    "[/]",
    "é ü 漢 🦄",
    "\x1b[31mred",
    "\\",
    "",
]


def failed(error="ValueError: no such layer", **fields):
    return FitResult(None, error=error, traceback=f"Traceback ...\n{error}\n", **fields)


@pytest.fixture
def result(tmp_path):
    """Make a Result of (parameters, results of the folds) for each trial."""

    def make(*trials, **fields):
        made = []
        for number, (params, results) in enumerate(trials):
            candidate = Candidate({"m": params})
            outcomes = tuple(FitResult(item) if isinstance(item, float) else item for item in results)
            fits = tuple(Fit(candidate, 0, fold) for fold in range(len(outcomes)))
            made.append(Trial(number, Proposal(candidate), fits, outcomes))
        known = {"name": "small", "description": "", "scoring": "accuracy", "folder": tmp_path, "manifest": {}}
        return Result(trials=made, **(known | fields))

    return make


@pytest.fixture
def mixed(result):
    """Three trials: one complete, one failed in its second fold, one not finished."""
    return result(
        ({"rate": 0.1, "name": "a"}, (0.5, 0.75)),
        ({"rate": 0.2, "name": None}, (1.0, failed())),
        ({"rate": 0.3, "name": [1, "é"]}, (0.25, None)),
    )


# results.csv


def rows(result, **options):
    csv_reporter.report(result, **options)
    with (result.folder / options.get("filename", "results.csv")).open(encoding="utf-8", newline="") as file:
        return list(csv.reader(file, strict=True))


def test_the_csv_file_is_this_to_the_byte(mixed):
    csv_reporter.report(mixed)
    assert (mixed.folder / "results.csv").read_bytes() == (
        b"rank,status,param_rate,param_name,mean_test_score,std_test_score,split0_test_score,split1_test_score\n"
        b"1,complete,0.1,a,0.625,0.125,0.5,0.75\n"
        b",failed,0.2,null,,,1.0,\n"
        b',incomplete,0.3,"[1, ""\\u00e9""]",,,0.25,\n'
    )


def test_the_csv_file_holds_every_digit_of_every_score(result):
    scores = (0.1 + 0.2, 1 / 3, 5e-324)
    mine = result(({"x": 0.1 + 0.2}, scores))
    _, row = rows(mine)
    assert [float(cell) for cell in row[3:]] == [mine.trials[0].mean, mine.trials[0].std, *scores]
    assert float(row[2]) == 0.1 + 0.2


def test_the_csv_file_is_the_same_whatever_type_of_number_an_engine_scores_with(result):
    bare = [rows(result(({"x": 1}, (FitResult(zero),)))) for zero in (0.0, -0.0, 0, np.float64(0), np.float32(0))]
    assert bare == [bare[0]] * 5


def test_the_csv_file_leaves_a_parameter_blank_that_a_candidate_does_not_have(result):
    assert [row[2:4] for row in rows(result(({"x": 1}, (0.5,)), ({"y": None}, (0.5,))))] == [
        ["param_x", "param_y"],
        ["1", ""],
        ["", "null"],
    ]


def test_equal_means_share_their_rank_in_the_csv_file(result):
    mine = result(({"x": 1}, (0.5,)), ({"x": 2}, (0.75,)), ({"x": 3}, (0.75,)))
    assert [row[0] for row in rows(mine)] == ["rank", "3", "1", "1"]


@pytest.mark.parametrize("text", HOSTILE)
def test_hostile_names_and_values_come_back_from_the_csv_file(result, text):
    assert [row[2] for row in rows(result(({text: text}, (0.5,))))] == [f"param_{text}", text]


@pytest.mark.parametrize("text", ["a\rb", "a\r\nb", "\r"])
def test_a_value_with_a_carriage_return_does_not_break_a_row_of_the_csv_file(result, text):
    header, row = rows(result(({"x": text, "y": 1}, (0.5,))))
    assert len(row) == len(header)
    assert row[2] in (text, json.dumps(text))
    assert row[3] == "1"


def test_the_csv_file_may_have_another_name_and_is_replaced(result):
    rows(result(({"x": 1}, (0.5,)), ({"x": 2}, (0.5,))), filename="table.csv")
    assert len(rows(result(({"x": 1}, (0.5,))), filename="table.csv")) == 2


# results.json


def parsed(result, **options):
    """The JSON file, parsed by a reader that knows no NaN."""
    json_reporter.report(result, **options)

    def refuse(constant):
        raise AssertionError(f"{constant} is not JSON")

    text = (result.folder / options.get("filename", "results.json")).read_text("utf-8")
    return json.loads(text, parse_constant=refuse)


def test_the_json_file_tells_everything_about_a_run(result):
    fit = FitResult(0.5, {"loss": [0.75, 0.5]}, fit_seconds=1.5, score_seconds=0.25)
    origin = {
        "description": "é",
        "engine": "sklearn",
        "engine_reason": "auto",
        "manifest": {"data": {"rows": 150}},
    }
    assert parsed(result(({"rate": 0.1}, (fit,)), **origin)) == {
        "format": 1,
        "name": "small",
        "description": "é",
        "scoring": "accuracy",
        "engine": {"name": "sklearn", "reason": "auto"},
        "best": 0,
        "trials": [
            {
                "number": 0,
                "rank": 1,
                "status": "complete",
                "candidate": {"m": {"rate": 0.1}},
                "budget": {},
                "mean": 0.5,
                "std": 0.0,
                "fits": [
                    {
                        "repeat": 0,
                        "fold": 0,
                        "replica": 0,
                        "score": 0.5,
                        "history": {"loss": [0.75, 0.5]},
                        "fit_seconds": 1.5,
                        "score_seconds": 0.25,
                        "error": None,
                        "traceback": None,
                    }
                ],
            }
        ],
        "manifest": {"data": {"rows": 150}},
    }


def test_the_json_file_has_null_for_what_is_no_number(result):
    diverged = failed(history={"loss": [0.5, math.nan, math.inf, -math.inf]})
    trial, other = parsed(result(({"x": 1}, (0.5, diverged)), ({"x": 2}, (None, 0.5))))["trials"]
    assert (trial["status"], trial["rank"], trial["mean"], trial["std"]) == ("failed", None, None, None)
    assert trial["fits"][1]["history"] == {"loss": [0.5, None, None, None]}
    assert trial["fits"][1]["error"] == "ValueError: no such layer"
    assert trial["fits"][1]["traceback"].startswith("Traceback ...")
    assert (other["status"], [fit["fold"] for fit in other["fits"]]) == ("incomplete", [1])


def test_the_json_file_has_no_best_when_every_trial_failed(result):
    assert parsed(result(({"x": 1}, (failed(),))))["best"] is None


def test_the_json_file_takes_the_numbers_that_keras_gives(result):
    numbers = FitResult(np.float64(0.5), {"loss": [np.float32(0.5), np.float64(0.25)]})
    (fit,) = parsed(result(({"x": 1}, (numbers,))))["trials"][0]["fits"]
    assert fit["history"] == {"loss": [0.5, 0.25]}


def test_the_json_file_tells_budgets_and_nested_values(result):
    candidate = Candidate({"m": {"hidden": [12, 4], "options": {"a": (1, None)}}, "training": {"epochs": 3}})
    fit = Fit(candidate, 0, 0, budget=Budget(epochs=2, share=0.5))
    mine = Trial(0, Proposal(candidate, fit.budget), (fit,), (FitResult(0.5),))
    (trial,) = parsed(Result("small", "", "accuracy", [mine], result().folder, {}))["trials"]
    assert trial["candidate"] == {"m": {"hidden": [12, 4], "options": {"a": [1, None]}}, "training": {"epochs": 3}}
    assert trial["budget"] == {"epochs": 2, "share": 0.5}


@pytest.mark.parametrize("text", [*HOSTILE, "caf\udce9"])
def test_hostile_names_values_and_errors_come_back_from_the_json_file(result, text):
    mine = result(({text: text}, (0.5, failed(text))), description=text)
    content = parsed(mine, filename="table.json")
    assert content["description"] == text
    assert content["trials"][0]["candidate"] == {"m": {text: text}}
    assert content["trials"][0]["fits"][1]["error"] == text.encode(errors="backslashreplace").decode()


# The console, at the end


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
    )


def test_the_console_shows_what_failed_and_what_is_not_finished(mixed, printed):
    assert printed(mixed) == (
        "Best: 0.625000 using {'rate': 0.1, 'name': 'a'}\n"
        "0.625000 (0.125000) with: {'rate': 0.1, 'name': 'a'}\n"
        "failed with: {'rate': 0.2, 'name': None}: ValueError: no such layer\n"
        "not finished with: {'rate': 0.3, 'name': [1, 'é']}\n"
        f"1 of 3 candidates failed; 'gridloom show {mixed.folder}' prints why\n"
    )


def test_the_console_names_no_best_when_every_trial_failed(result, printed):
    mine = result(({"x": 1}, (failed(),)))
    assert printed(mine) == (
        "failed with: {'x': 1}: ValueError: no such layer\n"
        f"1 of 1 candidates failed; 'gridloom show {mine.folder}' prints why\n"
    )


@pytest.mark.parametrize("text", HOSTILE)
def test_hostile_names_and_values_stay_in_their_line_of_the_console(result, printed, text):
    assert printed(result(({text: text}, (0.5,)))) == (
        f"Best: 0.500000 using { {text: text} }\n0.500000 (0.000000) with: { {text: text} }\n"
    )


def test_an_error_of_many_lines_is_one_line_of_the_console(result, printed):
    first, *_ = printed(result(({"x": 1}, (failed("ValueError: a\n\n  b\tc\r\nd"),)))).splitlines()
    assert first == "failed with: {'x': 1}: ValueError: a b c d"


@pytest.mark.parametrize("error", ["word " * 99, "/a/very/long/path" * 99, "ValueError: " + "x" * 999])
def test_a_long_error_is_cut_at_its_end(result, printed, error):
    first, *_ = printed(result(({"x": 1}, (failed(error),)))).splitlines()
    shown = first.removeprefix("failed with: {'x': 1}: ")
    assert shown.endswith("...")
    assert error.startswith(shown.removesuffix("...").rstrip())
    assert 100 < len(shown) <= 120


def test_an_error_cannot_send_commands_to_the_terminal(result, printed):
    assert "\x1b" not in printed(result(({"x": 1}, (failed("ValueError: \x1b[2J\x07 gone"),))))


# The console, while a run runs

PLAN = Plan("small", candidates=3, splits=2, seeds=1, engine="sklearn", workers=2)
HEADER = "small: 3 candidates x 2 splits x 1 seed(s) = 6 fits, engine sklearn, 2 worker(s)"
BEST = (Candidate({"m": {"x": "[red]"}}), 0.5)


@pytest.mark.parametrize(
    ("progress", "pace"),
    [
        (Progress(0, 0, 0, 6, 0.0), "starting workers"),
        (Progress(0, 0, 0, 6, 5.0), "starting workers"),
        (Progress(4, 0, 4, 6, 1.0), "4 from the journal"),
        (Progress(2, 0, 0, 6, 4.0), "0.5 fits/s, 0:08 left"),
        (Progress(2, 1, 0, 6, 4.0), "1 failed, 0.5 fits/s, 0:08 left"),
        (Progress(4, 0, 2, 6, 4.0), "2 from the journal, 0.5 fits/s, 0:04 left"),
        (Progress(1, 0, 0, 1001, 7.5), "0.13 fits/s, 2:05:00 left"),
        (Progress(6, 0, 0, 6, 75.0), "0.08 fits/s, took 1:15"),
    ],
)
def test_the_pace_counts_the_fits_of_this_process(progress, pace):
    assert console.pace(progress) == pace


def watched(monkeypatch, capsys, *steps):
    """What `watch` prints for (time of the clock, progress) where standard output is no terminal."""
    clock = iter([0.0, *(moment for moment, _ in steps)])
    monkeypatch.setattr(console.time, "monotonic", lambda: next(clock))
    with console.watch(PLAN) as show:
        for _, progress in steps:
            show(progress)
    return capsys.readouterr().out.splitlines()


def test_without_a_terminal_there_is_a_plain_line_every_ten_seconds_and_one_at_the_end(monkeypatch, capsys):
    assert watched(
        monkeypatch,
        capsys,
        (0.0, Progress(0, 0, 0, 6, 0.0)),
        (9.0, Progress(1, 0, 0, 6, 9.0)),
        (10.0, Progress(2, 0, 0, 6, 10.0)),
        (11.0, Progress(3, 0, 0, 6, 11.0, BEST)),
        (20.0, Progress(4, 0, 0, 6, 20.0, BEST)),
        (21.0, Progress(6, 0, 0, 6, 21.0, BEST)),
    ) == [
        HEADER,
        "  2/6 fits, 0.2 fits/s, 0:20 left",
        "  4/6 fits, 0.2 fits/s, 0:10 left, best 0.500000 {'x': '[red]'}",
        "  6/6 fits, 0.29 fits/s, took 0:21, best 0.500000 {'x': '[red]'}",
    ]


def test_without_a_terminal_nothing_but_plain_lines_is_printed(gridloom, write):
    done = gridloom("run", write(), "--n-jobs", 1, FORCE_COLOR="", TERM="xterm-256color")
    lines = done.stdout.splitlines()
    assert lines[0] == "small: 3 candidates x 3 splits x 1 seed(s) = 9 fits, engine sklearn, 1 worker(s)"
    assert re.fullmatch(r"  9/9 fits, [0-9.e+]+ fits/s, took \d:\d\d, best 0\.\d{6} \{'C': .*\}", lines[-5])
    assert lines[-4].startswith("Best: ")
    assert "\x1b" not in done.stdout
    assert "\r" not in done.stdout


WATCH = """
import sys, time
from gridloom import Candidate, Plan, Progress
from gridloom_plugins.reporters import console
value, pause, *stop = sys.argv[1:]
with console.watch(Plan("small", 3, 2, 1, "sklearn", 2)) as show:
    for done in range(7):
        best = (Candidate({"m": {"x": value}}), 0.5) if done > 2 else None
        show(Progress(done, 0, 0, 6, done * 2.0, best))
        time.sleep(float(pause))
    if stop:
        raise KeyboardInterrupt
print("Best: 0.500000")
"""


def in_terminal(value, *stop, pause=0.01, columns=100):
    """All that WATCH writes to a terminal so wide, and its exit code."""
    leader, follower = pty.openpty()
    ioctl(follower, TIOCSWINSZ, struct.pack("HHHH", 24, columns, 0, 0))
    plain = {name: value for name, value in os.environ.items() if name not in ("NO_COLOR", "COLUMNS", "FORCE_COLOR")}
    process = subprocess.Popen(
        [sys.executable, "-c", WATCH, value, str(pause), *stop],
        stdin=follower,
        stdout=follower,
        stderr=subprocess.DEVNULL,
        env=plain | {"TERM": "xterm-256color"},
    )
    os.close(follower)
    written = b""
    while True:
        try:
            piece = os.read(leader, 65536)
        except OSError:  # what Linux says when the last one has closed the terminal
            break
        if not piece:
            break
        written += piece
    os.close(leader)
    return written.decode(), process.wait(timeout=60)


CODE = re.compile(r"\x1b\[(\?)?([\d;]*)([A-Za-z])|(\r)|(\n)|([^\x1b\r\n]+)")


def screen(written):
    """The lines that are left on a terminal, down to the last that is not blank: it knows line ends, going up, erasing a line, colours and the cursor."""
    lines, row, column = [""], 0, 0
    for private, number, letter, home, down, text in CODE.findall(written):
        if text:
            lines[row] = lines[row][:column].ljust(column) + text + lines[row][column + len(text) :]
            column += len(text)
        elif home:
            column = 0
        elif down:
            row += 1
            lines += [""] * (row == len(lines))
        elif letter == "A":
            row -= int(number or 1)
        elif letter == "K":
            lines[row] = "" if number == "2" else lines[row][:column]
        else:
            assert letter == "m" or (private and number == "25"), f"unknown code {number}{letter}"
    return "\n".join(line.rstrip() for line in lines).rstrip("\n").split("\n")


def test_a_terminal_shows_progress_and_is_left_clean():
    written, code = in_terminal("relu", pause=0.15)
    assert code == 0
    assert "3/6" in written
    assert "best 0.500000 {'x': 'relu'}" in written
    assert "0.5 fits/s" in written
    assert screen(written) == [HEADER, "Best: 0.500000"]


def test_a_terminal_is_left_clean_with_its_cursor_when_the_run_is_stopped():
    written, code = in_terminal("relu", "stop")
    assert code != 0
    assert screen(written) == [HEADER]
    assert written.rindex("\x1b[?25h") > written.rindex("\x1b[?25l")


@pytest.mark.parametrize("value", ["[red]x[/red]", "[/]", ":smile:", "\\", "[link=x]"])
def test_a_terminal_shows_a_hostile_value_as_it_is(value):
    written, code = in_terminal(value)
    assert code == 0
    assert f"best 0.500000 { {'x': value} }" in re.sub(r"\x1b\[[\d;]*m", "", written)
    assert screen(written) == [HEADER, "Best: 0.500000"]


def test_a_terminal_too_narrow_for_the_best_is_left_clean_too():
    written, code = in_terminal("x" * 200, columns=90)
    assert code == 0
    assert screen(written) == [HEADER, "Best: 0.500000"]
