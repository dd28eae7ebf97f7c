"""The reporter `histories`: histories.json has what was noted of every epoch, and null for what is no number."""

from __future__ import annotations

import json
import math

import numpy as np
import pytest

from gridloom import FitResult
from gridloom_plugins.reporters import histories
from reporters.outcomes import failed


def parsed(result, **options):
    """The file, parsed by a reader that knows no NaN."""
    histories.report(result, **options)

    def refuse(constant):
        raise AssertionError(f"{constant} is not JSON")

    text = (result.folder / options.get("filename", "histories.json")).read_text("utf-8")
    return json.loads(text, parse_constant=refuse)


def test_histories_stand_fit_by_fit(result):
    fit = FitResult({"accuracy": 0.5}, {"loss": [0.75, 0.1], "accuracy": [0.25]})
    diverged = failed(history={"loss": [0.5, math.nan, math.inf, -math.inf]})
    assert parsed(result(({"x": 1}, (fit, diverged)), ({"x": 2}, (None, 0.5, fit)))) == {
        "format": 1,
        "name": "small",
        "fits": [
            {"trial": 0, "repeat": 0, "fold": 0, "replica": 0, "history": {"loss": [0.75, 0.1], "accuracy": [0.25]}},
            {"trial": 0, "repeat": 0, "fold": 1, "replica": 0, "history": {"loss": [0.5, None, None, None]}},
            {"trial": 1, "repeat": 0, "fold": 2, "replica": 0, "history": {"loss": [0.75, 0.1], "accuracy": [0.25]}},
        ],
    }


@pytest.mark.parametrize("trials", [(), (({"x": 1}, (0.5,)),)])
def test_without_histories_the_file_says_so(result, trials):
    assert parsed(result(*trials), filename="curves.json")["fits"] == []


def test_numbers_are_short_and_float32_takes_them_for_what_they_were(result):
    numbers = np.random.default_rng(0).standard_normal(500).astype("float32") ** 9
    (fit,) = parsed(result(({"x": 1}, (FitResult({"accuracy": 0.5}, {"loss": numbers}),))))["fits"]
    assert np.array_equal(np.array(fit["history"]["loss"], dtype="float32"), numbers)
