"""The reporter `json`: results.json tells everything about a run, and null for what is no number."""

from __future__ import annotations

import json
import math

import numpy as np
import pytest

from gridloom import Budget, Candidate, Fit, FitResult, Proposal, Result, Trial
from gridloom_plugins.reporters import json as json_reporter
from reporters.outcomes import HOSTILE, failed


def parsed(result, **options):
    """The JSON file, parsed by a reader that knows no NaN."""
    json_reporter.report(result, **options)

    def refuse(constant):
        raise AssertionError(f"{constant} is not JSON")

    text = (result.folder / options.get("filename", "results.json")).read_text("utf-8")
    return json.loads(text, parse_constant=refuse)


def test_the_json_file_tells_everything_about_a_run(result):
    fit = FitResult(0.5, {"loss": [0.75, 0.5]}, fit_seconds=1.5, score_seconds=0.25)
    origin = {
        "description": "é",
        "engine": "sklearn",
        "engine_reason": "auto",
        "manifest": {"data": {"rows": 150}},
    }
    assert parsed(result(({"rate": 0.1}, (fit,)), **origin)) == {
        "format": 1,
        "name": "small",
        "description": "é",
        "scoring": "accuracy",
        "engine": {"name": "sklearn", "reason": "auto"},
        "best": 0,
        "trials": [
            {
                "number": 0,
                "rank": 1,
                "status": "complete",
                "candidate": {"m": {"rate": 0.1}},
                "budget": {},
                "mean": 0.5,
                "std": 0.0,
                "fits": [
                    {
                        "repeat": 0,
                        "fold": 0,
                        "replica": 0,
                        "score": 0.5,
                        "history": {"loss": [0.75, 0.5]},
                        "fit_seconds": 1.5,
                        "score_seconds": 0.25,
                        "error": None,
                        "traceback": None,
                    }
                ],
            }
        ],
        "manifest": {"data": {"rows": 150}},
    }


def test_the_json_file_has_null_for_what_is_no_number(result):
    diverged = failed(history={"loss": [0.5, math.nan, math.inf, -math.inf]})
    trial, other = parsed(result(({"x": 1}, (0.5, diverged)), ({"x": 2}, (None, 0.5))))["trials"]
    assert (trial["status"], trial["rank"], trial["mean"], trial["std"]) == ("failed", None, None, None)
    assert trial["fits"][1]["history"] == {"loss": [0.5, None, None, None]}
    assert trial["fits"][1]["error"] == "ValueError: no such layer"
    assert trial["fits"][1]["traceback"].startswith("Traceback ...")
    assert (other["status"], [fit["fold"] for fit in other["fits"]]) == ("incomplete", [1])


def test_the_json_file_has_no_best_when_every_trial_failed(result):
    assert parsed(result(({"x": 1}, (failed(),))))["best"] is None


def test_the_json_file_takes_the_numbers_that_keras_gives(result):
    numbers = FitResult(np.float64(0.5), {"loss": [np.float32(0.5), np.float64(0.25)]})
    (fit,) = parsed(result(({"x": 1}, (numbers,))))["trials"][0]["fits"]
    assert fit["history"] == {"loss": [0.5, 0.25]}


def test_the_json_file_tells_budgets_and_nested_values(result):
    candidate = Candidate({"m": {"hidden": [12, 4], "options": {"a": (1, None)}}, "training": {"epochs": 3}})
    fit = Fit(candidate, 0, 0, budget=Budget(epochs=2, share=0.5))
    mine = Trial(0, Proposal(candidate, fit.budget), (fit,), (FitResult(0.5),))
    (trial,) = parsed(Result("small", "", "accuracy", [mine], result().folder, {}))["trials"]
    assert trial["candidate"] == {"m": {"hidden": [12, 4], "options": {"a": [1, None]}}, "training": {"epochs": 3}}
    assert trial["budget"] == {"epochs": 2, "share": 0.5}


@pytest.mark.parametrize("text", [*HOSTILE, "caf\udce9"])
def test_hostile_names_values_and_errors_come_back_from_the_json_file(result, text):
    mine = result(({text: text}, (0.5, failed(text))), description=text)
    content = parsed(mine, filename="table.json")
    assert content["description"] == text
    assert content["trials"][0]["candidate"] == {"m": {text: text}}
    assert content["trials"][0]["fits"][1]["error"] == text.encode(errors="backslashreplace").decode()
