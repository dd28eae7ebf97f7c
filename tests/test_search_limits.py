"""`search: stop:` ends a search early: for any strategy, for any number of workers, and after an interruption as without one."""

from __future__ import annotations

import sqlite3

import pytest
from journaled import journaled

import gridloom as library
from gridloom import Budget, Candidate, Fit, FitResult, Proposal, Trial
from gridloom.experiment.bind import read_experiment
from gridloom.experiment.stopping import Stop, in_words, seconds_of
from gridloom.runs.journal import Journal
from gridloom.runs.reading import load_result
from gridloom.searching.limits import AT_ONCE, Limits
from gridloom.searching.loop import filled, search
from gridloom.testing.experiments import read_tiny

SLOW = """
import time
from typing import Annotated

import gridloom
from annotated_types import Ge
from sklearn.dummy import DummyClassifier

class Slow(DummyClassifier):
    def fit(self, X, y):
        time.sleep(self.seconds)
        return super().fit(X, y)

def build(task, number: int = 0, seconds: Annotated[float, Ge(0)] = 0.02):
    model = Slow(strategy="constant", constant=number % 3)
    model.seconds = seconds
    return model

@gridloom.hookimpl
def gridloom_model_builders():
    yield gridloom.ModelBuilder("slow", "Takes its time, and predicts one class.", build, makes="estimator")
"""

QUICK = {"dataset": {"name": "iris", "sample": 30}, "validation": {"folds": 2}, "reporters": ["csv", "json", "console"]}


@pytest.fixture
def slow(write, tmp_path):
    """Write an experiment on the slow model: `slow(time="1 s")` returns its file and the arguments that run it."""

    def slow(*, refit=False, search=None, **stop):
        (tmp_path / "slow.py").write_text(SLOW)
        space = {"strategy": "grid", "stop": stop, "space": {"model": {"number": {"low": 1, "high": 20}}}}
        return [write(model="slow", search=space | (search or {}), refit=refit, **QUICK), "-p", "slow.py"]

    return slow


def trials(means, budgets=None):
    """Trials with one score each, None for a failure."""
    found = []
    for number, mean in enumerate(means):
        proposal = Proposal(Candidate({"m": {"x": number}}), (budgets or {}).get(number, Budget()))
        result = FitResult({"s": mean}) if mean is not None else FitResult(error="ValueError: no")
        fit = Fit(proposal.candidate, 0, 0, budget=proposal.budget.of_a_fit)
        found.append(Trial(number, proposal, (fit,), (result,)))
    return found


@pytest.mark.parametrize(
    ("stop", "means", "said"),
    [
        (Stop(score=0.8), [0.5, 0.79], ""),
        (Stop(score=0.8), [0.5, 0.8], "stop.score: 0.8 is reached"),
        (Stop(no_gain=2), [0.5, 0.5], ""),
        (Stop(no_gain=2), [0.5, 0.5, None, 0.4], "stop.no_gain: 2 trials without an improvement"),
        (Stop(no_gain=2), [0.5, 0.4, 0.6], ""),
        (Stop(no_gain=1), [None, None], ""),
        (Stop(), [0.5] * 50, ""),
    ],
)
def test_scores_end_a_search(stop, means, said):
    assert Limits(stop).reached(trials(means)) == said


def test_only_trials_of_the_largest_budget_count_for_scores():
    small = {0: Budget(epochs=3), 1: Budget(cells=1)}
    assert not Limits(Stop(score=0.8, no_gain=2)).reached(trials([0.9, 0.9, 0.5], small))
    assert Limits(Stop(score=0.8)).reached(trials([0.9, 0.9], {0: Budget(epochs=3), 1: Budget(epochs=3)}))


@pytest.mark.parametrize(("share", "budgets"), [(0.4, [0.5] * 3 + [None] * 2), ([0.25, 0.5], [0.25] * 3 + [0.5] * 2)])
def test_scores_of_early_rungs_end_no_search(tmp_path, share, budgets):
    strategy = {"name": "halving", "share": share, "factor": 2}
    experiment = read_tiny(tmp_path, search=read_search(strategy, {"score": 0.5}))

    def evaluate(wave):
        return [filled(trial, {fit.key: FitResult({"accuracy": 0.7}) for fit in trial.fits}) for trial in wave]

    found = search(experiment, evaluate)
    assert [trial.proposal.budget.share for trial in found.trials] == budgets
    assert found.stopped == "stop.score: 0.5 is reached"


