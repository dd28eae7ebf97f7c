"""The built-in families keep the contract of families."""

from __future__ import annotations

import pytest

from gridloom import Status
from gridloom.testing import FamilyContract, run_tiny

pytestmark = pytest.mark.slow

LINEAR = {"model": {"name": "tiny-network", "network": "linear"}}
WATCHED = {**LINEAR, "training": {"epochs": 1, "validation": 0.25}}

TOGETHER = {
    "depth": {"depth": [3]},
    "batch_norm": {"position": ["before"], "momentum": [0.9]},
    "noise": {"stddev": [0.1]},
    "regularization": {"l1": [0.001], "l2": [0.01]},
    "learning_rate": {"learn_rate": [0.2], "momentum": [0.5]},
    "optimizer": {"optimizer": ["sgd"]},
    "batch": {"batch_size": [8], "epochs": [2]},
    "weight_init": {"init_mode": ["uniform"]},
}


class TrainedTogether(FamilyContract):
    """A family that is trained with the others of TOGETHER, and not alone with every network, which takes longer."""

    test_networks_are_trained_with_it = None


class TestActivation(FamilyContract):
    name = "activation"
    refused = {"activation": ["rellu", 1, None]}


class TestBatch(TrainedTogether):
    name = "batch"
    cannot_change = ()
    refused = {"batch_size": [0, 2.5, "all"], "epochs": [0, "many"]}


class TestBatchNorm(TrainedTogether):
    name = "batch_norm"
    cannot_change = ("linear", "normalized")
    refused = {"position": ["behind", True], "momentum": [0, 1, "slow"]}


class TestDepth(TrainedTogether):
    name = "depth"
    cannot_change = ("linear", "recurrent")
    refused = {"depth": [0, 1.5, None]}


class TestDropout(FamilyContract):
    name = "dropout"
    refused = {"dropout_rate": [-0.1, 1.0, "much", None], "weight_constraint": [0, "tight"]}


class TestEarlyStopping(FamilyContract):
    name = "early_stopping"
    experiment = WATCHED
    cannot_change = ()
    refused = {"patience": [-1, 1.5, "long"], "min_delta": [-0.1], "restore_best_weights": ["yes"], "monitor": [1]}


class TestGaussianNoise(TrainedTogether):
    name = "noise"
    refused = {"stddev": [-0.1, 1.1, "loud", None]}


class TestLearningRate(TrainedTogether):
    name = "learning_rate"
    cannot_change = ()
    optimizer = "SGD"
    refused = {"learn_rate": [0, -0.1, "slow"], "momentum": [-0.1, 1.0]}


class TestNeurons(FamilyContract):
    name = "neurons"
    refused = {"neurons": [0, 2.5, "many"]}


class TestOptimizer(TrainedTogether):
    name = "optimizer"
    cannot_change = ()
    refused = {"optimizer": ["SGD", "adm", None]}


class TestRegularization(TrainedTogether):
    name = "regularization"
    cannot_change = ()
    refused = {"l1": [-0.1, "much"], "l2": [-0.1, None]}


class TestSchedule(FamilyContract):
    name = "schedule"
    experiment = LINEAR
    cannot_change = ()
    refused = {"schedule": ["linear", 1], "warmup_epochs": [-1, 0.5]}


class TestWeightInit(TrainedTogether):
    name = "weight_init"
    cannot_change = ()
    refused = {"init_mode": ["he", 0.5, None]}


def test_an_engine_trains_a_network_that_many_families_have_edited(tmp_path):
    network = {"name": "tiny-network", "network": "dense"}
    keys = {"model": network, "training": {"optimizer": "sgd"}, "search": {"space": TOGETHER}}
    (trial,) = run_tiny(tmp_path, **keys).trials
    assert (trial.status, trial.failures) == (Status.COMPLETE, [])
    assert [found.epochs for found in trial.results] == [2, 2]
