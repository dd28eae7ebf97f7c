"""The strategy `race`: who is dropped and when, what it refuses, and what a result says of those that were dropped."""

from __future__ import annotations

import json

import numpy as np
import pytest
from journaled import journaled

from gridloom import Choices, Range, Space, tie_set
from gridloom.core.space import Extent
from gridloom.core.trials import FitResult, Trial
from gridloom.experiment.bind import read_experiment
from gridloom.testing.searching import trials_of
from gridloom_plugins.strategies.race import plan, race

FULL = Extent(splits=3, seeds=20)


def space(count=8, full=FULL, domain=None):
    return Space({"m": {"x": domain or Choices(*range(count))}}, full=full)


def scored(trials, gap, spread=0.01):
    """The trials with scores of 0.9 less `gap` for each step of x, and with noise of its own in every fit."""
    for trial in trials:
        noise = [np.random.default_rng(int(fit.key[:12], 16)).standard_normal() for fit in trial.fits]
        x = trial.candidate.values["m"]["x"]
        yield [FitResult({"accuracy": 0.9 - gap * x + spread * one}) for one in noise]


def raced(waves, full=FULL, change=None, **noise):
    """The trials of each wave of a race, with made-up scores; `change` may put other results into a trial."""
    found, answered = [], None
    while True:
        try:
            wave = next(waves) if answered is None else waves.send(answered)
        except StopIteration:
            return found
        trials = trials_of(wave, sum(map(len, found)), full=full)
        answered = [
            Trial(trial.number, trial.proposal, trial.fits, tuple(results))
            for trial, results in zip(trials, scored(trials, **noise), strict=True)
        ]
        answered = [change(trial) or trial for trial in answered] if change else answered
        found.append(answered)


def xs(trials):
    return [trial.candidate.values["m"]["x"] for trial in trials]


def cells(waves):
    return [{trial.proposal.budget.cells for trial in wave} for wave in waves]


def test_it_looks_at_3_6_12_and_all_20_seeds_of_all_splits():
    waves = raced(race(space()), gap=0.0)
    assert cells(waves) == [{9}, {18}, {36}, {None}]
    assert {trial.proposal.label for trial in waves[1]} == {"6 seeds"}
    assert [len(trial.fits) for trial, *_ in waves] == [9, 18, 36, 60]
    assert {fit.key for fit in waves[0][0].fits} < {fit.key for fit in waves[1][0].fits}


@pytest.mark.parametrize(
    ("seeds", "first", "looks"),
    [
        (3, 2, [2, 3]),
        (4, 3, [3, 4]),
        (7, 3, [3, 7]),
        (8, 3, [3, 6, 8]),
        (40, 3, [3, 6, 12, 24, 40]),
        (20, 5, [5, 10, 20]),
    ],
)
def test_the_seeds_are_doubled_until_little_is_left_to_spare(seeds, first, looks):
    planned = plan(space(full=Extent(2, seeds)), first)
    assert [wave.label for wave in planned] == [f"{look} seeds" for look in looks]
    assert [wave.budget.cells for wave in planned] == [*(2 * look for look in looks[:-1]), None]
    assert {wave.candidates for wave in planned} == {8}


def test_after_each_look_the_tie_set_goes_on_and_the_levels_of_the_looks_share_the_risk():
    waves = raced(race(space(), risk=0.21), gap=0.003)
    assert [len(wave) for wave in waves] == sorted({len(wave) for wave in waves}, reverse=True), "nobody is dropped"
    for trials, after, level in zip(waves, waves[1:], (0.97, 0.94, 0.88), strict=False):
        assert xs(after) == xs(tie_set(trials, level))


def test_one_that_is_left_alone_gets_all_seeds_at_once():
    waves = raced(race(space()), gap=0.1)
    assert [xs(wave) for wave in waves] == [list(range(8)), [0]]
    assert cells(waves) == [{9}, {None}]
    assert cells(raced(race(space(1)), gap=0.1)) == [{None}]


