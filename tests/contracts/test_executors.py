"""Processes of this machine, and workers that know nothing of it, keep the contract of executors."""

from __future__ import annotations

from executors import far_workers

from gridloom.testing import ExecutorContract


class TestLoky(ExecutorContract):
    name = "loky"


class TestFar(ExecutorContract):
    name = "far"
    plugin = far_workers
    refused = {"workers": [0, 1.5]}
