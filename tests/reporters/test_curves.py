"""Learning curves: the mean over the fits of a trial, epoch by epoch."""

from __future__ import annotations

import math

import pytest

from gridloom import FitResult
from gridloom_plugins.figures.curves import curves
from reporters.outcomes import failed


def of(result, *outcomes):
    (trial,) = result(({"x": 1}, outcomes)).trials
    return curves(trial)


def test_a_curve_is_the_mean_over_the_fits_with_their_standard_deviation(result):
    fits = (
        FitResult({"accuracy": 0.5}, {"loss": [1.0, 0.5], "accuracy": [0.5, 0.75]}),
        FitResult({"accuracy": 0.5}, {"loss": [2.0, 0.5]}),
    )
    found = of(result, *fits)
    assert list(found) == ["loss", "accuracy"]
    assert (found["loss"].mean, found["loss"].std) == ([1.5, 0.5], [0.5, 0.0])
    assert found["accuracy"].mean == [0.5, 0.75]


def test_a_fit_counts_for_the_epochs_that_it_has(result):
    found = of(
        result, FitResult({"accuracy": 0.5}, {"loss": [1.0]}), FitResult({"accuracy": 0.5}, {"loss": [3.0, 2.0]})
    )
    assert found["loss"].mean == [2.0, 2.0]


@pytest.mark.parametrize("value", [math.nan, math.inf, -math.inf, 1e308])
def test_what_is_not_finite_leaves_a_gap(result, value):
    found = of(
        result,
        FitResult({"accuracy": 0.5}, {"loss": [1.0, 1.0, 1.0]}),
        FitResult({"accuracy": 0.5}, {"loss": [1.0, -value, 3.0]}),
    )
    assert found["loss"].mean[::2] == [1.0, 2.0]
    if value != 1e308:
        assert math.isnan(found["loss"].mean[1])
        assert math.isnan(found["loss"].std[1])


def test_without_a_history_there_are_no_curves(result):
    assert of(result, 0.5, None, failed()) == {}
    assert of(result, FitResult({"accuracy": 0.5}, {"loss": []})) == {}


def test_a_failed_fit_has_a_curve_as_far_as_it_got(result):
    assert of(result, failed(history={"loss": [1.0]}), None)["loss"].mean == [1.0]
