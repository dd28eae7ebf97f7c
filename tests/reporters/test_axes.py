"""The axes of hyperparameters, and the numbers that figures show."""

from __future__ import annotations

import doctest
import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gridloom_plugins.figures import numbers
from gridloom_plugins.figures.axes import Axis, Scale, axis_of
from gridloom_plugins.figures.numbers import even_ticks, log_ticks, short_text
from gridloom_plugins.reporters import html
from reporters.searches import grid, searched
from reporters.test_html_content import Page

VALUES = st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5) | st.lists(st.integers())


def test_the_examples_of_the_module_hold():
    assert doctest.testmod(numbers).failed == 0
    assert doctest.testmod(numbers).attempted > 2


@pytest.mark.parametrize(
    ("values", "scale"),
    [
        ([0.1, 0.2, 0.3], Scale.LINEAR),
        ([1e-4, 1e-3, 1e-2], Scale.LOG),
        ([1e-3, 1e-2], Scale.LOG),
        ([16, 32, 64, 128, 256], Scale.LOG),
        ([10, 50, 100], Scale.LINEAR),
        (list(range(1, 101)), Scale.LINEAR),
        ([10 ** (-n / 9) for n in range(40)], Scale.LOG),
        ([0, 1e-4, 1e-3, 1e-2], Scale.CATEGORIES),
        ([0, 0.1, 0.2], Scale.LINEAR),
        (["relu", "tanh"], Scale.CATEGORIES),
        ([None, 1, 3], Scale.CATEGORIES),
        ([True, False], Scale.CATEGORIES),
        ([1.0, math.inf], Scale.CATEGORIES),
        ([5], Scale.LINEAR),
    ],
)
def test_numbers_have_a_scale_of_numbers_and_what_lies_decades_apart_a_logarithmic_one(values, scale):
    assert axis_of(values).scale is scale


def test_numbers_stand_where_they_are_and_not_one_beside_the_other():
    axis = axis_of([90, 10, 12])
    assert [axis.share(value) for value in (10, 12, 90)] == pytest.approx([0, 2 / 80, 1])
    assert [text for _, text in axis.ticks] == ["20", "40", "60", "80"]
    rates = axis_of([1e-4, 1e-2, 1e-3])
    assert [rates.share(value) for value in (1e-4, 1e-3, 1e-2)] == pytest.approx([0, 0.5, 1])
    assert [text for _, text in rates.ticks] == ["0.0001", "0.001", "0.01"]


@given(st.lists(VALUES, min_size=1))
def test_any_values_have_an_axis_with_a_place_for_each_and_ticks_along_it(values):
    axis = axis_of(values)
    assert all(0 <= axis.share(value) <= 1 for value in values)
    assert all(-1e-6 <= share <= 1 + 1e-6 for share, _ in axis.tick_shares)
    assert axis.ticks


def test_equal_numbers_of_different_types_are_different_values():
    assert axis_of([1, True, "1", 1]) == Axis(Scale.CATEGORIES, (1, True, "1"))


@given(st.floats(-1e290, 1e290), st.floats(-1e290, 1e290), st.integers(2, 9))
def test_ticks_lie_on_the_axis_and_are_few(one, other, most):
    low, high = sorted((one, other))
    ticks = even_ticks(low, high, most)
    reach = 1e-6 * max(abs(low), abs(high))
    assert 1 <= len(ticks) <= most
    assert all(low - reach <= tick <= high + reach for tick in ticks)


def test_ticks_of_a_logarithmic_axis_ascend():
    ticks = log_ticks(3e-3, 4e-1)
    assert ticks == [0.005, 0.01, 0.02, 0.05, 0.1, 0.2]


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (0.000123456789012, "0.0001235"),
        (1.23456789e-7, "1.235e-07"),
        (12345.678, "12346.0"),
        (123456789, "123456789"),
        ([0.123456789, 3], "[0.1235, 3]"),
        ("0.123456789", "0.123456789"),
        (None, "null"),
        (math.nan, "NaN"),
    ],
)
def test_numbers_have_four_significant_digits(value, text):
    assert short_text(value) == text


def test_the_effects_of_learning_rates_stand_on_a_logarithmic_axis(tmp_path):
    rates = [1.23456789012e-5, 3.3e-4, 9.87654321098e-2, 2e-3, 1.1e-2]
    html.report(searched(grid(rate=rates), tmp_path))
    page = Page((tmp_path / "report.html").read_text(encoding="utf-8"))
    (effect,) = [plot for plot in page.plots if plot["layout"]["xaxis"].get("type") == "log"]
    assert effect["data"][0]["x"] == sorted(rates)
    labels = {text.partition("\u2002")[2] for text in page.plot("ranking")["layout"]["yaxis"]["ticktext"]}
    assert labels == {"1.235e-05", "0.00033", "0.002", "0.011", "0.09877"}


def test_every_fold_of_equal_scores_has_a_dot_of_its_own(tmp_path):
    html.report(searched(grid(rate=[0.1, 0.2]), tmp_path, seeds=1))
    page = Page((tmp_path / "report.html").read_text(encoding="utf-8"))
    (folds,) = [plot for plot in page.plots if plot["layout"].get("showlegend")]
    _, *splits = folds["data"]
    assert len({y for split in splits for y in split["y"]}) == 3 * 2
    low, high = folds["layout"]["xaxis"]["range"]
    assert all(low < x < high for split in splits for x in split["x"])
