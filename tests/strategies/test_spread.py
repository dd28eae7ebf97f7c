"""The strategies `sobol` and `latin_hypercube`: points of scipy's generators, without those that repeat or are not allowed."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.stats import qmc

from gridloom import Choices, Range, Relation, Space, When
from gridloom_plugins.strategies.latin_hypercube import latin_hypercube
from gridloom_plugins.strategies.random import random
from gridloom_plugins.strategies.sobol import sobol

PLANE = {"m": {"x": Range(0.0, 1.0), "y": Range(0.0, 1.0)}}
BOTH = pytest.mark.parametrize("strategy", [sobol, latin_hypercube])


def drawn(strategy, *domains, seed=0, candidates=20, require=()):
    (wave,) = strategy(Space(*domains, seed=seed, require=require), candidates=candidates)
    return [proposal.candidate for proposal in wave]


def coordinates(candidates) -> np.ndarray:
    return np.array([[*candidate.flat.values()] for candidate in candidates])


def test_sobol_goes_through_the_points_of_scipy():
    expected = qmc.Sobol(2, rng=np.random.default_rng(5)).random(64)
    assert coordinates(drawn(sobol, PLANE, seed=5, candidates=40)) == pytest.approx(expected[:40])
    assert coordinates(drawn(sobol, PLANE, seed=5, candidates=64)) == pytest.approx(expected)


def test_every_part_of_every_range_has_one_point_of_a_latin_hypercube():
    points = coordinates(drawn(latin_hypercube, PLANE, candidates=30))
    assert [sorted((points[:, axis] * 30).astype(int)) for axis in (0, 1)] == [list(range(30))] * 2


@BOTH
def test_the_space_is_filled_more_evenly_than_at_random(strategy):
    for seed in range(3):
        even, chance = (coordinates(drawn(each, PLANE, seed=seed, candidates=64)) for each in (strategy, random))
        assert qmc.discrepancy(even) < qmc.discrepancy(chance) / 2


@BOTH
def test_as_many_are_found_as_are_asked_for_where_points_repeat_or_miss_a_requirement(strategy):
    domains = {"m": {"x": Choices(*range(6)), "y": Choices(*range(6)), "z": Range(0.0, 1.0, count=3)}}
    require = (Relation("less", ("x", "y")),)
    space = Space(domains, require=require)
    found = drawn(strategy, domains, candidates=40, require=require)
    assert len(set(found)) == len(found) == 40 < space.size
    assert all(candidate in space for candidate in found)


@BOTH
def test_a_smaller_space_is_enumerated(strategy):
    domains = {"m": {"x": Choices(1, 2), "y": When(Choices(*"abc"), {"x": (2,)})}}
    assert drawn(strategy, domains) == list(Space(domains).enumerate())
    assert len(drawn(strategy, domains)) == 4


@BOTH
def test_all_parts_of_a_union_are_drawn_from(strategy):
    found = drawn(strategy, PLANE, {"m": {"z": Range(1, 100)}}, candidates=16)
    assert sum("z" in candidate.flat for candidate in found) == pytest.approx(8, abs=1)


@BOTH
def test_the_seed_decides_which_points(strategy):
    assert drawn(strategy, PLANE, seed=1) == drawn(strategy, PLANE, seed=1)
    assert not set(drawn(strategy, PLANE, seed=1)) & set(drawn(strategy, PLANE, seed=2))


@BOTH
def test_a_requirement_that_is_never_met_is_told(strategy):
    domains = {"m": {"x": Range(5.0, 6.0), "y": Range(1.0, 2.0)}}
    with pytest.raises(ValueError, match="none of 2,000 drawn candidates meets the requirements"):
        drawn(strategy, domains, require=(Relation("less", ("x", "y")),))
