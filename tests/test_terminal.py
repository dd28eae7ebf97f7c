"""Nothing from data, YAML or plugins steers the terminal; texts that spreadsheets would compute are escaped."""

from __future__ import annotations

import csv

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gridloom import Candidate, FitResult, Proposal, Trial, printable
from gridloom.core.trials import Fit
from gridloom.testing import make_result
from gridloom_plugins.reporters.csv import report

ESCAPE = "\x1b[2J\x9b31m\u202e"
SEEN = "\\x1b[2J\\x9b31m\\u202e"

PLUGIN = """
import gridloom

def load(kind: str = "good"):
    import numpy as np
    if kind == "error":
        raise gridloom.DataError("bad \\x1b[2J data")
    if kind == "bug":
        raise RuntimeError("bug \\x1b[2J here")
    return gridloom.Data(np.random.default_rng(0).normal(size=(30, 2)), np.arange(30) % 2, classes=("a\\x1b[2J", "b"))

def build(task, text: str = "x"):
    from sklearn.tree import DecisionTreeClassifier
    if text == "fails":
        raise ValueError("no \\x1b[2J model")
    return DecisionTreeClassifier()

def report(result):
    raise OSError(5, "broken \\x1b[2J pipe", "a\\x1b[2Jfile")

@gridloom.hookimpl
def gridloom_datasets():
    yield gridloom.Dataset("steering", "Steers \\x1b[2J.", load)

@gridloom.hookimpl
def gridloom_model_builders():
    yield gridloom.ModelBuilder("tree", "A tree \\x1b[2J.", build, makes="estimator")

@gridloom.hookimpl
def gridloom_reporters():
    yield gridloom.Reporter("broken", "Breaks.", report)
"""
CHANGES = {
    "dataset": "steering",
    "model": "tree",
    "search": {"space": {"model": {"text": [ESCAPE, "fails"]}}},
    "validation": {"method": "kfold", "folds": 2},
}


@given(st.text())
def test_what_is_printed_steers_nothing_and_other_text_stays(text):
    shown = printable(text)
    assert all(letter in "\n\t" or not (ord(letter) < 32 or 127 <= ord(letter) < 160) for letter in shown)
    assert not set(shown) & set("\u202a\u202e\u2066\u2028\r\x1b")
    assert printable(shown) == shown
    if text.isprintable():
        assert shown == text


@pytest.mark.parametrize(
    ("command", "changes", "message"),
    [
        ("run", {"reporters": ["console", "broken"]}, "the reporter 'broken' failed: a\\x1b[2Jfile: broken \\x1b[2J pipe"),
        ("run", {"dataset": {"name": "steering", "kind": "error"}}, "bad \\x1b[2J data"),
        ("run", {"dataset": {"name": "steering", "kind": "bug"}}, "RuntimeError: bug \\x1b[2J here"),
        ("run", {"scoring": "f1"}, 'positive: "a\\u001b[2J"'),
        ("check", {"scoring": f"acc{ESCAPE}"}, SEEN),
        ("check", {"mod": ESCAPE, f"key{ESCAPE}": 1}, SEEN),
    ],
)  # fmt: skip
def test_no_message_steers_the_terminal(gridloom, write, tmp_path, command, changes, message):
    (tmp_path / "steering.py").write_text(PLUGIN)
    write(**CHANGES | changes)
    done = gridloom(command, "small.yaml", "-p", "steering.py")
    assert message in done.stderr
    assert not set(done.stdout + done.stderr) & set("\x1b\x9b\u202e")


def test_neither_a_run_nor_what_shows_it_steers_the_terminal(gridloom, write, tmp_path):
    (tmp_path / "steering.py").write_text(PLUGIN)
    write(**CHANGES)
    run = gridloom("run", "small.yaml", "-p", "steering.py")
    shown = gridloom("show", "small", "-p", "steering.py")
    told = gridloom("plugins", "show", "tree", "-p", "steering.py")
    assert "no \\x1b[2J model" in shown.stdout
    assert "A tree \\x1b[2J." in told.stdout
    assert not set(run.stdout + run.stderr + shown.stdout + shown.stderr + told.stdout) & set("\x1b\x9b\u202e")


TEXTS = ["=1+1", "+1", "-1", "@x", "\t=1", "'=1", "''-1", "'quoted", "plain", "\r=1", "\n=1", "=", ""]


def test_texts_that_spreadsheets_would_compute_are_escaped_and_can_be_read_back(tmp_path):
    trials = []
    for number, text in enumerate(TEXTS):
        candidate = Candidate({"m": {"text": text, "number": -number, "=name": [-1]}})
        trials.append(Trial(number, Proposal(candidate), (Fit(candidate, 0, 0),), (FitResult({"accuracy": -0.5}),)))
    result = make_result(tmp_path)
    object.__setattr__(result, "trials", trials)
    report(result)
    with (tmp_path / "results.csv").open(newline="") as file:
        rows = list(csv.DictReader(file))
    cells = [row["param_text"] for row in rows]
    assert not any(cell.startswith(("=", "+", "-", "@", "\t", "\r", "\n")) for cell in cells)
    back = [cell[1:] if cell.startswith("'") and cell.lstrip("'")[:1] in tuple("=+-@\t\n") else cell for cell in cells]
    assert [text for text in back if "\\r" not in text] == [text for text in TEXTS if "\r" not in text]
    assert [row["param_number"] for row in rows[:3]] == ["0", "-1", "-2"]
    assert {row["mean_test_score"] for row in rows} == {"-0.5"}
