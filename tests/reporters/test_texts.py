"""How reports write values and candidates: every text in one line, as it is where that can be."""

from __future__ import annotations

import doctest

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gridloom_plugins.figures import texts
from gridloom_plugins.figures.candidates import named, values_of, varied
from reporters.outcomes import HOSTILE

VALUES = st.recursive(
    st.none() | st.booleans() | st.floats() | st.text(), lambda inner: st.lists(inner) | st.tuples(inner)
)


def test_the_examples_of_the_module_hold():
    assert doctest.testmod(texts).failed == 0
    assert doctest.testmod(texts).attempted > 2


@given(VALUES)
def test_any_value_is_printable_text_of_one_line(value):
    for text in (texts.one_line(value, 40), texts.one_line(texts.value_text(value), 40)):
        assert text.isprintable()
        assert 0 < len(text) <= 40


@pytest.mark.parametrize("text", [*HOSTILE, "caf\udce9"])
def test_a_text_that_is_printable_is_shown_as_it_is(text):
    if text.isprintable() and text:
        assert texts.one_line(text) == text
    texts.one_line(text).encode()


def test_prose_of_many_lines_is_one_line():
    assert texts.prose("a\n\n  b\tc\r\nd", 60) == "a b c d"
    assert texts.prose(" \n", 60) == ""
    assert texts.prose("word " * 9, 10) == "word word…"


@given(st.floats(-1e300, 1e300))
def test_a_score_is_short_and_keeps_its_size(value):
    text = texts.score_text(value)
    assert len(text) <= 11
    assert float(text) == pytest.approx(value, rel=0.06 if abs(value) < 1 else 1e-3)


def test_candidates_are_named_by_what_differs_among_them(result):
    trials = result(({"a": 1, "b": "x"}, (0.5,)), ({"a": 1, "b": "y"}, (0.5,)), ({"a": 1}, (0.5,))).trials
    assert varied(trials[:2]) == varied(trials) == ["b"]
    assert varied(trials[:1]) == ["a", "b"]
    assert varied([]) == []
    assert [named(trial, ["b"]) for trial in trials] == ["b=x", "b=y", ""]
    assert [values_of(trial, ["b"]) for trial in trials] == ["x", "y", texts.NOTHING]
    assert [named(trial) for trial in trials] == ["a=1, b=x", "a=1, b=y", "a=1"]
