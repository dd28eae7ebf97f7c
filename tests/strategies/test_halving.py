"""The strategy `halving`: the rungs, budgets and survivors of scikit-learn's successive halving, and what it refuses."""

from __future__ import annotations

import math

import numpy as np
import pytest
from sklearn.base import BaseEstimator
from sklearn.experimental import enable_halving_search_cv  # noqa: F401
from sklearn.model_selection import HalvingGridSearchCV, HalvingRandomSearchCV

from gridloom import Budget, Choices, Extent, Space, Trial
from gridloom_plugins.strategies.halving import halving, plan
from strategies.driving import drive

ROWS = np.zeros((4, 1))
SPLITS = [([0, 1], [2, 3])]


def merit(x: float, epochs: float) -> float:
    """A score whose order of candidates changes with the epochs."""
    return math.sin(7 * x) + math.cos(x * math.log(epochs + 1))


def tied(x: float, epochs: float) -> float:
    """A score that many candidates share."""
    return float(x % 3)


class Made(BaseEstimator):
    """An estimator whose score depends on its parameters alone."""

    def __init__(self, x=0, epochs=1, score_of=merit):
        self.x = x
        self.epochs = epochs
        self.score_of = score_of

    def fit(self, features, labels=None):
        return self

    def score(self, features, labels=None):
        return self.score_of(self.x, self.epochs)


def space(candidates: int, **full) -> Space:
    return Space({"model": {"x": Choices(*range(candidates))}}, seed=3, full=Extent(**full))


def ours(of: Space, score_of=merit, **options) -> list[list[Trial]]:
    def score(candidate, budget):
        return score_of(candidate.flat["x"], budget.epochs or of.full.epochs)

    return drive(halving(of, **options), score)


@pytest.mark.parametrize(
    ("candidates", "low", "high", "factor", "rungs", "score_of"),
    [
        (27, 1, 100, 3, "exhaust", merit),
        (27, 1, 100, 2, "exhaust", tied),
        (81, 1, 20, 3, "exhaust", merit),
        (5, 1, 1000, 3, "exhaust", tied),
        (13, 2, 64, 2, "smallest", tied),
        (27, 9, 200, 3, "smallest", merit),
        (2, 5, 7, 3, "smallest", merit),
        (30, 3, 60, 4, "smallest", merit),
    ],
)
def test_rungs_and_survivors_are_those_of_scikit_learn(candidates, low, high, factor, rungs, score_of):
    search = HalvingGridSearchCV(
        Made(score_of=score_of),
        {"x": list(range(candidates))},
        resource="epochs",
        min_resources="exhaust" if rungs == "exhaust" else low,
        max_resources=high,
        factor=factor,
        cv=SPLITS,
        refit=False,
    ).fit(ROWS, [0, 1, 0, 1])
    found = search.cv_results_
    waves = ours(space(candidates, epochs=high), score_of, epochs=low, factor=factor, rungs=rungs)
    assert [len(wave) for wave in waves] == search.n_candidates_
    assert [wave[0].proposal.budget.epochs or high for wave in waves] == search.n_resources_
    for number, wave in enumerate(waves):
        theirs = [params["x"] for params, rung in zip(found["params"], found["iter"], strict=True) if rung == number]
        if score_of is tied:  # numpy sorts equal scores in an order that depends on the processor
            assert sorted(trial.mean for trial in wave) == sorted(tied(x, 1) for x in theirs)
        else:
            assert {trial.params["x"] for trial in wave} == set(theirs)
    assert max(trial.mean for trial in waves[-1]) == found["mean_test_score"][search.best_index_]


def test_drawn_candidates_make_the_rungs_of_the_randomized_search_of_scikit_learn():
    search = HalvingRandomSearchCV(
        Made(),
        {"x": list(range(1000))},
        n_candidates=40,
        resource="epochs",
        max_resources=300,
        min_resources="exhaust",
        cv=SPLITS,
        refit=False,
        random_state=0,
    ).fit(ROWS, [0, 1, 0, 1])
    waves = ours(space(1000, epochs=300), epochs=1, candidates=40, rungs="exhaust")
    assert [len(wave) for wave in waves] == search.n_candidates_ == [40, 14, 5, 2]
    assert [wave[0].proposal.budget.epochs for wave in waves] == search.n_resources_ == [11, 33, 99, 297]


