"""The strategy `hyperband`: the brackets of the paper and of KerasTuner, in waves of one budget."""

from __future__ import annotations

import math

import pytest

from gridloom import Choices, Extent, Range, Space
from gridloom_plugins.strategies.hyperband import brackets_of, hyperband, plan
from strategies.driving import drive

WIDE = {"model": {"x": Range(0.0, 1.0)}}


def rungs(epochs: int, factor: int = 3, **options) -> dict[str, tuple[int, int]]:
    """How many candidates each rung of each bracket has, and for how many epochs, by labels."""
    space = Space(WIDE, seed=1, full=Extent(epochs=epochs))
    waves = drive(hyperband(space, epochs=1, factor=factor, **options), lambda candidate, _: candidate.flat["x"])
    found: dict[str, tuple[int, int]] = {}
    for trial in (trial for wave in waves for trial in wave):
        number, _ = found.get(trial.proposal.label, (0, 0))
        found[trial.proposal.label] = number + 1, trial.proposal.budget.epochs or epochs
    return found


PAPER = {
    4: [(81, 1), (27, 3), (9, 9), (3, 27), (1, 81)],
    3: [(34, 3), (11, 9), (3, 27), (1, 81)],
    2: [(15, 9), (5, 27), (1, 81)],
    1: [(8, 27), (2, 81)],
    0: [(5, 81)],
}
"""What algorithm 1 of the paper makes of R = 81 and eta = 3, by bracket: how many candidates, for how many epochs."""


def test_the_brackets_are_those_of_the_paper():
    expected = {f"bracket {s}, rung {i}": rung for s, bracket in PAPER.items() for i, rung in enumerate(bracket)}
    assert rungs(81) == expected


@pytest.mark.parametrize(
    ("epochs", "factor", "bracket", "numbers"),
    [(8, 2, 3, [(8, 1), (4, 2), (2, 4), (1, 8)]), (8, 2, 0, [(4, 8)]), (9, 3, 2, [(9, 1), (3, 3), (1, 9)]), (4, 2, 2, [(4, 1), (2, 2), (1, 4)])],
)  # fmt: skip
def test_brackets_are_those_that_the_tests_of_keras_tuner_expect(epochs, factor, bracket, numbers):
    found = rungs(epochs, factor)
    assert [found[f"bracket {bracket}, rung {rung}"] for rung in range(len(numbers))] == numbers
    assert f"bracket {bracket}, rung {len(numbers)}" not in found


@pytest.mark.parametrize(("most", "factor"), [(100, 3), (10, 2), (243, 3), (50, 4), (7, 3)])
def test_brackets_and_their_epochs_are_those_of_keras_tuner(most, factor):
    """As its `_get_num_brackets` and `_get_epochs` (1.4.8) have them.

    Its numbers of candidates are not those of the paper: `_get_size` rounds up what is left on later rungs, and a
    logarithm of the epochs that is not whole.
    """
    number = 0
    while most / factor**number >= 1:
        number += 1
    found = rungs(most, factor)
    assert len({label.split(",")[0] for label in found}) == number
    for bracket in range(number):
        begun = math.ceil(number / (bracket + 1) * factor**bracket)
        assert found[f"bracket {bracket}, rung 0"][0] == begun
        for rung in range(bracket + 1):
            candidates, epochs = found[f"bracket {bracket}, rung {rung}"]
            assert epochs == math.ceil(most / factor ** (bracket - rung))
            assert candidates == begun // factor**rung


def test_a_wave_has_one_budget_and_the_plan_says_how_many_candidates_it_has():
    space = Space(WIDE, seed=1, full=Extent(epochs=81))
    waves = drive(hyperband(space, epochs=[3, 81]), lambda candidate, _: candidate.flat["x"])
    assert [{trial.proposal.budget for trial in wave} for wave in waves] == [
        {wave.budget} for wave in plan(space, epochs=3)
    ]
    assert (
        [len(wave) for wave in waves]
        == [wave.candidates for wave in plan(space, epochs=3)]
        == [27, 9 + 12, 3 + 4 + 6, 1 + 1 + 2 + 4]
    )
    assert plan(space, epochs=3)[1].label == "bracket 3, rung 1; bracket 2, rung 0"


def test_the_best_of_each_rung_go_on():
    space = Space(WIDE, seed=1, full=Extent(epochs=9))
    waves = drive(hyperband(space, epochs=1), lambda candidate, _: candidate.flat["x"])
    first = sorted((trial.mean for trial in waves[0]), reverse=True)
    second = [trial.mean for trial in waves[1] if trial.proposal.label == "bracket 2, rung 1"]
    assert second == first[:3]


def test_a_small_space_is_shared_by_the_brackets_and_nothing_is_trained_twice():
    space = Space({"model": {"x": Choices(*range(10))}}, seed=1, full=Extent(epochs=81))
    waves = drive(hyperband(space, epochs=1), lambda candidate, _: candidate.flat["x"])
    pairs = [(trial.candidate, trial.proposal.budget) for wave in waves for trial in wave]
    assert len(set(pairs)) == len(pairs)
    assert all(
        len(wave) <= planned.candidates <= 10 for wave, planned in zip(waves, plan(space, epochs=1), strict=True)
    )
    assert waves[-1][-1].proposal.budget.epochs is None
    assert max(trial.mean for trial in waves[-1]) == 9
    assert [bracket.sizes for bracket in brackets_of(5, 3, 10)] == [(10, 3, 1), (10, 3, 1), (10, 5, 1), (8, 2), (5,)]


def test_failed_candidates_do_not_go_on():
    space = Space(WIDE, seed=1, full=Extent(epochs=9))
    waves = drive(hyperband(space, epochs=1), lambda c, b: None if b.epochs == 1 else c.flat["x"])
    assert {trial.proposal.label.split(",")[0] for wave in waves[1:] for trial in wave} == {"bracket 1", "bracket 0"}


def test_brackets_that_would_draw_too_many_are_refused():
    with pytest.raises(
        ValueError, match=r"these brackets would draw [0-9,]+ candidates, more than 50,000; start with a larger budget"
    ):
        next(hyperband(Space(WIDE, full=Extent(epochs=100_000)), epochs=1))


def test_more_rounds_draw_other_candidates_for_the_same_brackets():
    space = Space(WIDE, seed=1, full=Extent(epochs=9))
    once = drive(hyperband(space, epochs=1), lambda candidate, _: candidate.flat["x"])
    twice = drive(hyperband(space, epochs=1, rounds=2), lambda candidate, _: candidate.flat["x"])
    assert [[trial.proposal for trial in wave] for wave in twice[:3]] == [
        [trial.proposal for trial in wave] for wave in once
    ]
    assert [len(wave) for wave in twice] == [wave.candidates for wave in plan(space, epochs=1, rounds=2)]
    assert not {trial.candidate for wave in twice[:3] for trial in wave} & {
        trial.candidate for wave in twice[3:] for trial in wave
    }
    assert twice[3][0].proposal.label == "round 1, bracket 2, rung 0"


def test_rounds_end_where_a_small_space_has_nothing_more():
    space = Space({"model": {"x": Choices(*range(6))}}, seed=1, full=Extent(epochs=9))
    waves = drive(hyperband(space, epochs=1, rounds=50), lambda candidate, _: candidate.flat["x"])
    trained = [trial.candidate for wave in waves for trial in wave if trial.proposal.budget.epochs is None]
    assert len(trained) == len(set(trained)) <= 6
    assert max(trial.mean for wave in waves for trial in wave) == 5
