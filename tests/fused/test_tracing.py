"""A traced function is the shortest list of equations that computes it, with its numbers for inputs."""

from __future__ import annotations

import numpy as np

X = np.linspace(1, 2, 5, dtype="float32")


def traced(function):
    from gridloom_plugins.fused.tracing import trace

    return trace(function, X)[0]


def primitives(found):
    return [equation.primitive.name for equation in found.jaxpr.eqns]


def test_what_is_computed_twice_is_there_once():
    found = traced(lambda x: 0.9**x + 3.0 * 0.9**x)
    assert primitives(found).count("pow") == 1
    np.testing.assert_allclose(found(found.numbers, X)[0], 4 * 0.9**X, rtol=1e-6)


def test_equal_operations_with_other_numbers_stay_apart():
    found = traced(lambda x: 0.9**x + 0.8**x)
    assert primitives(found).count("pow") == 2
    np.testing.assert_allclose(found(found.numbers, X)[0], 0.9**X + 0.8**X, rtol=1e-6)


def test_what_no_output_needs_is_left_out_with_its_numbers():
    def function(x):
        _ = x / 7.0
        return x * 0.5

    found = traced(function)
    assert primitives(found) == ["mul"]
    assert found.numbers.tolist() == [0.5]


def test_functions_that_differ_in_numbers_alone_share_a_program():
    half, third = traced(lambda x: 0.5 * x + 0.5), traced(lambda x: 0.25 * x + 0.75)
    assert half.key == third.key
    np.testing.assert_allclose(half(third.numbers, X)[0], 0.25 * X + 0.75, rtol=1e-6)
