"""The reporter `console` while a run runs: plain lines without a terminal, progress in one."""

from __future__ import annotations

import os
import pty
import re
import struct
import subprocess
import sys
from dataclasses import replace
from fcntl import ioctl
from termios import TIOCSWINSZ

import pytest
from command_line import run_here

from gridloom import Candidate, Plan, Progress
from gridloom_plugins.reporters import console

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
        (Progress(6, 0, 0, 6, 6.0, later=4), "1 fits/s, at most 0:04 left"),
        (Progress(6, 0, 0, 6, 6.0, later=None), "1 fits/s"),
    ],
)
def test_the_pace_counts_the_fits_of_this_process(progress, pace):
    assert console.pace(progress) == pace


def watched(monkeypatch, capsys, *steps, plan=PLAN):
    """What `watch` prints for (time of the clock, progress) where standard output is no terminal."""
    clock = iter([0.0, *(moment for moment, _ in steps)])
    monkeypatch.setattr(console.progress.time, "monotonic", lambda: next(clock))
    with console.watch(plan) as show:
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


def test_a_search_whose_later_waves_nobody_knows_counts_the_fits_so_far(monkeypatch, capsys):
    assert watched(
        monkeypatch,
        capsys,
        (0.0, Progress(0, 0, 0, 6, 0.0, later=None)),
        (6.0, Progress(6, 0, 0, 6, 6.0, later=None)),
        (12.0, Progress(6, 0, 0, 8, 12.0, later=None)),
        (16.0, Progress(8, 0, 0, 8, 16.0, BEST, later=None)),
        plan=replace(PLAN, is_open=True),
    ) == [
        "small: 3 candidates at first x 2 splits x 1 seed(s), then by their scores, engine sklearn, 2 worker(s)",
        "  6 fits so far, 0.5 fits/s",
        "  8 fits, 0.5 fits/s, took 0:16, best 0.500000 {'x': '[red]'}",
    ]


def test_a_search_that_may_end_earlier_says_how_many_fits_there_are_at_most(monkeypatch, capsys):
    assert watched(
        monkeypatch,
        capsys,
        (0.0, Progress(0, 0, 0, 6, 0.0, later=4)),
        (10.0, Progress(5, 0, 0, 6, 10.0, later=4)),
        (12.0, Progress(6, 0, 0, 6, 12.0, later=4)),
        (19.0, Progress(9, 0, 0, 9, 18.0, later=1)),
        plan=replace(PLAN, most=10),
    ) == [
        "small: 3 candidates at first x 2 splits x 1 seed(s), at most 10 fits in all, engine sklearn, 2 worker(s)",
        "  5/10 fits at most, 0.5 fits/s, at most 0:10 left",
        "  9 fits, 0.5 fits/s, took 0:18",
    ]


def test_outer_folds_rows_held_out_and_notes_are_told_before_it_starts(capsys):
    plan = Plan("small", 3, 2, 1, "sklearn", 2, outer=4, held_out=1500, inner=1, note="first thing\nsecond thing")
    with console.watch(plan):
        first, *notes = capsys.readouterr().out.splitlines()
    assert first.startswith(
        "small: 3 candidates x 2 splits x 1 seed(s), and that in 4 outer folds and the best on 1,500 rows held out, = 23 fits, "
    )
    assert notes == ["  first thing", "  second thing"]


def test_without_a_terminal_nothing_but_plain_lines_is_printed(write, tmp_path):
    done = run_here(tmp_path, "run", write(), FORCE_COLOR="", TERM="xterm-256color")
    lines = done.stdout.splitlines()
    assert lines[0] == "small: 3 candidates x 3 splits x 1 seed(s) = 9 fits, engine sklearn, 1 worker(s)"
    assert re.fullmatch(r"  9/9 fits, [0-9.e+]+ fits/s, took \d:\d\d, best 0\.\d{6} \{'C': .*\}", lines[1])
    assert lines[-5] == "Mean accuracy (std); = tied with the best:"
    assert lines[-1] == "csv: runs/small/results.csv"
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