def test_candidates_that_failed_go_no_further():
    def failing(trial):
        failed = FitResult(error="ValueError: x")
        bad = xs([trial]) == [0]
        return Trial(trial.number, trial.proposal, trial.fits, (failed, *trial.results[1:])) if bad else None

    assert [0 in xs(wave) for wave in raced(race(space()), gap=0.0, change=failing)] == [True, False, False, False]
    every = raced(race(space()), gap=0.0, change=lambda t: Trial(t.number, t.proposal, t.fits, (None,) * len(t.fits)))
    assert len(every) == 1


def test_of_a_space_without_end_as_many_race_as_are_drawn():
    endless = space(domain=Range(0.0, 1.0))
    assert len(raced(race(endless, candidates=9), gap=0.0)[0]) == 9
    with pytest.raises(ValueError, match=r"step or a count.*'candidates' to draw"):
        next(race(endless))


SMALL = """
dataset: {name: wine, sample: 60}
model: random_forest
search:
  strategy: race
  space: {model: {trees: [1, 5, 6], max_depth: [1, 4]}}
validation: {method: stratified_kfold, folds: 2, seeds: 6}
seed: 3
reporters: [console, json]
"""
DROPPED = (
    "as significantly worse than another one across seeds on this data; the risk that the best is among those dropped"
)


@pytest.fixture
def run(gridloom, tmp_path):
    """Run the small experiment with these settings; returns what is printed, its trials, and the number of fits trained."""

    def run(*settings):
        (tmp_path / "e.yaml").write_text(SMALL)
        done = gridloom("run", "e.yaml", *(f"--set={setting}" for setting in settings))
        assert done.returncode == 0, done.stderr
        folder = tmp_path / "runs" / "e"
        return done.stdout, json.loads((folder / "results.json").read_text()), journaled(folder)

    return run


def test_a_run_trains_no_fit_twice_and_says_who_was_dropped(run):
    out, result, fits = run()
    counts = [trial["budget"].get("cells") for trial in result["trials"]]
    first, full = counts.count(6), counts.count(None)
    assert (first, counts) == (6, [6] * 6 + [None] * full)
    assert 0 < full < 6
    assert fits == 6 * 6 + full * 6
    assert (result["summary"]["compared"], result["summary"]["smaller"]) == (full, 6 - full)
    told = result["summary"]["sentence"]
    assert told in " ".join(out.split())
    assert f"Earlier, {6 - full} candidates were dropped, {DROPPED} is at most 5 %." in told


@pytest.mark.parametrize(
    ("strategy", "said"),
    [({"name": "race", "risk": 0.2}, "at most 20 %"), ({"then": ["race", "random"]}, ""), ("random", "")],
)
def test_an_experiment_says_what_its_strategy_knows_of_those_it_drops_if_it_has_one_alone(
    write, registry, strategy, said
):
    search = {"strategy": strategy, "space": {"model": {"C": [0.1, 1.0]}}}
    dropped = read_experiment(write(search=search, validation={"folds": 2, "seeds": 4}), registry).dropped
    assert dropped.endswith(said)
    assert bool(dropped) == bool(said)


def test_of_a_race_that_a_limit_has_ended_nobody_says_that_the_others_were_dropped(run):
    _, result, fits = run("search.stop={trials: 7}")
    assert (len(result["trials"]), fits) == (7, 42)
    assert "dropped" not in result["summary"]["sentence"]
    assert "Not compared: 5 trained on a smaller budget only." in result["summary"]["sentence"]


def test_too_few_seeds_are_refused_before_anything_is_trained(gridloom, tmp_path):
    (tmp_path / "e.yaml").write_text(SMALL.replace("seeds: 6", "seeds: 3"))
    done = gridloom("run", "e.yaml")
    assert done.returncode == 2
    assert "e.yaml:5:13: a race drops candidates after 3 seeds" in done.stderr
    assert "write 'validation: {seeds: 20}'" in done.stderr
    assert not (tmp_path / "runs").exists()
