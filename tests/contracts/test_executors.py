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
    # it is for tests alone, and test_executorlib.py has a real run by far workers
    test_nothing_heavy_is_imported_at_registration = None
    test_a_real_run_has_the_table_of_any_other = None
