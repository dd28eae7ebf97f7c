"""A run of a Python program later, from the command line and without the program: code never loads by itself."""

from __future__ import annotations

import json

import numpy as np
import pytest
from sklearn.linear_model import LogisticRegression

import gridloom as public


def build(task, C: float = 1.0):
    return LogisticRegression(C=C)


@pytest.fixture
def kept(search, capsys):
    """A search with reports and a kept model, and what its console printed."""
    search(build, name="mine", refit=True, reporters=["console", "html", "markdown"])
    return capsys.readouterr().out


def test_show_and_report_follow_the_search_as_the_program_did(kept, gridloom, tmp_path):
    shown = gridloom("show", "mine")
    assert shown.returncode == 0, shown.stderr
    assert shown.stdout.partition("\n")[2].strip() == kept.partition("s/s, took ")[2].partition("\n")[2].strip()
    reported = gridloom("report", "mine", "-r", "json")
    assert reported.returncode == 0, reported.stderr
    written = json.loads((tmp_path / "runs" / "mine" / "results.json").read_text("utf-8"))
    assert [trial["candidate"] for trial in written["trials"]] == [{"model": {"C": 0.01}}, {"model": {"C": 1.0}}]


def test_the_call_is_named_where_others_name_a_command(kept, gridloom, tmp_path):
    again = (tmp_path / "runs" / "mine" / "results.md").read_text("utf-8").split("Run again, where it was run: ")[1]
    assert again.startswith("<code>gridloom.search(..., name='mine')</code>;")


def test_the_model_predicts_without_the_program(kept, gridloom, tmp_path):
    model = public.load(tmp_path / "runs" / "mine")
    assert model.predict(np.array([[3.0, 0, 0], [-3.0, 0, 0]])).tolist() == ["1", "0"]


@pytest.mark.parametrize("command", [("run",), ("check",)])
def test_running_its_yaml_says_that_the_program_is_needed(command, kept, gridloom):
    done = gridloom(*command, "runs/mine/experiment.yaml")
    assert done.returncode == 2
    assert (
        "the data set 'python:data' exists only in the Python program that called gridloom.search; run that again"
        in done.stderr
    )
    assert "the model builder 'python:build' exists only in the Python program" in done.stderr


def test_a_damaged_description_of_the_program_is_no_traceback(kept, gridloom, tmp_path):
    from gridloom.runs.journal import Journal

    for damage in (
        {"python": {}},
        {"python": {"build": "b/d", "makes": 3, "parameters": [{}]}},
        {"python": {"build": "a/b", "makes": "estimator", "parameters": ["C"]}},
    ):
        journal = Journal(tmp_path / "runs" / "mine" / "journal.sqlite")
        journal.manifest = {**journal.manifest, "in_memory": damage}
        journal.close()
        done = gridloom("show", "mine")
        assert done.returncode == 2
        assert "Traceback" not in done.stderr
        assert "the model builder 'python:build' exists only in the Python program" in done.stderr


def test_why_there_is_no_model_is_told(search):
    with pytest.raises(
        public.GridloomError, match=r"^runs/build has no model; make the same call with refit=True, whi"
    ):
        search(build).load()

    def fails(C=1.0):
        return LogisticRegression(C=C, max_iter=-1)

    with pytest.raises(public.GridloomError, match=r"^there is no model, since no candidate is complete$"):
        search(fails, refit=True).load()
