"""Hostile inputs are bounded: messages are counted, pipes and devices are refused, files have a largest size."""

from __future__ import annotations

import difflib
import os

import pytest
from hypothesis import given
from hypothesis.strategies import lists, text

from gridloom import InvalidInput, Location, Problem, errors, read_table
from gridloom.core import text_files
from gridloom.errors import SHORTENED, near, one_effort
from gridloom.experiment import published
from gridloom.experiment.published import read_published
from gridloom.experiment.yaml_document import read_file
from gridloom_plugins.datasets import csv

WORDS = "abde_"

READERS = {
    "experiment": read_file,
    "table": read_table,
    "published": lambda path: read_published(path, None, "x", 1.0, None),
    "csv": lambda path: csv.load(path, target="y"),
}


def test_of_many_problems_the_first_50_are_printed_and_the_others_counted():
    problems = [Problem(Location("f", line), "wrong " * line) for line in range(1, 1000)]
    error = InvalidInput(problems)
    lines = str(error).splitlines()
    assert (len(lines), len(error.problems)) == (51, 999)
    assert lines[0] == "f:1: wrong "
    assert lines[-1] == "... and 949 more problems"
    assert "more" not in str(InvalidInput(problems[:50]))


def test_a_long_problem_is_cut():
    assert len(str(InvalidInput.at(Location("f"), "x" * 10**6))) < 2100


@given(text(WORDS, max_size=12), lists(text(WORDS, max_size=12), max_size=12))
def test_near_names_are_those_that_difflib_finds(name, known):
    lower = name.lower()
    assert near(name, known) == (
        [lower]
        if lower in known
        else list(
            dict.fromkeys(
                [
                    *(other for other in sorted(set(known)) if len(lower) >= SHORTENED and other.startswith(lower)),
                    *difflib.get_close_matches(lower, sorted(set(known))),
                ]
            )
        )[:3]
    )


@pytest.mark.parametrize(
    "names", [[f"epoch{number}" for number in range(20_000)], ["epochs" * 10_000], ["x" * 150] * 2_000]
)
def test_what_is_spent_on_near_names_in_a_document_is_bounded(monkeypatch, names):
    compared = []

    def counting(name, known, **options):
        compared.extend(len(name) * len(other) for other in known)
        return difflib.get_close_matches(name, known, **options)

    monkeypatch.setattr(errors, "get_close_matches", counting)
    known = ["epochs", "batch_size", *(f"{'x' * 150}{number}" for number in range(100))]
    with one_effort():
        for name in names:
            near(name, known)
    assert sum(compared) + errors.PAIR * len(compared) <= errors._Effort().left
    assert near("epoch", known) == ["epochs"]


def test_a_hostile_experiment_has_a_short_answer(gridloom, write):
    write("dataset: pima\nmodel: mlp\n" + "".join(f"{'k' * 900}{number}: 1\n" for number in range(100)))
    done = gridloom("check", "small.yaml")
    assert done.returncode == 2
    assert len(done.stderr) < 120_000
    assert "more problems" in done.stderr


@pytest.mark.parametrize("reader", READERS)
@pytest.mark.parametrize("kind", ["pipe", "device"])
def test_pipes_and_devices_are_refused(tmp_path, reader, kind):
    path = tmp_path / "pipe"
    if kind == "pipe":
        os.mkfifo(path)
    else:
        path.symlink_to("/dev/zero")
    with pytest.raises(InvalidInput, match=rf"pipe: this is a {kind}, not a file$"):
        READERS[reader](path)


@pytest.mark.parametrize(("reader", "module"), [("table", text_files), ("published", published), ("csv", text_files)])
def test_files_have_a_largest_size(tmp_path, monkeypatch, reader, module):
    monkeypatch.setattr(module, "MAX_BYTES", 2 * 2**20)
    path = tmp_path / "large.csv"
    with path.open("wb") as file:
        file.truncate(3 * 2**20)
    with pytest.raises(InvalidInput, match=r"large\.csv: this file has 3 MiB; at most 2 MiB are read$"):
        READERS[reader](path)
