"""The simplest of several candidates."""

from __future__ import annotations

import pytest

from gridloom import Candidate, Choices, Family, Parameter
from gridloom.results.statistics.simplicity import simplest


def candidates(*values):
    """Candidates with these neurons and rates."""
    return [Candidate({"net": {"neurons": neurons, "rate": rate}}) for neurons, rate in values]


def test_it_has_the_smallest_of_what_is_simpler_when_smaller():
    assert simplest(candidates((20, 0.1), (5, 0.3), (10, 0.0)), {"net": {"neurons": "smaller"}}) == 1
    assert simplest(candidates((20, 0.1), (5, 0.3), (10, 0.0)), {"net": {"neurons": "larger"}}) == 0


def test_the_parameter_declared_first_decides_and_then_the_next():
    among = candidates((5, 0.1), (5, 0.3), (10, 0.9))
    assert simplest(among, {"net": {"neurons": "smaller", "rate": "larger"}}) == 1
    assert simplest(among, {"net": {"rate": "larger", "neurons": "smaller"}}) == 2


def test_of_equally_simple_ones_it_is_the_first():
    assert simplest(candidates((10, 0.1), (5, 0.3), (5, 0.0)), {"net": {"neurons": "smaller"}}) == 1


@pytest.mark.parametrize("simpler", [{}, {"net": {}}, {"other": {"neurons": "smaller"}}, {"net": {"width": "smaller"}}])
def test_there_is_none_where_nothing_that_all_have_is_declared(simpler):
    assert simplest(candidates((10, 0.1), (5, 0.3)), simpler) is None


@pytest.mark.parametrize("value", [None, "many", True, [5]])
def test_a_parameter_that_is_no_number_somewhere_decides_nothing(value):
    among = candidates((10, 0.1), (value, 0.3))
    assert simplest(among, {"net": {"neurons": "smaller"}}) is None
    assert simplest(among, {"net": {"neurons": "smaller", "rate": "larger"}}) == 1


@pytest.mark.parametrize("simpler", ["small", "", True, "Smaller"])
def test_a_family_refuses_an_order_that_is_neither_smaller_nor_larger(simpler):
    with pytest.raises(ValueError, match=r"^family 'net': the 'simpler' values of 'width' must be 'smaller' or 'lar"):
        Family("net", "Net.", lambda draft, width: None, (Parameter("width", Choices(1, 2), simpler),))


def test_a_parameter_that_some_candidates_lack_decides_nothing():
    simpler = {"neurons": {"neurons": "smaller"}, "dropout": {"dropout_rate": "smaller"}}
    candidates = [Candidate({"neurons": {"neurons": 9}}), Candidate({"dropout": {"dropout_rate": 0.1}})]
    assert simplest(candidates, simpler) is None
    candidates = [
        Candidate({"neurons": {"neurons": 9}, "dropout": {"dropout_rate": 0.1}}),
        Candidate({"neurons": {"neurons": 5}}),
    ]
    assert simplest(candidates, simpler) == 1
