"""The reporter `csv`: results.csv to the byte, every digit of it, with hostile texts."""

from __future__ import annotations

import csv
import json
from dataclasses import replace

import numpy as np
import pytest
from scored import normal, scored

from gridloom import FitResult
from gridloom.experiment.published import PublishedScores
from gridloom_plugins.reporters import csv as csv_reporter
from reporters.outcomes import HOSTILE


def rows(result, **options):
    csv_reporter.report(result, **options)
    with (result.folder / options.get("filename", "results.csv")).open(encoding="utf-8", newline="") as file:
        return list(csv.reader(file, strict=True))


def test_the_csv_file_is_this_to_the_byte(mixed):
    csv_reporter.report(mixed)
    assert (mixed.folder / "results.csv").read_bytes() == (
        b"rank,status,param_rate,param_name,mean_test_score,std_test_score,split0_test_score,split1_test_score,"
        b"question,low,high,in_tie_set\n"
        b"1,complete,0.1,a,0.625,0.125,0.5,0.75,,,,\n"
        b",failed,0.2,null,,,1.0,,,,,\n"
        b',incomplete,0.3,"[1, ""\\u00e9""]",,,0.25,,,,,\n'
    )


def test_the_csv_file_holds_every_digit_of_every_score(result):
    scores = (0.1 + 0.2, 1 / 3, 5e-324)
    mine = result(({"x": 0.1 + 0.2}, scores))
    _, row = rows(mine)
    assert [float(cell) for cell in row[3:8]] == [mine.trials[0].mean, mine.trials[0].std, *scores]
    assert float(row[2]) == 0.1 + 0.2


def test_the_csv_file_is_the_same_whatever_type_of_number_an_engine_scores_with(result):
    bare = [
        rows(result(({"x": 1}, (FitResult({"accuracy": zero}),))))
        for zero in (0.0, -0.0, 0, np.float64(0), np.float32(0))
    ]
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


def test_published_scores_have_columns_of_their_own(tmp_path):
    mine = replace(scored(normal((3, 1, 3, 5)), [{"m": {"x": x}} for x in range(3)]), folder=tmp_path)
    known = PublishedScores(tmp_path / "scores.csv", None, "score", 6, {'{"x":0}': 0.7, '{"x":2}': 0.9})
    told = replace(mine, published_scores=known)
    header, *lines = rows(told)
    assert header[-5:] == ["in_tie_set", "published_score", "published_low", "published_high", "published_inside"]
    first = told.published[0]
    assert lines[0][-4:] == ["0.7", repr(first.low), repr(first.high), "true"]
    assert lines[1][-4:] == ["", "", "", ""]
    assert (lines[2][-4], lines[2][-1]) == ("0.9", "false")
    assert [row[:-4] for row in rows(told)] == rows(mine)


def test_a_published_score_without_an_interval_stands_alone(tmp_path):
    mine = replace(scored(normal((1, 1, 3, 1)), [{"m": {"x": 0}}]), folder=tmp_path)
    known = PublishedScores(tmp_path / "scores.csv", None, "score", 6, {'{"x":0}': 0.7})
    assert rows(replace(mine, published_scores=known))[1][-4:] == ["0.7", "", "", ""]


@pytest.mark.parametrize(("seeds", "question"), [(5, "seeds"), (1, "new data")])
def test_the_last_columns_are_the_interval_and_the_set_that_the_summary_speaks_of(seeds, question, tmp_path):
    scores = normal((4, 1, 3, seeds))
    scores[1] -= 0.6
    scores[2, 0, 0, 0] = np.nan
    mine = replace(scored(scores, method="kfold", folds=3), folder=tmp_path)
    header, *trials = rows(mine)
    assert header[-4:] == ["question", "low", "high", "in_tie_set"]
    assert trials[2][-4:] == ["", "", "", ""]
    answer = mine.summary.answer
    for number in (0, 1, 3):
        asked, low, high, in_set = trials[number][-4:]
        interval = answer.interval_of[number]
        assert (asked, float(low), float(high)) == (question, interval.low, interval.high)
        assert in_set == ("true" if number in answer.tied else "false")
    assert [trial[-1] for trial in trials] == ["true", "false", "", "true"]
