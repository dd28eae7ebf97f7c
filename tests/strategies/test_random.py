"""The strategy `random`: how many candidates it draws, from what, and that it draws them again."""

from __future__ import annotations

import pytest
from command_line import run_here

import gridloom
from gridloom import Choices, Range, Space
from gridloom.experiment.bind import read_experiment
from gridloom.runs.reading import load_result
from gridloom_plugins.strategies.random import random

RATES = {"model": {"C": {"low": 0.001, "high": 100.0, "scale": "log"}}}


def drawn(domains, seed=0, **options):
    (wave,) = random(Space({"m": domains}, seed=seed), **options)
    return [proposal.candidate for proposal in wave]


LARGE = {f"p{axis}": Choices(*range(10)) for axis in range(10)}


@pytest.mark.parametrize(
    "domains", [LARGE, {"x": Range(0.0, 1.0)}, {"x": Range(1, 10**9, scale="log"), "y": Choices("a", "b")}]
)
def test_as_many_candidates_are_drawn_as_are_asked_for_and_none_twice(domains):
    candidates = drawn(domains, candidates=200)
    assert len(set(candidates)) == len(candidates) == 200
    assert len({candidate.values["m"][name] for candidate in candidates for name in domains}) > 9
    assert len(drawn(domains)) == 20


@pytest.mark.parametrize("asked", [11, 12, 1000])
def test_a_space_that_has_no_more_is_searched_as_a_whole_in_another_order(asked):
    domains = {"x": Choices(*range(4)), "y": Range(0.0, 1.0, count=3)}
    candidates = drawn(domains, candidates=asked)
    every = list(Space({"m": domains}).enumerate())
    assert len(set(candidates)) == len(candidates) == min(asked, 12)
    assert set(candidates) <= set(every)
    assert candidates != every


def test_a_range_so_narrow_that_it_holds_fewer_numbers_than_are_asked_for_does_not_go_on_for_ever():
    assert 1 <= len(drawn({"x": Range(1.0, 1.00000000001)}, candidates=100)) < 100


def test_the_seed_decides_what_is_drawn():
    assert drawn(LARGE, seed=1) == drawn(LARGE, seed=1)
    assert not set(drawn(LARGE, seed=1)) & set(drawn(LARGE, seed=2))


def test_the_fits_of_a_run_are_those_of_the_candidates_that_are_drawn_again(write, registry, tmp_path):
    file = write(search={"strategy": {"name": "random", "candidates": 4}, "space": RATES})
    result = gridloom.run(file, out=tmp_path / "runs", n_jobs=1)
    again = load_result(read_experiment(file, registry), tmp_path / "runs" / "small")
    assert again.is_complete
    assert [trial.scores for trial in again.trials] == [trial.scores for trial in result.trials]
    assert len(again.trials) == 4


def test_another_seed_is_another_experiment(write, registry):
    one, other = (
        read_experiment(write(search={"strategy": "random", "space": RATES}, seed=seed), registry) for seed in (1, 2)
    )
    assert len(set(one.first_wave()) | set(other.first_wave())) == 40


@pytest.mark.parametrize(("asked", "said"), [(2, False), (3, True)])
def test_a_space_that_has_fewer_than_are_asked_for_is_told_by_check_and_by_the_run(tmp_path, asked, said):
    (tmp_path / "e.yaml").write_text(
        "dataset: {name: iris, sample: 30}\n"
        "model: logistic_regression\n"
        f"search: {{strategy: {{name: random, candidates: {asked}}}, space: {{model: {{C: [0.1, 1.0]}}}}}}\n"
        "validation: {folds: 2}\n"
    )
    told = "the space has 2 candidates, fewer than the 3 requested from 'random'"
    for command in (("check", "e.yaml"), ("run", "e.yaml", "-j", "1")):
        done = run_here(tmp_path, *command)
        assert (done.returncode, told in done.stdout) == (0, said), done.stderr
