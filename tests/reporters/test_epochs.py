"""The column `epochs`: how many epochs each trial was trained, where that differs."""

from __future__ import annotations

import csv
import json
import math

import pytest

from gridloom import FitResult
from gridloom_plugins.html.table import table
from gridloom_plugins.reporters import console, markdown
from gridloom_plugins.reporters import csv as csv_reporter
from gridloom_plugins.reporters import json as json_reporter
from reporters.outcomes import failed

CALLBACKS = {"experiment": {"training": {"callbacks": [{"name": "early_stopping"}]}}}


def trained(epochs, score=0.5):
    """A fit of so many epochs, whose validation loss is known for fewer of them."""
    return FitResult({"accuracy": score}, {"loss": [1.0] * epochs, "val_loss": [1.0] * (epochs - 1)})


@pytest.fixture
def uneven(result):
    """Trials whose fits stopped after 10 and 25, 7 and 7, 12 and an unknown number of epochs; and one without histories."""
    return result(
        ({"rate": 0.1}, (trained(10), trained(25))),
        ({"rate": 0.2}, (trained(7), trained(7, 0.25))),
        ({"rate": 0.3}, (trained(12), failed(history={"loss": [1.0] * 90}))),
        ({"rate": 0.4}, (0.25, 0.25)),
    )


def test_epochs_are_the_mean_over_the_fits_that_did_not_fail(uneven):
    assert uneven.epochs == {0: 17.5, 1: 7.0, 2: 12.0}


def test_the_console_shows_how_long_each_trial_was_trained(uneven, capsys):
    console.report(uneven)
    assert "  0.500000 (0.000000)  rate=0.1, epochs: 17.5" in capsys.readouterr().out.splitlines()
    console.report(uneven, all=True)
    lines = capsys.readouterr().out.partition("Best: ")[2].splitlines()
    assert lines[1:3] == [
        "0.500000 (0.000000) with: {'rate': 0.1}, epochs: 17.5",
        "0.375000 (0.125000) with: {'rate': 0.2}, epochs: 7",
    ]
    assert "0.250000 (0.000000) with: {'rate': 0.4}" in lines


def test_files_have_a_column_of_epochs(uneven):
    for reporter in (csv_reporter, json_reporter, markdown):
        reporter.report(uneven)
    with (uneven.folder / "results.csv").open(encoding="utf-8", newline="") as file:
        assert [row["epochs"] for row in csv.DictReader(file)] == ["17.5", "7.0", "12.0", ""]
    trials = json.loads((uneven.folder / "results.json").read_text("utf-8"))["trials"]
    assert [trial["epochs"] for trial in trials] == [17.5, 7.0, 12.0, None]
    lines = (uneven.folder / "results.md").read_text("utf-8").splitlines()
    head, _, *rows = [[cell.strip() for cell in line.split("|")[1:-1]] for line in lines if line.startswith("|")]
    assert [row[head.index("epochs")] for row in rows] == ["17.5", "7", ""]
    *epochs, missing = uneven.cv_results_["epochs"]
    assert epochs == [17.5, 7.0, 12.0]
    assert math.isnan(missing)


def rows_of(result):
    """The rows of the page's table, each a dict."""
    content = json.loads(str(table(result, result.summary.answer)))
    names = [column["name"] for column in content["columns"]]
    return [dict(zip(names, row, strict=True)) for row in content["rows"]]


def test_the_table_of_the_page_has_a_column_of_epochs_which_no_parameter_takes_the_name_of(uneven, result):
    assert [row["epochs"] for row in rows_of(uneven)] == ["17.5", "7", "", "12"]
    named = result(({"epochs": 30}, (trained(30), trained(10))))
    assert [(row["epochs"], row["epochs trained"]) for row in rows_of(named)] == [("30", "20")]


@pytest.mark.parametrize("fits", [(0.5, 0.5), (trained(10), trained(10)), (trained(10), None)])
def test_where_all_fits_were_trained_equally_long_there_is_no_column(fits, result, capsys):
    mine = result(({"x": 1}, fits))
    csv_reporter.report(mine)
    console.report(mine)
    assert "epochs" not in (mine.folder / "results.csv").read_text("utf-8")
    assert "epochs" not in capsys.readouterr().out
    assert "epochs" not in mine.cv_results_
    assert "epochs" not in rows_of(mine)[0]


@pytest.mark.parametrize(("fits", "has_column"), [((trained(10), trained(10)), True), ((0.5, 0.5), False)])
def test_with_callbacks_there_is_a_column_although_none_stopped_a_fit(fits, has_column, result):
    mine = result(({"x": 1}, fits), manifest=CALLBACKS)
    assert ("epochs" in mine.cv_results_) == has_column
