"""Experiments as users meet them: `gridloom check`, and the file that a run keeps."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from binding.texts import ESTIMATOR, NETWORK, with_line, with_space
from gridloom import Data
from gridloom.experiment.bind import read_experiment
from gridloom.runs.directory import open_run

EXPERIMENTS = Path(__file__).parents[2] / "experiments"


# --- what a run keeps -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize("text", ["1e5", "08", "0x1F", "on", "null", "012", "1:30", "2020-01-01", "é😀 #: x", "1_000"])
def test_an_experiment_kept_by_a_run_says_the_same_when_it_is_read_again(read, registry, tmp_path, text):
    experiment = read(with_line(f'description: "{text}"') + "reporters: [csv]\n")
    data = Data(np.arange(20.0).reshape(10, 2), np.arange(10) % 2, ("a", "b"), "y", ("no", "yes"))
    with open_run(experiment, data, tmp_path / "run", fresh=False):
        pass
    again = read_experiment(tmp_path / "run" / "experiment.yaml", registry)
    assert again.description == text
    assert again.resolved == experiment.resolved


# --- the command line -----------------------------------------------------------------------------------------------


def test_check_prints_the_plan_of_every_published_experiment(gridloom):
    done = gridloom("check", *sorted(EXPERIMENTS.glob("*.yaml")))
    assert (done.returncode, done.stderr) == (0, "")
    plans = {
        "activation": ("8 by grid: activation (8)", "8 x 3 x 1 = 24"),
        "batch_size_and_epochs": ("18 by grid: batch_size (6) x epochs (3)", "18 x 3 x 1 = 54"),
        "dropout": ("50 by grid: dropout_rate (10) x weight_constraint (5)", "50 x 3 x 1 = 150"),
        "learning_rate": ("30 by grid: learn_rate (5) x momentum (6)", "30 x 3 x 1 = 90"),
        "neurons": ("7 by grid: neurons (7)", "7 x 3 x 1 = 21"),
        "optimizer": ("7 by grid: optimizer (7)", "7 x 3 x 1 = 21"),
        "weight_init": ("8 by grid: init_mode (8)", "8 x 3 x 1 = 24"),
    }
    assert done.stdout == "".join(
        f"{EXPERIMENTS / name}.yaml: '{name}' is valid\n"
        "  data set    pima\n"
        "  model       mlp\n"
        f"  candidates  {candidates}\n"
        "  validation  kfold, 3 splits, 1 seed(s) each\n"
        f"  fits        {fits}\n"
        "  engine      fused (auto: it trains models of the kind 'network'; scikeras if it cannot)\n"
        for name, (candidates, fits) in plans.items()
    )


def test_check_counts_repeats_and_seeds_and_names_the_sample(gridloom, tmp_path):
    text = with_line("validation: {method: kfold, folds: 4, shuffle: true, repeats: 2, seeds: 3}")
    (tmp_path / "small.yaml").write_text(text)
    done = gridloom("check", "small.yaml", "--set", "dataset.sample=0.5")
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout.splitlines() == [
        "small.yaml: 'small' is valid",
        "  data set    iris, a sample of 0.5",
        "  model       mlp",
        "  candidates  2 by grid: neurons (2)",
        "  validation  kfold, 8 splits, 3 seed(s) each",
        "  fits        2 x 8 x 3 = 48",
        "  engine      fused (auto: it trains models of the kind 'network'; scikeras if it cannot)",
    ]


def test_check_tells_all_problems_of_all_files_and_exits_with_2(gridloom, tmp_path):
    (tmp_path / "one.yaml").write_text(NETWORK.replace("iris", "irsi").replace("mlp", "mpl"))
    (tmp_path / "two.yaml").write_text("seed: [1, 2\n")
    (tmp_path / "three.yaml").write_text(ESTIMATOR)
    done = gridloom("check", "one.yaml", "two.yaml", "three.yaml", "four.yaml")
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr.splitlines() == [
        "gridloom:",
        "one.yaml:2:10: unknown data set 'irsi'; did you mean 'iris'?",
        "one.yaml:3:8: unknown model builder 'mpl'; did you mean 'mlp'?",
        "two.yaml:1:7: this is not YAML: the bracket that opens here is not closed, or a comma is missing in it",
        "four.yaml: cannot be read: No such file or directory",
    ]


def test_check_says_that_a_file_name_is_too_long(gridloom):
    done = gridloom("check", "a" * 5000)
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr.startswith("gridloom: aaa")
    assert done.stderr.endswith("aaa: cannot be read: File name too long\n")


def test_check_tells_one_problem_on_one_line(gridloom, tmp_path):
    (tmp_path / "small.yaml").write_text(with_space("{neurons: {neurons: [0]}}"))
    done = gridloom("check", "small.yaml")
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr == "gridloom: small.yaml:6:31: should be greater than or equal to 1, not 0\n"
