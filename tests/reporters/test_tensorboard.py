"""The reporter `tensorboard`: what TensorBoard reads from the event files."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

from gridloom import FitResult, GridloomError
from gridloom.results.held_out import HeldOut
from gridloom_plugins.figures.texts import one_line
from gridloom_plugins.reporters import tensorboard
from reporters.outcomes import HOSTILE, failed

READING = Path(__file__).with_name("tensorboard_reading.py")


def read(result, folder="tensorboard"):
    """What TensorBoard finds, by the folder of each run."""
    tensorboard.report(result, folder=folder)
    command = [sys.executable, str(READING), str(result.folder / folder)]
    done = subprocess.run(command, capture_output=True, text=True, timeout=300, check=False)
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


def curve(*losses, score=0.5, **more):
    return FitResult({"accuracy": score}, {"loss": list(losses), **more}, fit_seconds=2.0)


@pytest.fixture(scope="module")
def found(tmp_path_factory):
    """What TensorBoard reads of a result with trials of every kind."""
    from gridloom import Candidate, Fit, Proposal, Result, Trial

    trials = []
    for params, outcomes in (
        ({"rate": 0.5, "deep": True, "act": "relu"}, (curve(1.0, 0.5), curve(3.0, 1.5, score=0.75))),
        ({"rate": 1, "deep": False, "act": None}, (curve(1.0), failed(history={"loss": [float("nan")]}))),
        ({"rate": 2, "deep": False, "act": [1, "x"]}, (curve(4.0), None)),
        ({"rate": 2}, (0.25, 0.25)),
        ({"rate": 3}, (curve(1.0, 0.5, val_loss=[4.0, 2.0]), curve(3.0, val_loss=[2.0]))),
        *(({text: text}, (FitResult({"accuracy": 0.5}, {text: [0.5]}), 0.5)) for text in HOSTILE),
    ):
        candidate = Candidate({"m": params})
        results = tuple(FitResult({"accuracy": item}) if isinstance(item, float) else item for item in outcomes)
        fits = tuple(Fit(candidate, 0, fold) for fold in range(2))
        trials.append(Trial(len(trials), Proposal(candidate), fits, results))
    held_out = HeldOut(40, "drawn", trials[0].candidate, {"accuracy": 0.75}, {"accuracy": (0.5, 1.0)})
    return read(Result("small", "", "accuracy", trials, tmp_path_factory.mktemp("run"), {}, held_out=held_out))


def test_there_is_a_run_for_every_trial_and_one_that_tells_the_columns(found):
    assert list(found) == [".", *(f"trial-{number:04}" for number in range(5 + len(HOSTILE)))]
    columns = found["."]["columns"]
    assert (columns["rate"], columns["deep"], columns["act"]) == (
        "DATA_TYPE_FLOAT64",
        "DATA_TYPE_BOOL",
        "DATA_TYPE_STRING",
    )
    assert found["."]["metrics"] == {
        "score/mean": "mean accuracy",
        "score/std": "standard deviation",
        "score/epochs": "mean epochs trained",
        "held out/accuracy": "accuracy on rows held out",
    }
    assert found["."]["description"].startswith("No verdict on the 13 candidates")


def test_a_run_has_its_hyperparameters_and_scores(found):
    first = found["trial-0000"]
    assert first["hparams"] == {"rate": 0.5, "deep": True, "act": "relu"}
    assert first["group"] == "trial-0000"  # as the run is named in the other views
    assert first["status"] == "STATUS_SUCCESS"
    assert first["scalars"]["score/mean"] == [[0, 0.625]]
    assert first["scalars"]["score/std"] == [[0, 0.125]]
    ends = [first["scalars"][f"held out/accuracy{end}"] for end in ("", " low", " high")]
    assert ends == [[[0, 0.75]], [[0, 0.5]], [[0, 1.0]]]
    assert found["trial-0003"]["hparams"] == {"rate": 2.0}


def test_learning_curves_are_scalars_by_epoch_averaged_over_the_fits(found):
    assert found["trial-0000"]["scalars"]["epoch/loss"] == [[1, 2.0], [2, 1.0]]
    assert list(found["trial-0003"]["scalars"]) == ["score/mean", "score/std"]


def test_curves_of_fits_that_stopped_early_are_means_over_those_that_still_trained(found):
    scalars = found["trial-0004"]["scalars"]
    assert scalars["epoch/loss"] == [[1, 2.0], [2, 0.5]]
    assert scalars["epoch/val_loss"] == [[1, 3.0], [2, 2.0]]
    assert scalars["fits/training"] == [[1, 2.0], [2, 1.0]]
    assert scalars["score/epochs"] == [[0, 1.5]]
    assert "fits/training" not in found["trial-0000"]["scalars"]


def test_a_trial_that_failed_or_is_not_finished_has_no_score(found):
    failure, missing = found["trial-0001"], found["trial-0002"]
    assert failure["status"] == "STATUS_FAILURE"
    assert failure["hparams"]["act"] == "None"
    assert failure["scalars"] == {}
    assert "status" not in missing
    assert missing["scalars"] == {"epoch/loss": [[1, 4.0]]}
    assert missing["hparams"]["act"] == "[1, 'x']"


@pytest.mark.parametrize(("place", "text"), list(enumerate(HOSTILE)))
def test_hostile_names_and_values_are_text(place, text, found):
    run = found[f"trial-{5 + place:04}"]
    shown = one_line(text)
    assert run["hparams"] == {shown: shown}
    assert run["scalars"][f"epoch/{shown}"] == [[1, 0.5]]
    assert shown in found["."]["columns"]


def test_a_report_that_is_written_again_replaces_the_earlier_one(result):
    mine = result(({"x": 1}, (0.5,)))
    tensorboard.report(mine)
    files = sorted(mine.folder.rglob("*tfevents*"))
    sizes = [file.stat().st_size for file in files]
    tensorboard.report(mine)
    assert sorted(mine.folder.rglob("*tfevents*")) == files
    assert [file.stat().st_size for file in files] == sizes


def test_a_result_without_trials_has_no_runs(result):
    mine = result()
    tensorboard.report(mine)
    assert [path.name for path in (mine.folder / "tensorboard").iterdir()] == [tensorboard.FILE]


def test_writing_imports_no_tensorflow(tmp_path):
    code = (
        "import sys; from pathlib import Path; from dataclasses import replace; from scored import normal, scored\n"
        "from gridloom_plugins.reporters import tensorboard\n"
        f"tensorboard.report(replace(scored(normal((3, 1, 3, 5))), folder=Path({str(tmp_path)!r})))\n"
        "print('tensorflow' in sys.modules)"
    )
    done = subprocess.run(
        [sys.executable, "-W", "error", "-c", code],
        cwd=READING.parents[1],
        capture_output=True,
        text=True,
        check=False,
    )
    assert (done.stdout, done.stderr) == ("False\n", "")


def test_without_tensorboard_there_is_advice(result, monkeypatch):
    for name in [name for name in sys.modules if name.partition(".")[0] == "tensorboard"]:
        monkeypatch.delitem(sys.modules, name)
    monkeypatch.setitem(sys.modules, "tensorboard", None)
    with pytest.raises(GridloomError, match=r"pip install 'gridloom\[tensorboard\]'$"):
        tensorboard.report(result(({"x": 1}, (0.5,))))
