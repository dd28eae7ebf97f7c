"""Plugins and folders that are odd in ways nobody thinks of, and are answered in words all the same."""

from __future__ import annotations

import json
import os
import re
import sqlite3
import subprocess
import sys
from pathlib import Path

import pytest
from command_line import ONE_CORE, run_here

import gridloom as public
from gridloom.runs.rows import checksum

ODD = """
import gridloom
from gridloom import Proposal


class Boom(Exception):
    def __str__(self):
        raise SystemExit("no text")


def report(result):
    raise Boom


def none(space):
    yield [None]


def same(space):
    first, *_ = space.enumerate()
    yield [Proposal(first)]
    yield [Proposal(first)]


def build(task, predicts: str = "labels"):
    from sklearn.base import BaseEstimator

    class Odd(BaseEstimator):
        def fit(self, X, y):
            return self

        def predict(self, X):
            return {"labels": [0] * len(X), "text": ["no"] * len(X), "beyond": [7] * len(X), "few": [0]}[predicts]

    return Odd()


@gridloom.hookimpl
def gridloom_reporters():
    yield gridloom.Reporter("boom", "Raises what cannot be printed.", report)


@gridloom.hookimpl
def gridloom_strategies():
    yield gridloom.Strategy("none", "Proposes nothing.", none)
    yield gridloom.Strategy("same", "Proposes the same twice.", same)


@gridloom.hookimpl
def gridloom_model_builders():
    yield gridloom.ModelBuilder("odd", "Predicts what it is told.", build, makes="estimator")
"""


@pytest.fixture
def odd(tmp_path):
    """The file of the plugin."""
    (tmp_path / "odd.py").write_text(ODD)
    return tmp_path / "odd.py"


def test_a_reporter_whose_error_has_no_text_costs_no_other_report(gridloom, write, odd, tmp_path):
    done = gridloom("run", write(reporters=["boom", "csv"]), "-p", odd)
    assert done.returncode == 5
    assert (tmp_path / "runs/small/results.csv").exists()


@pytest.mark.parametrize(
    ("strategy", "message"),
    [
        ("none", r"strategy 'none' must yield sequences of gridloom.Proposal, not \[None\]"),
        ("same", r"strategy 'same' proposed .*0\.1.* twice with the same budget"),
    ],
)
def test_a_strategy_that_proposes_what_it_should_not_is_named(gridloom, write, odd, strategy, message):
    done = gridloom("run", write(search={"strategy": strategy, "space": {"model": {"C": [0.1, 1.0]}}}), "-p", odd)
    assert done.returncode == 2
    assert re.search(message, done.stderr)


def test_labels_that_are_no_class_numbers_fail_their_fits(gridloom, write, odd, tmp_path):
    predicts = {"model": {"predicts": ["labels", "text", "beyond", "few"]}}
    gridloom("run", write(model="odd", search={"space": predicts}), "-p", odd)
    journal = sqlite3.connect(tmp_path / "runs/small/journal.sqlite")
    errors = dict(journal.execute("SELECT candidate, error FROM fits"))
    assert errors.pop('{"model":{"predicts":"labels"}}') is None
    assert all(
        re.search(r"should predict 50 class numbers from 0 to 2, not (no|7|0) ", error) for error in errors.values()
    )
    assert len(errors) == 3


def test_a_run_needs_no_standard_output(write, tmp_path):
    command = [sys.executable, "-m", "gridloom", "run", str(write()), "-j1"]
    shell = ["sh", "-c", 'exec "$@" >&-', "sh", *command]
    done = subprocess.run(
        shell, cwd=tmp_path, env=os.environ | ONE_CORE, stderr=subprocess.PIPE, text=True, check=False
    )
    assert (done.returncode, "Traceback" in done.stderr) == (0, False)
    assert (tmp_path / "runs/small/results.csv").exists()


def test_a_pipe_beside_the_journal_is_no_journal(gridloom, finished, tmp_path):
    finished()
    os.mkfifo(tmp_path / "runs/small/journal.sqlite-journal")
    done = gridloom("show", "small")
    assert done.returncode == 4
    assert "journal.sqlite-journal is a pipe, not a file" in done.stderr


@pytest.mark.parametrize(
    ("make", "kind"),
    [
        (Path.mkdir, "a folder"),
        (os.mkfifo, "a pipe"),
        (lambda path: path.symlink_to("/dev/zero"), "a device"),
        (lambda path: path.symlink_to("nowhere"), "a link that leads nowhere"),
    ],
)
def test_an_experiment_of_a_run_that_is_no_file_is_told(tmp_path, make, kind):
    file = tmp_path / "runs/odd/experiment.yaml"
    file.parent.mkdir(parents=True)
    make(file)
    for command in (("show", "odd"), ("report", "odd"), ("open", "odd"), ("compare", "odd", "other")):
        done = run_here(tmp_path, *command)
        assert (done.returncode, done.stderr) == (
            2,
            f"gridloom: runs/odd/experiment.yaml: this is {kind}, not the experiment of a run\n",
        )


@pytest.mark.parametrize("change", [lambda manifest: manifest | {"asked_for": 5}, lambda _: "[" * 100_000])
def test_a_manifest_that_no_run_has_written_is_damage(gridloom, finished, tmp_path, change):
    finished()
    journal = sqlite3.connect(tmp_path / "runs/small/journal.sqlite")
    ((format_, content),) = journal.execute("SELECT format, content FROM manifest")
    changed = change(json.loads(content))
    text = changed if isinstance(changed, str) else json.dumps(changed)
    journal.execute("UPDATE manifest SET content = ?, checksum = ?", (text, checksum((format_, text))))
    journal.commit()
    journal.close()
    done = gridloom("show", "small")
    assert (done.returncode, "restore it from a copy" in done.stderr or "damaged" in done.stderr) == (4, True), (
        done.stderr
    )


@pytest.mark.parametrize(
    "arguments", [{"plugins": "odd.py"}, {"settings": "seed=1"}, {"without": "builtin-models"}, {"n_jobs": "two"}]
)
def test_one_text_in_the_place_of_several_is_refused(write, arguments):
    with pytest.raises(TypeError, match=f"^{next(iter(arguments))} must be a "):
        public.run(write(), **arguments)


def test_an_experiment_is_a_path_or_a_dict():
    with pytest.raises(TypeError, match="experiment must be the path of a YAML file, or a dict"):
        public.run(["dataset", "iris"])
