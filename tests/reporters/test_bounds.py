"""What scores can be: the ends within which intervals are shown."""

from __future__ import annotations

import math
from dataclasses import replace

import numpy as np
import pytest
from scored import normal, scored

from gridloom import Interval
from gridloom.results.statistics.bounds import within
from gridloom.results.statistics.published import check_published
from gridloom_plugins.figures.bounds import Bounds, bounds_of
from gridloom_plugins.reporters.csv import report as report_csv
from gridloom_plugins.reporters.html import report as report_html
from gridloom_plugins.reporters.markdown import report as report_markdown


def test_the_ends_are_those_that_the_scorer_declares():
    result = replace(scored(normal((2, 1, 3, 2))), bounds={"accuracy": (0.0, 1.0), "neg_log_loss": (-math.inf, 0.0)})
    assert bounds_of(result) == Bounds(0, 1)
    assert bounds_of(replace(result, scoring="neg_log_loss")) == Bounds(high=0)


def test_where_no_ends_are_known_nothing_is_cut():
    result = replace(scored(normal((2, 1, 3, 2))), bounds={})
    assert bounds_of(result).note("mine", result.summary.answer.intervals) == ""


@pytest.mark.parametrize(
    ("bounds", "note"),
    [
        (Bounds(0, 1), "Intervals are shown from 0 to 1, as far as it goes."),
        (Bounds(high=0), "Intervals are shown up to 0, as far as it goes."),
        (Bounds(low=2), "Intervals are shown from 2 on, as far as it goes."),
        (Bounds(-1, 3), ""),
    ],
)
def test_what_is_cut_is_told(bounds, note):
    intervals = [Interval(0, 0.5, 0.1, **within((bounds.low, bounds.high), -0.5, 2.5))]
    assert bounds.note("it", intervals) == note


def test_scores_beyond_the_ends_that_were_thought_to_be_known_are_shown_in_full():
    assert within((0, 1), -3.0, -2.0) == {"low": -3.0, "high": -2.0, "exact": None}
    assert within((0, 1), -3.0, 0.5) == {"low": 0, "high": 0.5, "exact": (-3.0, 0.5)}


def wide(bounds):
    """Two candidates of accuracies so close to 1 that their intervals go beyond."""
    scores = 1 - np.abs(normal((2, 1, 3, 2)) - 0.7)
    return replace(scored(scores), bounds=bounds)


def test_nothing_is_decided_by_what_is_shown():
    """Intervals end at 1, all else is as where no ends are known."""
    here, there = (wide(bounds).summary.answer for bounds in ({"accuracy": (0, 1)}, {}))
    exact = [(one.low, one.high) for one in there.intervals]
    assert max(high for _, high in exact) > 1
    assert [(one.low, one.high) for one in here.intervals] == [(low, min(high, 1)) for low, high in exact]
    assert [one.exact for one in here.intervals] == [ends if ends[1] > 1 else None for ends in exact]
    levels = [level for effect in here.effects.parameters for level in effect.levels]
    assert levels
    assert max(level.high for level in levels) <= 1
    same = ("comparisons", "tied", "runner_up", "simplest", "power", "optimism")
    assert [getattr(here, name) for name in same] == [getattr(there, name) for name in same]


def test_a_published_score_is_judged_by_the_whole_interval():
    found = check_published(1.02, np.array([0.9, 0.99, 1.0]), bounds=(0.0, 1.0))
    assert found.inside is True
    assert (found.high, found.exact[1] > 1.02) == (1.0, True)


@pytest.mark.parametrize("report", [report_csv, report_markdown, report_html])
def test_no_report_has_an_interval_beyond_the_score(report, tmp_path):
    result = replace(wide({"accuracy": (0, 1)}), folder=tmp_path)
    exact = [end for interval in result.summary.answer.intervals for end in interval.exact or ()]
    report(result)
    (text,) = (file.read_text() for file in tmp_path.iterdir())
    assert max(exact) > 1
    assert not [end for end in exact if f"{end:.6f}"[:6] in text and end > 1]