def read_search(strategy, stop):
    return {"strategy": strategy, "stop": stop, "space": {"model": {"C": [0.1, 1.0, 10.0]}}}


def test_fits_that_trials_share_count_once():
    candidate = Candidate({"m": {"x": 1}})
    fits = tuple(Fit(candidate, 0, fold) for fold in range(3))
    race = [Trial(0, Proposal(candidate, Budget(cells=2)), fits[:2], (None, None)), Trial(1, Proposal(candidate), fits, (None,) * 3)]  # fmt: skip
    assert Limits(Stop(fits=3)).admitted(race[:1], race[1:]) == (race[1:], "")
    assert Limits(Stop(fits=2)).admitted(race[:1], race[1:]) == ([], "stop.fits: 2")


@pytest.mark.parametrize(
    ("text", "seconds"), [("90 s", 90), ("10min", 600), ("1.5 h", 5400), ("1 h 30 min", 5400), ("2 d", 172_800)]
)
def test_times_have_units(text, seconds):
    assert seconds_of(text) == seconds
    assert seconds_of(Stop(seconds=seconds).resolved["time"]) == seconds


@pytest.mark.parametrize(
    "text", ["", "10", 10, "ten min", "0 s", "10 s later", " 10 s", "1e3 s", f"{'9' * 400} d", None]
)
def test_anything_else_is_no_time(text):
    with pytest.raises(ValueError, match=r"with its unit|should be above 0"):
        seconds_of(text)


@pytest.mark.parametrize("seconds", [1e-7, 0.1, 1234567.0, 1e22])
def test_a_time_is_written_so_that_it_is_read_again(seconds):
    assert seconds_of(Stop(seconds=seconds).resolved["time"]) == seconds


def test_limits_are_said_in_words():
    assert in_words(Stop()) == ""
    assert in_words(Stop(trials=1000)) == "with 1,000 trials"
    told = "after 90 s of training or with a mean of at least 0.9, whichever comes first"
    assert in_words(Stop(seconds=90, score=0.9)) == told


@pytest.mark.parametrize(
    ("stop", "count", "why"),
    [
        ({"fits": 9}, 4, "stop.fits: 9"),
        ({"score": 1.1, "no_gain": 10}, AT_ONCE, "stop.no_gain: 10 trials without an improvement"),
    ],
)
def test_a_search_ends_within_its_limits_and_is_resumed_alike(slow, gridloom, tmp_path, stop, count, why):
    file, *plugin = slow(**stop)
    gridloom("run", file, *plugin, "--set", "model={name: slow, seconds: 0}", "--n-jobs", 2 if "score" in stop else 1)
    run = tmp_path / "runs" / "small"
    first = (run / "results.csv").read_bytes()
    assert len(first.splitlines()) == count + 1
    assert journaled(run) == 2 * count
    with sqlite3.connect(run / "journal.sqlite") as journal:  # as if it had been killed
        journal.execute("DELETE FROM fits WHERE number % 3 = 0")
    (run / "results.csv").unlink()
    done = gridloom("run", file, *plugin, "--set", "model={name: slow, seconds: 0}", "--n-jobs", 1)
    assert done.returncode == 0, done.stderr
    assert (run / "results.csv").read_bytes() == first
    assert load_stopped(file, run, tmp_path) == why


def load_stopped(file, run, tmp_path):
    """Why the search of a run ended, as its folder alone tells."""
    from gridloom.registry.registry import load_registry

    plugin = str(tmp_path / "slow.py")
    experiment = read_experiment(run / "experiment.yaml", load_registry([plugin]), plugins=[plugin], of_run=True)
    return load_result(experiment, run).stopped


def test_a_limit_that_is_raised_lets_the_run_go_on(slow, gridloom, tmp_path):
    file, *plugin = slow(trials=2)
    gridloom("run", file, *plugin)
    done = gridloom("run", file, *plugin, "--set", "search.stop.trials=4")
    assert done.returncode == 0, done.stderr
    assert journaled(tmp_path / "runs" / "small") == 8
    done = gridloom("run", file, *plugin, "--set", "search.stop={}", "--set", "search.space.model.number=[1, 2, 3, 4]")
    assert (done.returncode, "search.space.model.number" in done.stderr) == (3, True)


