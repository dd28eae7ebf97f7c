"""Built-in scorers keep the contract of scorers: some of each kind."""

from __future__ import annotations

from gridloom.testing import ScorerContract


class TestFbeta(ScorerContract):
    name = "fbeta"
    options = {"beta": 2.0}
    tasks = ("binary",)
    refused = {"beta": [0, -1.0], "average": ["mean"]}


class TestRocAuc(ScorerContract):
    name = "roc_auc"
    refused = {"max_fpr": [0, 1.5]}


class TestLogLoss(ScorerContract):
    name = "neg_log_loss"


class TestMeanSquaredError(ScorerContract):
    name = "neg_mean_squared_error"


class TestHammingLoss(ScorerContract):
    name = "neg_hamming_loss"
