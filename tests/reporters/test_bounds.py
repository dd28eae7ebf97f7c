"""What scores can be: the ends within which intervals are drawn."""

from __future__ import annotations

import math

import numpy as np
import pytest
from sklearn.metrics import get_scorer, get_scorer_names
from sklearn.tree import DecisionTreeClassifier, DecisionTreeRegressor

from gridloom_plugins.figures.bounds import Bounds, bounds_of


@pytest.mark.filterwarnings("ignore")
def test_no_scorer_of_scikit_learn_ever_leaves_the_ends_that_are_known_of_it():
    rng = np.random.default_rng(0)
    checked = 0
    for _ in range(10):
        X, y = rng.random((30, 2)), rng.integers(0, 2, 30)
        for model in (DecisionTreeClassifier(max_depth=1), DecisionTreeRegressor(max_depth=1)):
            model.fit(X, y)
            for name in get_scorer_names():
                try:
                    score = get_scorer(name)(model, X, rng.integers(0, 2, 30))
                except (ValueError, AttributeError):  # a scorer of other targets, or of probabilities
                    continue
                bounds = bounds_of(name)
                assert math.isnan(score) or bounds.low - 1e-12 <= score <= bounds.high + 1e-12, name
                checked += bounds != Bounds()
    assert checked > 500


@pytest.mark.parametrize(
    ("scoring", "low", "high"),
    [("accuracy", 0, 1), ("f1_macro", 0, 1), ("roc_auc", 0, 1), ("r2", -math.inf, 1), ("neg_log_loss", -math.inf, 0)],
)
def test_the_ends_of_a_scorer(scoring, low, high):
    assert bounds_of(scoring) == Bounds(low, high)


@pytest.mark.parametrize("scoring", ["mine", "accuracy_of_mine", "", "top"])
def test_of_another_scorer_nothing_is_known_and_nothing_cut(scoring):
    assert bounds_of(scoring).cut(-5.0, 9.0) == (-5.0, 9.0)
    assert bounds_of(scoring).note(scoring, [-5.0, 9.0]) == ""


@pytest.mark.parametrize(
    ("bounds", "note"),
    [
        (Bounds(0, 1), "Intervals are drawn from 0 to 1, as far as it goes."),
        (Bounds(high=0), "Intervals are drawn up to 0, as far as it goes."),
        (Bounds(low=2), "Intervals are drawn from 2 on, as far as it goes."),
        (Bounds(-1, 3), ""),
    ],
)
def test_what_is_cut_is_told(bounds, note):
    assert bounds.note("it", [0.5, -0.5, 1.5]) == note


def test_scores_beyond_the_ends_that_were_thought_to_be_known_are_drawn_in_full():
    assert Bounds(0, 1).cut(-3.0, -2.0) == (-3.0, -2.0)
    assert Bounds(0, 1).cut(-3.0, 0.5) == (0, 0.5)
