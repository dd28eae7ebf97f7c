"""The built-in model builders keep the contract of model builders."""

from __future__ import annotations

import pytest

from gridloom.core.data import TASKS
from gridloom.testing import ModelBuilderContract

pytestmark = pytest.mark.slow


class TestLogisticRegression(ModelBuilderContract):
    name = "logistic_regression"
    tasks = ("binary", "multiclass", "multilabel")
    refused = {"C": [0, -1.0, "strong"], "max_iter": [0, 0.5]}


class TestMlp(ModelBuilderContract):
    name = "mlp"
    tasks = TASKS
    options = {"hidden": [6, 3], "dropout": 0.2, "max_norm": 3}
    refused = {"hidden": [12, [0], ["wide"]], "activation": ["rellu"], "dropout": [1.0], "max_norm": [0]}


class TestMlpOfImages(ModelBuilderContract):
    name = "mlp"
    input_shape = (4, 4)


class TestRandomForest(ModelBuilderContract):
    name = "random_forest"
    tasks = TASKS
    options = {"trees": 5}
    refused = {"trees": [0, 1.5], "max_depth": [0], "min_samples_leaf": [0]}
