"""`search: warm_start:` begins with the best candidates of another run, and `first:` with those that the experiment names."""

from __future__ import annotations

import shutil

import pytest
import yaml
from journaled import journaled

from gridloom.experiment.bind import read_experiment
from gridloom.runs.directory import open_run
from gridloom.runs.reading import bare_result

BASE = {"dataset": {"name": "iris", "sample": 30}, "validation": {"folds": 2}, "reporters": ["csv", "console"]}
SPACE = {"model": {"C": [0.001, 0.01, 0.1, 1.0, 10.0, 100.0]}}


@pytest.fixture
def other(write, gridloom, tmp_path):
    """The folder of a run that is finished, beside the experiments."""
    file = write(file="other.yaml", name="other", search={"space": SPACE}, **BASE)
    assert gridloom("run", file).returncode == 0
    return tmp_path / "runs" / "other"


def warm(write, space, **search):
    """An experiment that begins with what the other run has found."""
    keys = {"warm_start": "runs/other", "space": space}
    return write(search=keys | search, **BASE)


def tried(run):
    """The values of C in the order of a run's trials."""
    lines = (run / "results.csv").read_text().splitlines()
    column = lines[0].split(",").index("param_C")
    return [float(line.split(",")[column]) for line in lines[1:]]


def test_the_best_members_of_another_run_are_tried_first(other, write, gridloom, tmp_path):
    file = warm(write, {"model": {"C": [1.0, 0.1, 7.0, 0.01]}}, first=[{"C": 7}])
    ranked = [trial.params["C"] for trial in bare_result(other).ranked]
    done = gridloom("run", file)
    assert done.returncode == 0, done.stderr
    run = tmp_path / "runs" / "small"
    assert "warm start: the best 3 candidate(s) of" in done.stdout
    assert "runs/other are tried first; 3 of its 6 are not in this space" in done.stdout
    assert tried(run)[0] == 7.0
    assert tried(run)[1:] == [value for value in ranked if value in (1.0, 0.1, 0.01)]
    kept = yaml.safe_load((run / "experiment.yaml").read_text())["search"]
    assert [list(values.values()) for values in kept["first"]] == [[value] for value in tried(run)]
    assert "warm_start" not in kept


def test_ten_of_them_at_most(write, gridloom, tmp_path):
    values = [0.01 * number for number in range(1, 13)]
    gridloom("run", write(file="other.yaml", name="other", search={"space": {"model": {"C": values}}}, **BASE))
    done = gridloom("check", warm(write, {"model": {"C": [*values, 5.0]}}))
    assert "first       10 candidate(s) before the strategy starts, the best of" in done.stdout


@pytest.mark.parametrize("change", ["another", "own file", "moved"])
def test_a_run_that_has_begun_is_resumed_whatever_becomes_of_the_other(other, write, gridloom, tmp_path, change):
    file = warm(write, SPACE, stop={"trials": 2})
    gridloom("run", file)
    run = tmp_path / "runs" / "small"
    first = tried(run)
    if change == "own file":
        shutil.rmtree(other)
    elif change == "another":
        gridloom("run", tmp_path / "other.yaml", "--fresh", "--set", "search.space.model.C=[100.0, 10.0]")
    if change == "own file":
        done = gridloom("run", run / "experiment.yaml")
        assert done.returncode == 0, done.stderr
    if change == "moved":
        for name in ("runs", "small.yaml"):
            (tmp_path / "there").mkdir(exist_ok=True)
            shutil.move(tmp_path / name, tmp_path / "there" / name)
        file, run = tmp_path / "there" / "small.yaml", tmp_path / "there" / "runs" / "small"
    done = gridloom("run", file, "--out", run.parent, "--set", "search.stop.trials=3")
    assert done.returncode == 0, done.stderr
    assert (tried(run)[:2], journaled(run)) == (first, 6)
    assert gridloom("check", file).returncode == 0 or change == "moved"


def test_plugins_of_the_other_run_need_not_be_there(write, gridloom, tmp_path):
    (tmp_path / "plugin.py").write_text(
        "import gridloom\nfrom sklearn.linear_model import LogisticRegression\n"
        "def build(task, C: float = 1.0):\n    return LogisticRegression(C=C)\n"
        "@gridloom.hookimpl\ndef gridloom_model_builders():\n"
        "    yield gridloom.ModelBuilder('own', 'One of ours.', build, makes='estimator')\n"
    )
    file = write(file="other.yaml", name="other", model="own", search={"space": {"model": {"C": [0.5]}}}, **BASE)
    gridloom("run", file, "-p", "plugin.py")
    done = gridloom("run", warm(write, {"model": {"C": [0.1, 0.5]}}))
    assert done.returncode == 0, done.stderr
    assert tried(tmp_path / "runs" / "small") == [0.5, 0.1]


@pytest.mark.parametrize(
    ("search", "message"),
    [
        ({"warm_start": "runs/nowhere"}, "runs/nowhere is not the folder of a run: it contains no journal.sqlite"),
        ({"warm_start": "runs/small"}, "runs/small is the folder of this very run; name another run"),
        ({"space": {"model": {"max_iter": [100]}}}, "runs/other can be tried here: model.C is not in the space"),
    ],
)  # fmt: skip
def test_what_there_is_nothing_to_begin_with_is_refused_in_its_place(other, write, gridloom, search, message):
    file = warm(write, **{"space": SPACE} | search)
    done = gridloom("check", file)
    assert done.returncode == 2
    assert "small.yaml:7:15: " in done.stderr
    assert message in done.stderr


def test_a_run_that_is_running_has_its_results_so_far(other, write, gridloom, tmp_path, registry):
    experiment = read_experiment(tmp_path / "other.yaml", registry)
    with open_run(experiment, experiment.load_data(), other, fresh=False):
        done = gridloom("run", warm(write, SPACE, stop={"trials": 1}))
    assert done.returncode == 0, done.stderr


def test_rows_held_out_that_the_other_run_has_chosen_by_are_told(other, write, gridloom):
    file = warm(write, SPACE, stop={"trials": 1})
    told = "warm start: the other run chose its candidates with rows that 'test:' holds out here"
    assert told in gridloom("run", file, "--set", "test=0.2").stdout
    assert told not in gridloom("run", file, "--fresh").stdout
