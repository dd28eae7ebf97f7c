"""Processes of this machine, workers that know nothing of it, and those of Dask keep the contract of executors."""

from __future__ import annotations

import pytest
from executors import far_workers

from gridloom.testing import ExecutorContract


class TestLoky(ExecutorContract):
    name = "loky"


class TestFar(ExecutorContract):
    name = "far"
    plugin = far_workers
    refused = {"workers": [0, 1.5]}
    # it is for tests alone, and test_executorlib.py has a real run by far workers
    test_nothing_heavy_is_imported_at_registration = None
    test_a_real_run_has_the_table_of_any_other = None


@pytest.mark.slow
class TestDask(ExecutorContract):
    name = "dask"
    options = {"cluster": "local"}
    refused = {"cluster": ["slum", 2], "workers": [0, {"minimum": 0}, {"minimum": 0, "maximum": 0}], "address": [8786]}
