"""The article's experiments: the same candidates, its one exact score, and equal tables however TensorFlow is run."""

from __future__ import annotations

import csv
import json
import subprocess
import sys
import time
from pathlib import Path

import pytest
from journaled import journaled

from gridloom.cli.common import experiment_files
from gridloom.experiment.bind import read_experiment

EXPERIMENTS = Path(__file__).resolve().parent.parent / "experiments"
NAMES = ("weight_init", "activation", "dropout", "neurons")
FIRST_HALF = {"batch_size_and_epochs": "batch", "optimizer": "optimizer", "learning_rate": "learning_rate"}
"""The experiments of the article's first half, of which no scores are kept, and the family that each of them searches."""


def published() -> list[dict[str, str]]:
    with (EXPERIMENTS / "published" / "scores.csv").open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


@pytest.mark.parametrize("name", NAMES)
def test_the_experiments_have_the_candidates_of_the_article_in_its_order(registry, name):
    experiment = read_experiment(EXPERIMENTS / f"{name}.yaml", registry)
    theirs = [json.loads(row["parameters"]) for row in published() if row["experiment"] == name]
    assert [candidate.flat for candidate in experiment.first_wave()] == theirs


@pytest.mark.parametrize("name", NAMES)
def test_the_families_take_the_values_of_the_article_by_default(registry, name):
    settings = [f"search.space.{name}=default"]
    experiment = read_experiment(EXPERIMENTS / f"{name}.yaml", registry, settings=settings)
    assert experiment.first_wave() == read_experiment(EXPERIMENTS / f"{name}.yaml", registry).first_wave()


@pytest.mark.parametrize(("name", "family"), FIRST_HALF.items())
def test_the_families_of_the_first_half_take_the_values_of_the_article_by_default(registry, name, family):
    settings = [f"search.space.{family}=default"]
    experiment = read_experiment(EXPERIMENTS / f"{name}.yaml", registry, settings=settings)
    assert experiment.first_wave() == read_experiment(EXPERIMENTS / f"{name}.yaml", registry).first_wave()


def test_all_experiments_train_a_hundred_epochs_on_the_folds_of_the_article(registry):
    of_their_own = {
        "batch_size_and_epochs": {"optimizer": "adam"},  # its family sets the others
        "optimizer": {"epochs": 100, "batch_size": 10},
        "learning_rate": {"epochs": 100, "batch_size": 10, "optimizer": "sgd"},
    }
    for name in (*NAMES, *FIRST_HALF):
        experiment = read_experiment(EXPERIMENTS / f"{name}.yaml", registry)
        usual = {"epochs": 100, "batch_size": 10, "optimizer": "adam"}
        assert experiment.training.settings == of_their_own.get(name, usual)
        assert experiment.validation.resolved == {
            "method": "kfold",
            "folds": 3,
            "shuffle": False,
            "repeats": 1,
            "seeds": 1,
        }


@pytest.mark.parametrize("name", NAMES)
def test_the_honest_experiments_are_the_same_with_twenty_seeds_beside_the_published_scores(registry, name):
    honest = read_experiment(EXPERIMENTS / "honest" / f"{name}.yaml", registry)
    cosmetic = {"name", "description", "published", "refit", "reporters"}
    with_seeds = read_experiment(EXPERIMENTS / f"{name}.yaml", registry, settings=["validation.seeds=20"])
    assert {key for key, value in honest.resolved.items() if value != with_seeds.resolved[key]} <= cosmetic
    assert honest.name == f"honest-{name}"
    assert all(honest.published.of(candidate) is not None for candidate in honest.first_wave())
    assert len(honest.published.scores) == len(honest.first_wave())


def test_a_newcomer_runs_the_seven_experiments_of_the_folder_and_no_others():
    assert sorted(file.stem for file in experiment_files([EXPERIMENTS])) == sorted([*NAMES, *FIRST_HALF])


@pytest.mark.slow
def test_weights_of_zero_score_exactly_what_the_article_printed(gridloom):
    only_zero = "search.space.weight_init.init_mode=[zero]"
    done = gridloom(
        "run", EXPERIMENTS / "weight_init.yaml", "--set", only_zero, "--set", "reporters=[console]", "--all"
    )
    assert done.returncode == 0, done.stderr
    assert "0.651042 (0.024774) with: {'init_mode': 'zero'}\n" in done.stdout
    row = next(row for row in published() if row["parameters"] == '{"init_mode": "zero"}')
    assert (row["mean_accuracy"], row["std_accuracy"]) == ("0.651042", "0.024774")


@pytest.mark.slow
def test_tensorflow_gives_equal_tables_for_one_worker_and_for_two_that_are_killed_half_way(gridloom, tmp_path):
    arguments = [EXPERIMENTS / "dropout.yaml", "--engine", "scikeras", "--set", "training.epochs=2"]
    arguments += ["--set", "search.space.dropout={dropout_rate: [0.0, 0.3], weight_constraint: [1, 4]}"]
    done = gridloom("run", *arguments, "--n-jobs", 1, "--out", "whole")
    assert done.returncode == 0, done.stderr

    command = [sys.executable, "-m", "gridloom", "run", *map(str, arguments), "--n-jobs", "2", "--out", "killed"]
    process = subprocess.Popen(command, cwd=tmp_path, stdout=subprocess.DEVNULL)
    folder = tmp_path / "killed" / "dropout"
    while journaled(folder) < 4:
        assert process.poll() is None
        time.sleep(0.05)
    process.kill()
    process.wait()
    assert journaled(folder) < 12
    assert gridloom("run", *arguments, "--n-jobs", 1, "--out", "killed").returncode == 0

    whole, killed = ((tmp_path / out / "dropout" / "results.csv").read_bytes() for out in ("whole", "killed"))
    assert whole.count(b"complete") == 4
    assert whole == killed
