"""A run that an earlier version of Gridloom made, with a journal of format 1: it is read, and never written."""

from __future__ import annotations

import json
import re
import shutil
import sqlite3
from pathlib import Path

import pytest

from gridloom.errors import RunRefused
from gridloom.runs.journal import Journal
from journal.journals import kept, opened

MADE = Path(__file__).parent / "format_1"
"""Nine fits of three candidates, three of which failed, and the results.csv that was written of them."""


@pytest.fixture
def earlier(tmp_path):
    """The folder of the run."""
    return shutil.copytree(MADE, tmp_path / "runs" / "earlier")


def content(folder):
    return {path.name: path.read_bytes() for path in folder.iterdir()}


def test_it_is_shown_with_its_failures(gridloom, earlier):
    before = content(earlier)
    done = gridloom("show", "earlier", "--all", "--tracebacks")
    assert done.returncode == 0, done.stderr
    assert done.stdout.partition("\n\n")[2].startswith(
        "Best: 0.966667 using {'min_samples_leaf': 1}\n0.966667 (0.033993) with:"
    )
    assert "failed in repeat 0, fold 0, seed 0, and 2 more fits in the same way:\nTraceback" in done.stdout
    assert content(earlier) == before


def test_its_reports_are_written_again_and_have_its_scores_by_name(gridloom, earlier):
    done = gridloom("report", "earlier", "-r", "csv", "-r", "json")
    assert done.returncode == 0, done.stderr
    written = (earlier / "results.csv").read_bytes()
    expected = (MADE / "results.csv").read_bytes()
    within = re.sub(rb",1\.(130192630173202|073328584901303),", b",1.0,", expected)  # no accuracy is above 1
    assert within.count(b",1.0,") == expected.count(b",1.0,") + 2
    assert written.splitlines()[1:] == within.splitlines()[1:]
    trials = json.loads((earlier / "results.json").read_text("utf-8"))["trials"]
    assert [fit["scores"] for fit in trials[0]["fits"]] == [{"accuracy": score} for score in (1.0, 0.92, 0.98)]
    assert [fit["scores"] for fit in trials[2]["fits"]] == [{}] * 3


def test_it_is_compared_with_a_run_of_today(gridloom, earlier):
    done = gridloom("run", earlier / "experiment.yaml", "--out", "today", "-j1")
    assert done.returncode == 0, done.stderr
    done = gridloom("compare", "earlier", "today/earlier")
    assert done.returncode == 0, done.stderr
    assert "[2] beside [1]\n" in done.stdout


def test_it_is_not_resumed_but_kept_beside_a_fresh_run(gridloom, earlier):
    before = content(earlier)
    done = gridloom("run", earlier / "experiment.yaml", "-j1")
    assert done.returncode == 3
    assert done.stderr == (
        "gridloom: earlier: runs/earlier was run by an earlier version of Gridloom (its journal has the format 1), so it "
        "cannot be resumed; start over with --fresh (the earlier run is kept next to it), or choose another folder with --out. 'gridloom show' and 'gridloom report' can still read it.\n"
    )
    assert {name: text for name, text in content(earlier).items() if name != "lock"} == before
    done = gridloom("run", earlier / "experiment.yaml", "-j1", "--fresh")
    assert done.returncode == 0, done.stderr
    assert content(earlier.with_name("earlier.1")) == before
    assert gridloom("show", "earlier.1").returncode == 0


def test_its_journal_is_opened_for_reading_alone(earlier):
    path = earlier / "journal.sqlite"
    with pytest.raises(RunRefused, match="cannot be resumed"):
        Journal(path)
    with opened(path, read_only=True) as journal:
        assert journal.keys() == journal.results().keys()
        assert journal.manifest["scoring"] == "accuracy"


def test_its_histories_have_nan_for_what_was_not_finite(earlier):
    path = earlier / "journal.sqlite"
    database = sqlite3.connect(path)
    with database:
        database.execute("""UPDATE fits SET history = '{"loss": [0.5, null]}'""")
    database.close()
    for result in kept(path, read_only=True).values():
        assert repr(result.history) == "{'loss': [0.5, nan]}"
