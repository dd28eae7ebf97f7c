"""The strategy `zoom`: where its grids lie, what it narrows, and when it ends."""

from __future__ import annotations

import pytest

from gridloom import Budget, Choices, Extent, FitResult, Proposal, Range, Relation, Space, Trial, When
from gridloom.core.trials import Fit
from gridloom_plugins.strategies.zoom import plan, zoom
from strategies.driving import drive


def values_of(waves, name):
    return [sorted({trial.params[name] for trial in wave if name in trial.params}) for wave in waves]


def peak(**where):
    """A score with its peak at these values, by name."""

    def score(candidate, budget):
        return -sum(abs(candidate.flat[name] - value) for name, value in where.items() if name in candidate.flat)

    return score


def test_each_grid_goes_around_the_best_of_the_one_before_in_smaller_steps():
    waves = drive(zoom(Space({"m": {"x": Range(0.0, 1.0)}})), peak(x=0.7))
    assert values_of(waves, "x") == [[0, 0.5, 1], [0.25, 0.75], [0.625, 0.875], [0.6875, 0.8125]]
    waves = drive(zoom(Space({"m": {"x": Range(0.0, 1.0)}}), values=5, rounds=2), peak(x=0.0))
    assert values_of(waves, "x") == [[0, 0.25, 0.5, 0.75, 1], pytest.approx([0.25 / 3, 0.5 / 3])]


def test_steps_are_even_on_the_scale_of_the_range():
    waves = drive(zoom(Space({"m": {"x": Range(1e-4, 1.0, scale="log")}}), rounds=2), peak(x=1e-2))
    assert values_of(waves, "x") == [[1e-4, 1e-2, 1], pytest.approx([1e-3, 1e-1])]


@pytest.mark.parametrize(
    ("domain", "waves"),
    [
        (Range(1, 9), [[1, 5, 9], [3, 7], [6, 8]]),
        (Range(0.0, 1.0, step=0.25), [[0, 0.5, 1], [0.75], []]),
        (Range(1, 2), [[1, 2]]),
        (Choices(1, 7, 3), [[1, 3, 7]]),
    ],
)
def test_it_ends_where_there_are_no_values_in_between(domain, waves):
    found = values_of(drive(zoom(Space({"m": {"x": domain}}), rounds=9), peak(x=7)), "x")
    assert found[: len(waves)] == [wave for wave in waves if wave]
    assert len({value for wave in found for value in wave}) == sum(map(len, found))
    assert len(found) < 9


def test_lists_are_whole_at_first_and_then_narrowed_to_the_best():
    space = Space({"m": {"x": Range(0.0, 1.0), "how": Choices("a", "b", "c")}})
    waves = drive(zoom(space, rounds=3), lambda c, _: -abs(c.flat["x"] - 0.4) - (c.flat["how"] != "b"))
    assert values_of(waves, "how") == [["a", "b", "c"], ["b"], ["b"]]
    assert [len(wave) for wave in waves] == [9, 2, 2]


def test_it_ends_when_a_grid_is_statistically_tied_with_the_best():
    space = Space({"m": {"x": Range(0.0, 1.0)}}, full=Extent(seeds=8))
    waves = drive(zoom(space, rounds=20), peak(x=0.7), space.full)
    assert 4 <= len(waves) < 9
    last = [trial.params["x"] for trial in waves[-1]]
    assert max(last) - min(last) < 0.1


def test_values_of_lists_that_are_tied_stay():
    space = Space({"m": {"x": Range(0.0, 1.0), "how": Choices("a", "b", "c")}}, full=Extent(seeds=8))
    waves = drive(zoom(space, rounds=2), lambda c, _: -abs(c.flat["x"] - 0.7) - (c.flat["how"] == "b"), space.full)
    assert values_of(waves, "how") == [["a", "b", "c"], ["a", "c"]]


def test_conditions_and_unions_and_requirements_are_kept():
    first = {"m": {"x": Range(0.0, 1.0), "on": Choices(True, False), "y": When(Range(0.0, 1.0), {"on": (True,)})}}
    second = {"m": {"z": Range(1, 100)}}
    space = Space(first, second, require=[Relation("less", ("y", "x"))])
    waves = drive(zoom(space), lambda c, _: -abs(c.flat.get("x", 5) - 0.7) - abs(c.flat.get("y", 5) - 0.3))
    assert all(trial.candidate in space for wave in waves for trial in wave)
    assert any("z" in trial.params for trial in waves[0])
    assert not any("z" in trial.params for trial in waves[1])
    best = max((trial for wave in waves for trial in wave), key=lambda trial: trial.mean)
    assert best.params["on"]
    assert [best.params["x"], best.params["y"]] == pytest.approx([0.7, 0.3], abs=0.1)


def test_it_begins_where_others_ended():
    domains = {"m": {"x": Range(0.0, 1.0)}}
    candidate = Space(domains).at([0.3])
    tried = Trial(0, Proposal(candidate), (Fit(candidate, 0, 0),), (FitResult({"accuracy": 0.0}),))
    waves = drive(zoom(Space(domains, tried=[tried]), rounds=2), peak(x=0.3))
    assert values_of(waves, "x") == [[0, 0.5, 1], pytest.approx([0.05, 0.3, 0.55])]


def test_the_plan_is_what_it_tries_at_most():
    space = Space({"m": {"x": Range(0.0, 1.0), "y": Range(1, 100), "how": Choices("a", "b")}})
    assert [(wave.candidates, wave.label) for wave in plan(space, values=4, rounds=2)] == [
        (32, "round 0"),
        (50, "round 1"),
    ]
    assert {wave.budget for wave in plan(space)} == {Budget()}
    assert plan(space)[0].candidates == len(next(zoom(space)))


def test_a_coarse_grid_without_members_is_refused():
    space = Space({"m": {"x": Range(5.0, 6.0), "y": Range(1.0, 5.5)}}, require=[Relation("less", ("x", "y"))])
    with pytest.raises(
        ValueError, match="no combination of 2 values of each range meets the requirements; try more 'values'"
    ):
        next(zoom(Space({"m": {"x": Range(5, 6), "y": Range(1, 5)}}, require=[Relation("less", ("x", "y"))]), values=2))
    assert next(zoom(space, values=2))
