"""What `gridloom check` says that a search will do at most, and what its run does."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
import yaml

from gridloom import Data, Extent, FitResult, Plan, PlannedWave
from gridloom.api import run
from gridloom.core.split import Split
from gridloom.experiment.bind import read_experiment
from gridloom.experiment.planning import SearchPlan, search_plan
from gridloom.experiment.stopping import Stop
from gridloom.registry.registry import load_registry
from gridloom.runs.kept_predictions import why_not_kept
from gridloom.searching.loop import search

SPACE = {"model": {"C": [0.01, 0.03, 0.1, 0.3, 1.0, 3.0, 10.0, 30.0, 100.0]}}
KEYS = {
    "name": "planned",
    "dataset": "iris",
    "model": "logistic_regression",
    "validation": {"method": "stratified_kfold", "folds": 3, "seeds": 3},
}


def written(tmp_path, **search):
    (tmp_path / "planned.yaml").write_text(yaml.safe_dump({**KEYS, "search": {"space": SPACE, **search}}))
    return tmp_path / "planned.yaml"


@pytest.mark.parametrize(
    ("search", "waves", "fits"),
    [
        (
            {"strategy": {"name": "halving", "share": [0.2, 1.0]}},
            "9 x share 0.333333, 3 x a full training",
            "at most 108",
        ),
        ({"strategy": {"name": "halving", "cells": [3, 9]}}, "9 x cells 3, 3 x a full training", "at most 45"),
        (
            {"strategy": {"then": [{"name": "random", "candidates": 2}, "grid"]}, "first": [{"C": 1.0}]},
            "1 x a full training, 2 x a full training, 9 x a full training",
            "at most 108",
        ),
    ],
)
def test_check_tells_the_waves_and_the_fits_of_all_strategies(gridloom, tmp_path, search, waves, fits):
    written(tmp_path, **search)
    lines = dict(line.strip().split(None, 1) for line in gridloom("check", "planned.yaml").stdout.splitlines()[1:])
    assert lines["waves"] == waves
    assert lines["fits"] == fits


@pytest.mark.parametrize(
    ("strategy", "counted"),
    [
        ("grid", "9"),
        ({"name": "halving", "cells": [3, 9]}, "9"),
        ({"name": "hyperband", "epochs": 3}, "at most 49 (27 at first)"),
        ({"name": "bayesian", "candidates": 20}, "at most 20 (8 at first)"),
    ],
)
def test_check_counts_the_candidates_of_all_waves(gridloom, tmp_path, strategy, counted):
    written(tmp_path, strategy=strategy)
    wide = "search.space={learning_rate: {learn_rate: {low: 0.001, high: 0.1}}}"
    network = ["dataset=pima", "model=mlp", "training.epochs=100", wide] if counted != "9" else []
    done = gridloom("check", "planned.yaml", *(part for each in network for part in ("--set", each)))
    assert f"  candidates  {counted} by " in done.stdout, done.stderr


def test_check_counts_the_fits_of_outer_folds_in_all_waves(gridloom, tmp_path):
    written(tmp_path, strategy={"name": "halving", "cells": [3, 9]})
    done = gridloom("check", "planned.yaml", "--set", "validation.nested={folds: 2}")
    assert f"  nested      the same in 2 outer folds, at most {2 * (45 + 3)} more fits" in done.stdout, done.stderr


@pytest.mark.parametrize(
    ("strategy", "fits"),
    [
        ({"name": "halving", "cells": [1, 9]}, 9 + 3 * 2 + 1 * 6),
        # 9 candidates in one cell; 3 of them go on in 3, beside 5 new ones; then 1 and 1 of these in 9, beside 3 new ones
        ({"name": "hyperband", "cells": [1, 9]}, 9 + 3 * 2 + 5 * 3 + 2 * 6 + 3 * 9),
        ({"name": "hyperband", "cells": 3}, 3 * 3 + 1 * 6 + 2 * 9),
    ],
)
def test_fits_of_candidates_that_go_on_are_counted_once(tmp_path, strategy, fits):
    space = {"model": {"C": {"low": 0.01, "high": 100.0}}} if strategy["name"] == "hyperband" else SPACE
    experiment = read_experiment(written(tmp_path, strategy=strategy, space=space), load_registry())
    assert search_plan(experiment).fits == fits
    journal: set[str] = set()

    def evaluate(trials):
        journal.update(fit.key for trial in trials for fit in trial.fits)
        scored = [[FitResult({"accuracy": trial.params["C"]})] * len(trial.fits) for trial in trials]
        return [replace(trial, results=tuple(results)) for trial, results in zip(trials, scored, strict=True)]

    search(experiment, evaluate)
    assert len(journal) == fits


def test_a_run_trains_the_fits_that_were_planned(tmp_path, capsys):
    file = written(tmp_path, strategy={"name": "halving", "cells": [3, 9]})
    plan = search_plan(read_experiment(file, load_registry()))
    result = run(file, out=tmp_path, n_jobs=1)
    assert [trial.wave for trial in result.trials] == [0] * 9 + [1] * 3
    assert "6 candidates were dropped, since others scored higher with the same small budget" in result.summary.sentence
    assert len({fit.key for trial in result.trials for fit in trial.fits}) == plan.fits == 45
    first, *_ = capsys.readouterr().out.splitlines()
    assert first.startswith("planned: 9 candidates at first x 3 splits x 3 seed(s), at most 45 fits in all, engine")


@pytest.mark.parametrize(
    ("stop", "is_whole", "most"),
    [
        (Stop(), True, 81),
        (Stop(), False, None),
        (Stop(seconds=9.0, score=0.9), True, 81),
        (Stop(trials=2), True, 18),
        (Stop(trials=2, fits=7), False, 7),
        (Stop(fits=1000), True, 81),
    ],
)
def test_limits_of_a_search_limit_its_fits(stop, is_whole, most):
    assert SearchPlan([PlannedWave(9)], is_whole, Extent(splits=3, seeds=3)).most(stop) == most


@pytest.mark.parametrize(("most", "kept"), [(100, True), (20_000_000, False)])
def test_predictions_are_kept_by_the_fits_that_all_waves_have_at_most(most, kept):
    plan = Plan("x", candidates=4, splits=5, seeds=1, engine="sklearn", workers=1, most=most)
    data = Data(np.zeros((10, 1)), np.arange(10) % 2, classes=("a", "b"))
    splits = [Split(0, fold, np.arange(8), np.arange(8, 10)) for fold in range(5)]
    assert bool(why_not_kept(plan, data, splits)) is not kept
