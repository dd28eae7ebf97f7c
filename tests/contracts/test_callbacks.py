"""The built-in callbacks keep the contract of callbacks."""

from __future__ import annotations

from gridloom.testing import CallbackContract


class TestEarlyStopping(CallbackContract):
    name = "early_stopping"
    options = {"patience": 1, "restore_best_weights": True}
    refused = {"patience": [-1, 1.5, "long"], "min_delta": [-0.1], "mode": ["best"], "start_from_epoch": [-1]}


class TestReduceOnPlateau(CallbackContract):
    name = "reduce_lr_on_plateau"
    options = {"patience": 1, "factor": 0.5, "monitor": "loss", "min_delta": 0.5}
    refused = {"factor": [0, 1], "patience": [-1], "cooldown": [1.5], "min_lr": [-0.1]}


class TestSchedule(CallbackContract):
    name = "lr_schedule"
    options = {"schedule": "step", "factor": 0.5, "every": 2, "warmup_epochs": 2}
    refused = {"schedule": ["linear"], "factor": [0, 1.5], "every": [0], "epochs": [0], "warmup_epochs": [-1]}


class TestCosine(CallbackContract):
    name = "lr_schedule"


class TestTimeLimit(CallbackContract):
    name = "time_limit"
    options = {"seconds": 300}
    refused = {"seconds": [0, -1, "long"]}


class TestTerminateOnNaN(CallbackContract):
    name = "terminate_on_nan"
