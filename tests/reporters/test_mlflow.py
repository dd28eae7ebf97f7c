"""The reporter `mlflow`: what MLflow's own client reads from the database."""

from __future__ import annotations

import json
import os
import pickle
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pytest
from scored import normal, scored

from gridloom import Budget, Candidate, Fit, FitResult, GridloomError, Proposal, Result, Trial
from gridloom.results.held_out import HeldOut
from gridloom_plugins.reporters import mlflow
from reporters.outcomes import HOSTILE, failed

READING = Path(__file__).with_name("mlflow_reading.py")
NAMES = [*HOSTILE, ".", "..", "/a//b/", "a/b", "a_b", "x" * 400, "$x", "漢"]


def read(result, times=1, uri=""):
    """What MLflow holds after so many reports: the run of the search, and those of the trials by their names' numbers."""
    pickled = result.folder / "result.pickle"
    pickled.write_bytes(pickle.dumps(result))
    (result.folder / "elsewhere").mkdir(exist_ok=True)
    done = subprocess.run(
        [sys.executable, str(READING), str(pickled), str(times), uri],
        cwd=result.folder / "elsewhere",
        env=os.environ | {"MLFLOW_DISABLE_TELEMETRY": "true"},
        capture_output=True,
        text=True,
        timeout=300,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    found = json.loads(done.stdout)
    (parent,) = [run for run in found["runs"] if run["parent"] is None]
    trials = {int(run["name"].partition(":")[0]): run for run in found["runs"] if run["parent"] == parent["id"]}
    assert len(found["runs"]) == 1 + len(trials)
    return found | {"parent": parent, "trials": trials, "folder": result.folder}


def made(folder, *trials):
    """A result of (parameters, results of the folds)."""
    known = []
    for params, outcomes in trials:
        candidate = Candidate({"m": params})
        results = tuple(FitResult({"accuracy": item}) if isinstance(item, float) else item for item in outcomes)
        fits = tuple(Fit(candidate, 0, fold) for fold in range(len(results)))
        known.append(Trial(len(known), Proposal(candidate), fits, results))
    return Result("small", "", "accuracy", known, folder, {})


@pytest.fixture(scope="module")
def found(tmp_path_factory):
    """What MLflow reads of a result with trials of every kind, reported twice."""
    curve = (
        FitResult(
            {"accuracy": 0.5},
            {"loss": [1.0, 0.5, float("inf")], "val_loss": [4.0, 2.0, 0.25]},
            fit_seconds=60.0,
            score_seconds=2.0,
        ),
        FitResult({"accuracy": 0.75}, {"loss": [3.0, 1.5], "val_loss": [2.0, 1.0]}, fit_seconds=8.0),
    )
    mine = made(
        tmp_path_factory.mktemp("run"),
        ({"rate": 0.5, "act": None}, curve),
        ({"rate": 1, "act": [1, "x"]}, (0.5, failed("ValueError: two\nlines"))),
        ({"rate": 2}, (0.25, None)),
        ({name: name for name in NAMES}, (FitResult({"accuracy": 0.25}, {name: [0.5] for name in NAMES}), 0.25)),
    )
    return read(mine, times=2)


def test_the_search_is_a_run_with_its_best_its_sentence_and_its_results(found):
    parent = found["parent"]
    assert (parent["name"], parent["params"]) == ("small", {"rate": "0.5", "act": "None"})
    assert parent["metrics"]["mean"] == [[0, 0.625]]
    assert parent["tags"]["mlflow.note.content"].startswith("No verdict on the")
    results = json.loads(parent["artifacts"]["results.json"])
    assert (results["name"], results["best"], len(results["trials"])) == ("small", 0, 4)
    assert parent["status"] == "RUNNING"


def test_every_trial_is_a_nested_run_and_a_second_report_takes_the_place_of_the_first(found):
    assert sorted(found["trials"]) == [0, 1, 2, 3]
    assert [found["trials"][number]["status"] for number in range(4)] == ["FINISHED", "FAILED", "RUNNING", "FINISHED"]


def test_the_best_trial_has_begun_last_and_each_has_taken_as_long_as_its_fits(found):
    assert [run["name"] for run in found["runs"][:3]] == ["0: 0.5, None", found["trials"][3]["name"], "2: 2"]
    begin, end = found["trials"][0]["span"]
    assert end - begin == pytest.approx(70_000, abs=1)
    starts = [run["span"][0] for run in found["runs"]]
    assert starts == sorted(starts, reverse=True)


def test_mlflow_shows_the_pages_of_models_and_where_runs_came_from(found):
    assert found["tags"]["mlflow.experimentKind"] == "custom_model_development"
    assert {run["tags"]["mlflow.source.name"] for run in found["runs"]} == {"gridloom"}


def test_a_trial_has_its_parameters_scores_and_curves(found):
    first = found["trials"][0]
    assert first["name"] == "0: 0.5, None"
    assert first["params"] == {"rate": "0.5", "act": "None"}
    assert first["metrics"] == {
        "mean": [[0, 0.625]],
        "std": [[0, 0.125]],
        "epochs": [[0, 2.5]],
        "epoch/loss": [[1, 2.0], [2, 1.0]],
        "epoch/val_loss": [[1, 3.0], [2, 1.5], [3, 0.25]],
        "fits/training": [[1, 2.0], [2, 2.0], [3, 1.0]],
    }


def test_a_trial_that_failed_or_is_not_finished_has_no_score(found):
    failure, missing = found["trials"][1], found["trials"][2]
    assert (failure["metrics"], failure["tags"]["error"]) == ({}, "ValueError: two\\nlines")
    assert failure["params"]["act"] == "[1, 'x']"
    assert missing["metrics"] == {}


def test_hostile_names_are_kept_apart_under_names_that_mlflow_takes(found):
    run = found["trials"][3]
    assert len(run["params"]) == len(NAMES)
    assert len(run["metrics"]) == len(NAMES) + 3
    assert run["params"]["a_b"] == "a/b"
    assert run["params"]["a_b 2"] == "a_b"
    assert run["params"]["two_lines"] == "two\\nlines"
    assert all(value.isprintable() for value in run["params"].values())


def test_by_default_everything_is_in_the_folder_of_the_run(found):
    folder = found["folder"]
    assert found["artifacts"] == (folder / "mlflow-artifacts").as_uri()
    assert {path.name for path in folder.iterdir()} == {
        "mlflow.sqlite",
        "mlflow-artifacts",
        "elsewhere",
        "result.pickle",
    }
    assert list((folder / "elsewhere").iterdir()) == []


def test_intervals_sets_and_budgets_are_told_and_a_uri_is_used(tmp_path):
    scores = normal((3, 1, 3, 5))
    scores[1] -= 0.5
    mine = replace(scored(scores, method="kfold", folds=3), folder=tmp_path)
    last = mine.trials[2]
    short = Trial(2, Proposal(last.candidate, Budget(epochs=2)), last.fits, last.results)
    mine = replace(mine, trials=[*mine.trials[:2], short])
    scored_on = {"accuracy": 0.8, "f1 (macro)": 0.7}
    held_out = HeldOut(40, "drawn", mine.best.candidate, scored_on, {"accuracy": (0.7, 0.9)}, looks=1)
    mine = replace(mine, held_out=held_out)
    found = read(mine, uri=f"sqlite:///{tmp_path}/other.sqlite")
    assert (tmp_path / "other.sqlite").exists()
    assert not (tmp_path / "mlflow.sqlite").exists()
    assert found["parent"]["status"] == "FINISHED"
    told = {name: values[0][1] for name, values in found["parent"]["metrics"].items() if name.startswith("held_out/")}
    assert told == {
        "held_out/rows": 40,
        "held_out/accuracy/score": 0.8,
        "held_out/accuracy/low": 0.7,
        "held_out/accuracy/high": 0.9,
        "held_out/f1 _macro_/score": 0.7,
    }
    assert found["parent"]["tags"]["held out"] == held_out.sentence
    assert not [name for run in found["trials"].values() for name in run["metrics"] if "held" in name]
    assert [found["trials"][number]["metrics"].get("in_tie_set") for number in range(3)] == (
        [[[0, 1.0]], [[0, 0.0]], None] if mine.best.number == 0 else [None, None, [[0, 1.0]]]
    )
    assert found["trials"][2]["params"] == {"x": "2", "budget epochs": "2"}
    assert found["trials"][2]["metrics"].keys() == {"smaller budget/mean", "smaller budget/std"}


def test_a_result_without_a_complete_trial_is_a_failed_run(tmp_path):
    found = read(made(tmp_path, ({"x": 1}, (failed(),))))
    assert found["parent"]["status"] == "FAILED"
    assert found["parent"]["metrics"] == {}


REPORT_AND_TELL = """if True:
    import os, sys
    from gridloom.cli.commands import app
    code = app(sys.argv[1:], standalone_mode=False)
    print(code, *(name for name in os.environ if name.startswith("MLFLOW_HTTP")))
"""


def test_a_server_that_is_not_there_is_told_at_once_in_a_sentence_that_keeps_the_password(write, tmp_path):
    away = {"name": "mlflow", "uri": "http://joe:secret@127.0.0.1:9"}
    command = [sys.executable, "-c", REPORT_AND_TELL, "run", str(write(reporters=[away, "csv"])), "-j1"]
    environment = {name: value for name, value in os.environ.items() if not name.startswith("MLFLOW_HTTP")}
    done = subprocess.run(
        command, cwd=tmp_path, env=environment, capture_output=True, text=True, timeout=100, check=False
    )
    told, last = done.stderr.splitlines()
    assert told.startswith(
        "the reporter 'mlflow' cannot keep runs at http://127.0.0.1:9: Connection refused; the run and"
    )
    assert last == "gridloom: small: these reports failed, see above: mlflow"
    assert (
        done.stdout == "csv: runs/small/results.csv\n4\n"
    )  # and the settings for the first question are gone from the environment
    assert (tmp_path / "runs" / "small" / "results.csv").exists()


def test_without_mlflow_there_is_advice(tmp_path, monkeypatch):
    monkeypatch.setitem(sys.modules, "mlflow", None)
    with pytest.raises(GridloomError, match=r"pip install 'gridloom\[mlflow\]'$"):
        mlflow.report(made(tmp_path, ({"x": 1}, (0.5,))))
