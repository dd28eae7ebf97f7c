"""The built-in families keep the contract of families."""

from __future__ import annotations

import pytest

from gridloom.testing import FamilyContract

pytestmark = pytest.mark.slow

LINEAR = {"model": {"name": "tiny-network", "network": "linear"}}
DEEP = {"model": {"name": "tiny-network", "network": "deep"}}
WATCHED = {**LINEAR, "training": {"epochs": 1, "validation": 0.25}}
"""What is trained with a family for which one network is like another, or whose layers tests/families compares with Keras's."""


class TestActivation(FamilyContract):
    name = "activation"
    refused = {"activation": ["rellu", 1, None]}


class TestBatch(FamilyContract):
    name = "batch"
    experiment = LINEAR
    cannot_change = ()
    refused = {"batch_size": [0, 2.5, "all"], "epochs": [0, "many"]}


class TestBatchNorm(FamilyContract):
    name = "batch_norm"
    experiment = DEEP
    cannot_change = ("linear", "normalized")
    refused = {"position": ["behind", True], "momentum": [0, 1, "slow"]}


class TestDepth(FamilyContract):
    name = "depth"
    experiment = DEEP
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


class TestGaussianNoise(FamilyContract):
    name = "gaussian_noise"
    experiment = DEEP
    refused = {"stddev": [-0.1, 1.1, "loud", None]}


class TestLearningRate(FamilyContract):
    name = "learning_rate"
    experiment = LINEAR
    cannot_change = ()
    optimizer = "SGD"
    refused = {"learn_rate": [0, -0.1, "slow"], "momentum": [-0.1, 1.0]}


class TestNeurons(FamilyContract):
    name = "neurons"
    refused = {"neurons": [0, 2.5, "many"]}


class TestOptimizer(FamilyContract):
    name = "optimizer"
    experiment = LINEAR
    cannot_change = ()
    refused = {"optimizer": ["SGD", "adm", None]}


class TestRegularization(FamilyContract):
    name = "regularization"
    experiment = DEEP
    cannot_change = ()
    refused = {"l1": [-0.1, "much"], "l2": [-0.1, None]}


class TestSchedule(FamilyContract):
    name = "schedule"
    experiment = LINEAR
    cannot_change = ()
    refused = {"schedule": ["linear", 1], "warmup_epochs": [-1, 0.5]}


class TestWeightInit(FamilyContract):
    name = "weight_init"
    cannot_change = ()
    refused = {"init_mode": ["he", 0.5, None]}
