"""The reporter `json`: results.json tells everything about a run, and null for what is no number."""

from __future__ import annotations

import json
from dataclasses import replace
from importlib import resources

import numpy as np
import pytest
from jsonschema import Draft202012Validator, ValidationError
from scored import normal, scored

from gridloom import Budget, Candidate, Fit, FitResult, Proposal, Result, Trial
from gridloom_plugins.reporters import json as json_reporter
from reporters.outcomes import HOSTILE, failed

SCHEMA = json.loads((resources.files("gridloom_plugins.reporters") / "results.schema.json").read_text("utf-8"))
VALIDATOR = Draft202012Validator(SCHEMA)
KFOLD = {"method": "kfold", "folds": 3}
GRID = [{"m": {"a": a, "b": b}} for a in (1, 2, 3) for b in ("x", None, [1, {"y": 2}], True)]


def parsed(result, **options):
    """The JSON file, parsed by a reader that knows no NaN."""
    json_reporter.report(result, **options)

    def refuse(constant):
        raise AssertionError(f"{constant} is not JSON")

    text = (result.folder / options.get("filename", "results.json")).read_text("utf-8")
    content = json.loads(text, parse_constant=refuse)
    VALIDATOR.validate(content)
    return content


def test_the_json_file_tells_everything_about_a_run(result):
    fit = FitResult({"accuracy": 0.5}, {"loss": [0.75, 0.5]}, fit_seconds=1.5, score_seconds=0.25)
    origin = {
        "description": "é",
        "engine": "sklearn",
        "engine_reason": "auto",
        "manifest": {"data": {"rows": 150}},
    }
    assert parsed(result(({"rate": 0.1}, (fit,)), **origin)) == {
        "format": 2,
        "name": "small",
        "description": "é",
        "scoring": "accuracy",
        "scores": ["accuracy"],
        "engine": {"name": "sklearn", "reason": "auto"},
        "best": 0,
        "summary": {
            "level": 0.95,
            "compared": 1,
            "failed": 0,
            "incomplete": 0,
            "best": 0,
            "seeds": None,
            "new_data": None,
            "sentence": "No verdict: only one candidate is complete, so there is nothing to compare.",
            "next_step": "",
            "smaller": 0,
        },
        "published": [],
        "nested": None,
        "held_out": None,
        "baseline": None,
        "stopped": "",
        "waves": [
            {
                "number": 0,
                "labels": [],
                "budgets": [{}],
                "trials": 1,
                "complete": 1,
                "failed": 0,
                "best": 0,
                "fits": 1,
                "epochs": 2,
                "seconds": 1.75,
            }
        ],
        "workers": [],
        "fronts": [
            {"scores": ["accuracy"], "costs": [], "trials": [{"trial": 0, "values": [0.5]}]},
            {"scores": ["accuracy"], "costs": ["fit seconds"], "trials": [{"trial": 0, "values": [0.5, 1.5]}]},
        ],
        "trials": [
            {
                "number": 0,
                "rank": 1,
                "status": "complete",
                "candidate": {"m": {"rate": 0.1}},
                "budget": {},
                "wave": 0,
                "label": "",
                "epochs": 2.0,
                "mean": 0.5,
                "std": 0.0,
                "fits": [
                    {
                        "repeat": 0,
                        "fold": 0,
                        "replica": 0,
                        "scores": {"accuracy": 0.5},
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
    trial, other = parsed(result(({"x": 1}, (0.5, failed())), ({"x": 2}, (None, 0.5))))["trials"]
    assert (trial["status"], trial["rank"], trial["mean"], trial["std"]) == ("failed", None, None, None)
    assert trial["fits"][1]["scores"] == {}
    assert trial["fits"][1]["error"] == "ValueError: no such layer"
    assert trial["fits"][1]["traceback"].startswith("Traceback ...")
    assert (other["status"], [fit["fold"] for fit in other["fits"]]) == ("incomplete", [1])


def test_the_json_file_has_all_scores_by_name_the_one_that_ranks_first(result):
    fit = FitResult({"roc_auc": 0.75, "accuracy": 0.5})
    content = parsed(result(({}, (fit,)), scoring="accuracy", scores=("accuracy", "roc_auc")))
    assert (content["scoring"], content["scores"]) == ("accuracy", ["accuracy", "roc_auc"])
    assert list(content["trials"][0]["fits"][0]["scores"].items()) == [("accuracy", 0.5), ("roc_auc", 0.75)]


def test_the_json_file_has_a_line_a_trial(result):
    mine = result(*(({"x": x}, (0.5,)) for x in range(3)))
    parsed(mine)
    lines = (mine.folder / "results.json").read_text("utf-8").splitlines()
    assert [json.loads(line.strip(","))["number"] for line in lines if line.startswith('{"number"')] == [0, 1, 2]


def test_the_json_file_has_no_best_when_every_trial_failed(result):
    assert parsed(result(({"x": 1}, (failed(),))))["best"] is None


def test_the_json_file_takes_the_numbers_that_keras_gives(result):
    (fit,) = parsed(result(({"x": 1}, (FitResult({"accuracy": np.float32(0.5)}),))))["trials"][0]["fits"]
    assert fit["scores"] == {"accuracy": 0.5}


def test_the_json_file_tells_budgets_and_nested_values(result):
    candidate = Candidate({"m": {"hidden": [12, 4], "options": {"a": (1, None)}}, "training": {"epochs": 3}})
    fit = Fit(candidate, 0, 0, budget=Budget(epochs=2, share=0.5))
    mine = Trial(0, Proposal(candidate, fit.budget), (fit,), (FitResult({"accuracy": 0.5}),))
    (trial,) = parsed(Result("small", "", "accuracy", [mine], result().folder, {}))["trials"]
    assert trial["candidate"] == {"m": {"hidden": [12, 4], "options": {"a": [1, None]}}, "training": {"epochs": 3}}
    assert trial["budget"] == {"epochs": 2, "share": 0.5}


@pytest.mark.parametrize("text", [*HOSTILE, "caf\udce9"])
def test_hostile_names_values_and_errors_come_back_from_the_json_file(result, text):
    mine = result(({text: text}, (0.5, failed(text))), description=text)
    content = parsed(mine, filename="table.json")
    assert content["description"] == text
    assert content["trials"][0]["candidate"] == {"m": {text: text}}
    plain = text.removeprefix("\x1b[31m")  # errors are kept without colours
    assert content["trials"][0]["fits"][1]["error"] == plain.encode(errors="backslashreplace").decode()


# The schema


def test_the_schema_is_a_schema():
    Draft202012Validator.check_schema(SCHEMA)


@pytest.mark.parametrize(
    ("scores", "candidates", "validation"),
    [
        (normal((12, 1, 3, 5)), GRID, KFOLD),
        (normal((12, 1, 3, 1)), GRID, KFOLD),
        (normal((11, 2, 3, 4)), GRID[:11], KFOLD),
        (normal((12, 1, 1, 1)), GRID, {}),
        (normal((1, 1, 3, 5)), GRID[:1], KFOLD),
        (np.full((12, 1, 3, 5), 0.5), GRID, KFOLD),
        (1e308 * normal((12, 1, 3, 5)), GRID, KFOLD),
        (1e149 * normal((12, 1, 3, 5)), GRID, KFOLD),
        (np.full((12, 1, 3, 5), np.nan), GRID, KFOLD),
        (np.full((12, 1, 3, 5), np.inf), GRID, KFOLD),
        (np.zeros((0, 1, 3, 5)), [], KFOLD),
    ],
)
def test_the_summary_of_any_result_is_what_the_schema_says(scores, candidates, validation, tmp_path):
    mine = replace(scored(scores, candidates, **validation), folder=tmp_path)
    summary = parsed(mine)["summary"]
    assert summary["sentence"] == mine.summary.sentence
    if mine.summary.answer:
        key = {"seeds": "seeds", "new data": "new_data"}[mine.summary.answer.question]
        assert summary[key]["tied"] == list(mine.summary.answer.tied)


def test_failed_and_missing_fits_are_what_the_schema_says(mixed):
    assert [trial["status"] for trial in parsed(mixed)["trials"]] == ["complete", "failed", "incomplete"]


@pytest.mark.parametrize(
    "spoil",
    [
        lambda content: content.update(format=1),
        lambda content: content.update(extra=1),
        lambda content: content.pop("summary"),
        lambda content: content["trials"][0].update(status="done"),
        lambda content: content["trials"][0]["fits"][0]["scores"].update(accuracy="high"),
        lambda content: content["summary"]["seeds"].update(members=[]),
        lambda content: content["summary"]["seeds"]["effects"]["pairs"][0].update(parameters=["a"]),
    ],
)
def test_the_schema_refuses_what_the_reporter_never_writes(spoil, tmp_path):
    content = parsed(replace(scored(normal((12, 1, 3, 5)), GRID, **KFOLD), folder=tmp_path))
    spoil(content)
    with pytest.raises(ValidationError):
        VALIDATOR.validate(content)


def test_the_file_of_a_real_run_is_what_the_schema_says(gridloom, write, tmp_path):
    done = gridloom(
        "run", write(reporters=["json"], validation={"method": "kfold", "folds": 3, "shuffle": True}), "-j1"
    )
    assert done.returncode == 0, done.stderr
    content = json.loads((tmp_path / "runs" / "small" / "results.json").read_text("utf-8"))
    VALIDATOR.validate(content)
    assert content["summary"]["new_data"]["effects"]["parameters"][0]["parameter"] == "C"
    assert content["manifest"]["experiment"]["name"] == "small"


def test_the_file_of_a_real_run_tells_published_scores_and_outer_folds(gridloom, write, tmp_path):
    (tmp_path / "scores.csv").write_text('parameters,score\n"{""C"": 0.1}",0.5\n')
    validation = {"method": "stratified_kfold", "folds": 3, "seeds": 2, "nested": {"folds": 3}}
    done = gridloom("run", write(reporters=["json"], validation=validation, published="scores.csv"))
    assert done.returncode == 0, done.stderr
    content = json.loads((tmp_path / "runs" / "small" / "results.json").read_text("utf-8"))
    VALIDATOR.validate(content)
    (published,) = content["published"]
    assert published["trial"] == 0
    assert published["inside"] is False
    assert len(content["nested"]["folds"]) == content["nested"]["planned"] == 3
    assert all(len(fold["scores"]) == 2 and "C" in fold["candidate"]["model"] for fold in content["nested"]["folds"])
