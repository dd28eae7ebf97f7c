"""What scores can be: the ends within which intervals are drawn."""

from __future__ import annotations

import math
from dataclasses import replace

import pytest
from scored import normal, scored

from gridloom_plugins.figures.bounds import Bounds, bounds_of


def test_the_ends_are_those_that_the_scorer_declares():
    result = replace(scored(normal((2, 1, 3, 2))), bounds={"accuracy": (0.0, 1.0), "neg_log_loss": (-math.inf, 0.0)})
    assert bounds_of(result) == Bounds(0, 1)
    assert bounds_of(replace(result, scoring="neg_log_loss")) == Bounds(high=0)


def test_where_no_ends_are_known_nothing_is_cut():
    bounds = bounds_of(replace(scored(normal((2, 1, 3, 2))), bounds={}))
    assert bounds.cut(-5.0, 9.0) == (-5.0, 9.0)
    assert bounds.note("mine", [-5.0, 9.0]) == ""


@pytest.mark.parametrize(
    ("bounds", "note"),
    [
        (Bounds(0, 1), "Intervals are drawn from 0 to 1, as far as it goes."),
        (Bounds(high=0), "Intervals are drawn up to 0, as far as it goes."),
        (Bounds(low=2), "Intervals are drawn from 2 on, as far as it goes."),
        (Bounds(-1, 3), ""),
    ],
)
def test_what_is_cut_is_told(bounds, note):
    assert bounds.note("it", [0.5, -0.5, 1.5]) == note


def test_scores_beyond_the_ends_that_were_thought_to_be_known_are_drawn_in_full():
    assert Bounds(0, 1).cut(-3.0, -2.0) == (-3.0, -2.0)
    assert Bounds(0, 1).cut(-3.0, 0.5) == (0, 0.5)
