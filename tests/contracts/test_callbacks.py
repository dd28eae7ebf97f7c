"""The built-in callbacks keep the contract of callbacks."""

from __future__ import annotations

from gridloom.testing import CallbackContract


class TestEarlyStopping(CallbackContract):
    name = "early_stopping"
    options = {"patience": 1, "restore_best_weights": True}
    refused = {"patience": [-1, 1.5, "long"], "min_delta": [-0.1], "mode": ["best"], "start_from_epoch": [-1]}