def test_more_candidates_than_a_logarithm_of_floats_counts_rightly():
    """scikit-learn 1.9 takes floor(log(243, 3)) for 4, and ends with 3 candidates."""
    assert math.floor(math.log(243, 3)) == 4
    assert [wave.candidates for wave in plan(space(243, epochs=243), epochs=1)] == [243, 81, 27, 9, 3, 1]


@pytest.mark.parametrize(
    ("options", "full", "budgets"),
    [
        ({"epochs": 9}, {"epochs": 200}, [Budget(23), Budget(67), Budget()]),
        ({"epochs": [9, 100]}, {"epochs": 200}, [Budget(12), Budget(34), Budget(100)]),
        ({"epochs": 1}, {"epochs": 2}, [Budget()]),
        ({}, {"epochs": 100}, [Budget(12), Budget(34), Budget()]),
        ({}, {}, [Budget(share=1 / 9), Budget(share=1 / 3), Budget()]),
        ({"epochs": 1, "factor": 2}, {"epochs": 5}, [Budget(2), Budget(3), Budget()]),
        ({"share": 0.1}, {}, [Budget(share=1 / 9), Budget(share=1 / 3), Budget()]),
        ({"share": [0.1, 0.5]}, {}, [Budget(share=0.5 / 3), Budget(share=0.5)]),
        ({"cells": 3}, {"splits": 5, "seeds": 6}, [Budget(cells=4), Budget(cells=10), Budget()]),
        ({"cells": [3, 30], "rungs": "smallest"}, {"splits": 5, "seeds": 6}, [Budget(cells=3), Budget(cells=9), Budget(cells=27)]),
        ({"share": 0.1, "rungs": "exhaust"}, {}, [Budget(share=1 / 9), Budget(share=1 / 3), Budget()]),
    ],
)  # fmt: skip
def test_the_last_rung_is_a_full_training_and_none_repeats_a_budget(options, full, budgets):
    found = [wave[0].proposal.budget for wave in drive(halving(space(9, **full), **options), lambda c, _: c.flat["x"])]
    assert found == budgets
    assert [wave.budget for wave in plan(space(9, **full), **options)] == found


def test_of_equal_means_the_first_go_on():
    waves = drive(halving(space(9, epochs=9), epochs=1), lambda candidate, _: float(candidate.flat["x"] > 3))
    assert [[trial.params["x"] for trial in wave] for wave in waves] == [list(range(9)), [4, 5, 6], [4]]


def test_failed_candidates_do_not_survive():
    def score(candidate, budget):
        return None if candidate.flat["x"] != 4 or budget.epochs is None else 1.0

    waves = drive(halving(space(9, epochs=81), epochs=9), score)
    assert [[trial.params["x"] for trial in wave] for wave in waves] == [list(range(9)), [4], [4]]
    assert len(drive(halving(space(9, epochs=81), epochs=9), lambda *_: None)) == 1


@pytest.mark.parametrize(
    ("options", "told"),
    [
        (
            {"epochs": 9, "share": 0.1},
            "only one budget can grow from rung to rung; give only one of 'epochs' and 'share'",
        ),
        ({"epochs": [9, 300]}, "'epochs' grow to 300, but a full training has 200"),
        (
            {"epochs": 300},
            "'epochs: 300' is the smallest budget, but a full training has 200; start with less",
        ),
        ({"epochs": [150, 100]}, "'epochs' grow from 150 to 100; the smaller number comes first, and is at most 200"),
        ({"cells": [5, 3]}, "'cells' grow from 5 to 3"),
    ],
)
def test_what_cannot_grow_is_refused_before_anything_is_trained(options, told):
    for start in (
        lambda: next(halving(space(9, epochs=200, splits=5), **options)),
        lambda: plan(space(9, epochs=200, splits=5), **options),
    ):
        with pytest.raises(ValueError, match=told):
            start()


def test_epochs_do_not_grow_where_none_are_counted():
    with pytest.raises(
        ValueError, match="the engine does not count them, or they are searched; use 'share' or 'cells'"
    ):
        next(halving(space(9), epochs=1))
