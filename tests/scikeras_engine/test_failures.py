"""Failures with the engine `scikeras`: some fail one trial alone, others stop the run."""

from __future__ import annotations

import pytest
from command_line import run_here

import gridloom
from scikeras_engine.searches import reasons, statuses, write

pytestmark = pytest.mark.slow


# Failures of one trial


def test_a_learning_rate_that_explodes_fails_its_trial_alone(search):
    result = search("mlp", {"training": {"learning_rate": [0.001, 1e30]}}, dataset={"name": "diabetes", "sample": 60})
    assert statuses(result) == ["complete", "failed"]
    assert all("NotFinite" in reason for reason in reasons(result))
    assert result.best is result.trials[0]


def test_a_network_that_divides_by_zero_fails_its_trial_alone(search):
    result = search("divides", {"model": {"by": [0.0, 1.0]}})
    assert statuses(result) == ["failed", "complete"]
    assert all("the training loss became nan in epoch 1" in reason for reason in reasons(result))


def test_a_builder_that_raises_for_one_value_fails_that_trial_alone(search):
    result = search("picky", {"model": {"units": [5, 13]}})
    assert statuses(result) == ["complete", "failed"]
    assert reasons(result) == ["ValueError: 13 units bring bad luck"] * 2
    assert "in picky" in result.trials[1].failures[0][1].traceback


# What stops the run, since no fit of it could be right


def test_a_family_that_finds_nothing_to_change_stops_the_run_at_once(folder):
    file = write(folder, "nothing-to-change", {"name": "mlp", "hidden": []}, {"neurons": "default"})
    done = run_here(folder, "run", file, "--n-jobs", 1, "--out", folder / "runs")
    assert done.returncode == 2
    assert "family 'neurons' changed nothing in the network of 'mlp'" in done.stderr
    assert "0 hidden layer(s)" in done.stderr
    assert "Traceback" not in done.stderr


def test_a_dropout_family_that_finds_no_hidden_layer_stops_the_run(search):
    with pytest.raises(gridloom.StopRun, match="family 'dropout' changed nothing"):
        search({"name": "mlp", "hidden": []}, {"dropout": "default"})


def test_families_refuse_a_subclassed_model_and_name_the_way(search):
    with pytest.raises(gridloom.StopRun, match=r"'subclassed'.*subclass of keras\.Model.*builder's own options under"):
        search("subclassed", {"neurons": {"neurons": [2, 5]}})


def test_a_builder_that_returns_no_model_stops_the_run(search):
    with pytest.raises(gridloom.StopRun, match=r"'no_model' returned str, not a keras\.Model"):
        search("no_model", {"model": {"units": [1, 2]}})
