"""Reporters of an experiment: names of their files, and those that would do the same twice."""

from __future__ import annotations

import json

import pytest

from binding.texts import ESTIMATOR, with_line
from gridloom import FileName
from gridloom.registry.option import Option

PLAIN = "should be a plain name in the run's folder, such as results.csv"


@pytest.mark.parametrize(
    "name",
    [
        "../../x",
        "/tmp/x",
        "a/b",
        "..",
        ".",
        "",
        " x",
        "x ",
        "x.",
        "a\\b",
        "c:x",
        "a\nb",
        "a\0b",
        "x" * 256,
        "é" * 128,
        "*",
    ],
)
def test_a_file_name_that_leads_elsewhere_or_nowhere_is_refused_at_its_place(name, refused):
    written = json.dumps(name, ensure_ascii=False)
    shown = written if len(written) <= 60 else f"{written[:57]}..."
    line = f"reporters: [console, {{name: csv, filename: ►{json.dumps(name)}}}]"
    refused(with_line(line, ESTIMATOR), f"{PLAIN}, not {shown}")


@pytest.mark.parametrize("name", ["journal.sqlite", "Journal.SQLite", "journal.sqlite-wal", "lock", "experiment.yaml"])
def test_a_file_of_the_run_itself_is_no_report(name, refused):
    line = f"reporters: [{{name: markdown, filename: ►{name}}}]"
    refused(with_line(line, ESTIMATOR), f'should be a name that the run does not use itself, not "{name}"')


@pytest.mark.parametrize(
    "name", ["results.csv", "a b.csv", "x" * 255, "é漢🦄.txt", ".hidden", "-x", "lockers", "v1..2"]
)
def test_other_names_are_files_as_they_are(name, tmp_path):
    assert Option("filename", FileName, "x").validate(name, tmp_path) == (name, [])


@pytest.mark.parametrize("reporter", ["csv", "json", "markdown", "plots", "tensorboard"])
def test_every_reporter_that_lets_its_file_be_named_wants_a_plain_name(reporter, refused):
    option = "folder" if reporter in ("plots", "tensorboard") else "filename"
    refused(with_line(f"reporters: [{{name: {reporter}, {option}: ►../x}}]", ESTIMATOR), f'{PLAIN}, not "../x"')


@pytest.mark.parametrize(
    "line",
    [
        "reporters: [csv, ►csv]",
        "reporters: [csv, ►builtin-reporters:csv]",
        "reporters: [csv, ►{name: csv, filename: results.csv}]",
        "reporters: [console, {name: csv, filename: a.csv}, ►{name: csv, filename: a.csv}]",
    ],
)
def test_a_reporter_with_the_same_options_is_not_taken_twice(line, refused):
    refused(with_line(line, ESTIMATOR), "the reporter 'csv' is listed twice with the same options; remove one of them")


def test_a_reporter_may_write_several_files(read):
    experiment = read(with_line("reporters: [csv, {name: csv, filename: other.csv}]", ESTIMATOR))
    assert [reporter.options for reporter in experiment.reporters] == [{}, {"filename": "other.csv"}]


def test_two_reporters_do_not_write_one_file(refused):
    refused(
        with_line("reporters: [csv, {name: markdown, filename: ►Results.csv}]", ESTIMATOR),
        "the reporter 'csv' already writes 'Results.csv'; give one of them another 'filename'",
    )


def test_what_is_wrong_with_one_reporter_is_not_told_of_another(refused):
    refused(
        with_line("reporters: [csv, {name: csv, ►filname: x.csv}]", ESTIMATOR),
        "unknown option 'filname'; did you mean 'filename'?",
    )