def test_a_run_that_its_time_has_ended_is_finished(slow, gridloom, tmp_path):
    file, *plugin = slow(time="0.1 s", refit=True)
    run = tmp_path / "runs" / "small"
    done = gridloom("run", file, *plugin)
    assert done.returncode == 0, done.stderr
    assert (run / "model").is_dir()
    kept, table = journaled(run), (run / "results.csv").read_bytes()
    assert 2 <= kept < 40
    assert table.count(b"complete") == kept / 2
    again = gridloom("run", file, *plugin)
    assert (again.returncode, journaled(run), (run / "results.csv").read_bytes()) == (0, kept, table)
    assert load_stopped(file, run, tmp_path) == "stop.time"
    shown = gridloom("show", "small", *plugin)
    assert (shown.returncode, "Mean accuracy" in shown.stdout) == (0, True)
    assert gridloom("report", "small", *plugin, "-r", "csv").returncode == 0
    assert (run / "results.csv").read_bytes() == table
    more = gridloom("run", file, *plugin, "--set", "search.stop.time=1 h", "--set", "search.stop.trials=" + str(kept // 2 + 2))  # fmt: skip
    assert (more.returncode, journaled(run)) == (0, kept + 4)


def test_a_run_that_was_killed_before_its_clock_was_written_loses_nothing(slow, gridloom, tmp_path):
    file, *plugin = slow(time="0.1 s")
    run = tmp_path / "runs" / "small"
    gridloom("run", file, *plugin)
    kept = journaled(run)
    journal = Journal(run / "journal.sqlite")
    assert journal.seconds >= 0.1
    journal.seconds = 0.0
    journal.close()
    done = gridloom("run", file, *plugin)
    assert done.returncode == 0
    assert journaled(run) > kept


def test_where_the_time_is_over_before_a_trial_is_finished_that_is_said(slow, gridloom, tmp_path):
    file, *plugin = slow(time="0.000001 s")
    done = gridloom("run", file, *plugin)
    assert done.returncode == 1
    assert "small: stop.time ended the search before a candidate was finished; raise the limit" in done.stderr
    assert "Traceback" not in done.stderr + done.stdout
    shown = gridloom("show", "small", *plugin)
    assert "Traceback" not in shown.stderr + shown.stdout


def test_check_says_when_a_search_ends_and_what_it_begins_with(slow, gridloom):
    search = {"first": [{"number": 7}], "require": []}
    done = gridloom("check", *slow(time="2 min", trials=5, search=search))
    assert done.returncode == 0, done.stderr
    assert "first       1 candidate(s) before the strategy starts" in done.stdout
    assert "ends        with 5 trials or after 120 s of training, whichever comes first" in done.stdout
    assert "candidates  5 by grid: number (20)" in done.stdout


def test_the_search_in_each_outer_fold_begins_with_the_first_and_ends_by_itself(slow, gridloom, tmp_path):
    file, *_ = slow(trials=3, search={"first": [{"number": 7}]})
    nested = "{folds: 2, nested: {folds: 2}}"
    result = library.run(
        file, plugins=[str(tmp_path / "slow.py")], settings=[f"validation={nested}"], out=tmp_path / "out"
    )
    assert [trial.params["number"] for trial in result.trials] == [7, 1, 2]
    assert result.nested.is_complete
    assert journaled(tmp_path / "out" / "small") == 3 * (2 + 2 * 2) + 2


def test_trials_that_the_time_has_left_unfinished_are_left_out_and_the_others_numbered_on(slow, tmp_path):
    from gridloom.registry.registry import load_registry
    from gridloom.searching.loop import search

    file, *_ = slow(time="1 h")
    experiment = read_experiment(file, load_registry([str(tmp_path / "slow.py")]))
    result = FitResult({"s": 0.5})

    def evaluate(wave):
        assert len(wave) == 20
        return [Trial(t.number, t.proposal, t.fits, (result, result if t.number % 2 else None)) for t in wave]

    found = search(experiment, evaluate, time_is_over=lambda: True)
    assert (found.stopped, found.is_complete) == ("stop.time", True)
    assert [(trial.number, trial.params["number"]) for trial in found.trials[:3]] == [(0, 2), (1, 4), (2, 6)]
    stopped = search(experiment, evaluate, time_is_over=lambda: False)
    assert (stopped.stopped, stopped.is_complete, len(stopped.trials)) == ("", False, 20)
