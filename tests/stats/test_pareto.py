"""The Pareto front: which candidates no other one beats in all respects, against the definition."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gridloom import Candidate, Fit, FitResult, Proposal, Trial
from gridloom.results.pareto import PARAMETERS, SECONDS, front, not_dominated
from gridloom.testing.results import make_result

NUMBERS = st.sampled_from([-1.0, -0.0, 0.0, 0.5, 1.0]) | st.floats(allow_nan=False, allow_infinity=False)
POINTS = st.integers(1, 4).flatmap(lambda width: st.lists(st.tuples(*[NUMBERS] * width), max_size=12))


def is_dominated(point, points):
    return any(
        all(a >= b for a, b in zip(other, point, strict=True)) and any(a > b for a, b in zip(other, point, strict=True))
        for other in points
    )


@given(POINTS)
def test_the_front_holds_the_points_that_no_other_dominates(points):
    assert not_dominated(points) == [not is_dominated(point, points) for point in points]


def trial(number, accuracy, f1, seconds, parameters):
    candidate = Candidate({"m": {"x": number}})
    fits = tuple(Fit(candidate, 0, fold) for fold in range(2))
    results = tuple(
        FitResult({"accuracy": accuracy, "f1": f1}, fit_seconds=seconds + fold, parameters=parameters)
        for fold in range(2)
    )
    return Trial(number, Proposal(candidate), fits, results)


TRIALS = [
    trial(4, 0.9, 0.5, 9.0, 30),
    trial(2, 0.8, 0.7, 1.0, 40),
    trial(7, 0.7, 0.6, 0.5, 20),
    trial(1, 0.6, 0.6, 8.0, 10),
]


def test_higher_scores_and_lower_costs_are_better():
    assert front(TRIALS, ["accuracy"]).members == (4,)
    assert front(TRIALS, ["accuracy", "f1"]).members == (4, 2)
    found = front(TRIALS, ["accuracy", "f1"], [SECONDS])
    assert (found.members, found.values[7]) == ((4, 2, 7), (0.7, 0.6, 1.0))
    assert front(TRIALS, ["f1"], [SECONDS]).members == (2, 7)
    found = front(TRIALS, ["f1"], [PARAMETERS])
    assert (found.members, found.values[2]) == ((2, 1), (0.7, 40.0))


def test_a_result_tells_which_costs_are_known(tmp_path):
    known = replace(make_result(tmp_path), trials=TRIALS)
    assert known.costs == ("fit seconds", "parameters")
    assert known.pareto(costs=["parameters"]).costs == ("parameters",)
    lacking = replace(known, trials=[*TRIALS, trial(8, 0.9, 0.9, 1.0, None)])
    assert lacking.costs == ("fit seconds",)
    with pytest.raises(ValueError, match="no cost 'parameters' here; known: fit seconds"):
        lacking.pareto(costs=["parameters"])
