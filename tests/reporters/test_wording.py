"""How reports write values: every text in one line, as it is where that can be."""

from __future__ import annotations

import doctest

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gridloom_plugins.reporters import wording
from reporters.outcomes import HOSTILE


def test_the_examples_of_the_module_hold():
    assert doctest.testmod(wording).failed == 0
    assert doctest.testmod(wording).attempted > 1


@given(
    st.recursive(st.none() | st.booleans() | st.floats() | st.text(), lambda inner: st.lists(inner) | st.tuples(inner))
)
def test_any_value_is_printable_text_of_one_line(value):
    text = wording.one_line(value, 40)
    assert text.isprintable()
    assert 0 < len(text) <= 40


@pytest.mark.parametrize("text", [*HOSTILE, "caf\udce9"])
def test_a_text_that_is_printable_is_shown_as_it_is(text):
    if text.isprintable() and text:
        assert wording.one_line(text) == text
    wording.one_line(text).encode()


@given(st.floats(-1e300, 1e300))
def test_a_number_is_short_and_keeps_its_size(value):
    text = wording.number(value)
    assert len(text) <= 11
    assert float(text) == pytest.approx(value, rel=0.06 if abs(value) < 1 else 1e-3)


def test_candidates_are_told_apart_by_what_differs_among_them(result):
    first, second, third = result(({"a": 1, "b": "x"}, (0.5,)), ({"a": 1, "b": "y"}, (0.5,)), ({"a": 1}, (0.5,))).trials
    assert wording.told_apart([first, second]) == ["b=x", "b=y"]
    assert wording.told_apart([first, second, third]) == ["b=x", "b=y", "a=1"]
    assert wording.told_apart([first]) == ["a=1, b=x"]
    assert wording.told_apart([]) == []
    assert wording.values_apart([first, second, third]) == ["x", "y", "1"]
    assert wording.values_apart([first]) == ["1, x"]


def test_names_and_values_are_told_in_one_line_of_so_many_characters(result):
    trials = result(({"rate": 0.1, "two\nlines": [1, None]}, (0.5,))).trials
    assert wording.told_apart(trials) == ["rate=0.1, two\\nlines=[1, None]"]
    assert wording.told_apart(trials, 12) == ["rate=0.1,..."]
    assert wording.values_apart(trials, 12) == ["0.1, [1, ..."]
