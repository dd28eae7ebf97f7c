"""A traced function is the shortest list of equations that computes it, with its numbers for inputs."""

from __future__ import annotations

import json

import numpy as np
import pytest

X = np.linspace(1, 2, 5)


@pytest.fixture(scope="module")
def traced(in_worker, tmp_path_factory):
    """What the traces of the functions are and compute, by the functions' names."""
    folder = tmp_path_factory.mktemp("traces")
    in_worker("fused.trace_cases", folder)
    return json.loads((folder / "traces.json").read_text())


def test_what_is_computed_twice_is_there_once(traced):
    assert traced["twice"]["primitives"].count("pow") == 1
    np.testing.assert_allclose(traced["twice"]["values"], 4 * 0.9**X, rtol=1e-6)


def test_equal_operations_with_other_numbers_stay_apart(traced):
    assert traced["two powers"]["primitives"].count("pow") == 2
    np.testing.assert_allclose(traced["two powers"]["values"], 0.9**X + 0.8**X, rtol=1e-6)


def test_what_no_output_needs_is_left_out_with_its_numbers(traced):
    assert traced["a part for nothing"]["primitives"] == ["mul"]
    assert traced["a part for nothing"]["numbers"] == [0.5]


def test_functions_that_differ_in_numbers_alone_share_a_program(traced):
    assert traced["half"]["key"] == traced["quarter"]["key"]
    np.testing.assert_allclose(traced["half with a quarter's numbers"], 0.25 * X + 0.75, rtol=1e-6)
