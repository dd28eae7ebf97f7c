"""What each hyperparameter does, beside the analysis of variance of statsmodels."""

from __future__ import annotations

import itertools

import numpy as np
import pandas as pd
import pytest
from scipy import stats
from scored import normal
from statsmodels.formula.api import ols
from statsmodels.stats.anova import anova_lm

from gridloom.results.statistics.design import design_of
from gridloom.results.statistics.effects import effects
from gridloom.results.statistics.questions import NewData, Seeds

GRID = [
    {"rate": rate, "act": act, "hidden": hidden}
    for rate, act, hidden in itertools.product([0.5, 0.1, 0.3], ["relu", "tanh"], [[12], [24, 12]])
]


def grid_scores(seeds=4):
    """Scores of the grid: the rate matters, and so does hidden with tanh."""
    means = [0.7 - 0.05 * row["rate"] + 0.02 * (row["act"] == "tanh" and len(row["hidden"]) == 2) for row in GRID]
    return normal((12, 1, 1, seeds)) + np.array(means).reshape(12, 1, 1, 1)


def test_shares_and_noise_are_those_of_the_classical_analysis_of_variance():
    scores = grid_scores()
    rows = [
        {"rate": row["rate"], "act": row["act"], "hidden": len(row["hidden"]), "score": score}
        for row, cell in zip(GRID, scores[:, 0, 0], strict=True)
        for score in cell
    ]
    table = anova_lm(ols("score ~ C(rate) * C(act) * C(hidden)", pd.DataFrame(rows)).fit())
    squares = table["sum_sq"].drop("Residual")
    expected = squares / squares.sum()
    noise = table["df"].drop("Residual") * table.loc["Residual", "mean_sq"] / squares.sum()
    found = {item.parameters: item for item in effects(scores, GRID, Seeds()).shares}
    assert set(found) == {("rate",), ("act",), ("hidden",), ("rate", "act"), ("rate", "hidden"), ("act", "hidden"), ()}
    for names, item in found.items():
        term = ":".join(f"C({name})" for name in names or ("rate", "act", "hidden"))
        assert (item.share, item.noise) == pytest.approx((expected[term], noise[term]))
    assert sum(item.share for item in found.values()) == pytest.approx(1)


def test_over_new_data_the_noise_is_the_corrected_interaction_with_splits():
    scores = normal((12, 1, 5, 1))
    rows = [
        {"candidate": number, "split": split, "score": score}
        for number, cell in enumerate(scores[:, 0, :, 0])
        for split, score in enumerate(cell)
    ]
    table = anova_lm(ols("score ~ C(candidate) + C(split)", pd.DataFrame(rows)).fit())
    expected = (1 / 5 + 0.25) * table.loc["Residual", "mean_sq"]
    assert NewData(0.25).noise(scores) == pytest.approx(expected)


def test_equal_means_have_no_shares():
    found = effects(np.full((12, 1, 1, 3), 0.7), GRID, Seeds())
    assert {item.share for item in found.shares} == {0.0}


def test_marginal_means_average_the_candidates_of_a_level_in_the_order_of_numbers():
    scores = grid_scores()
    rate = effects(scores, GRID, Seeds()).parameters[0]
    assert [(level.value, level.candidates) for level in rate.levels] == [(0.1, 4), (0.3, 4), (0.5, 4)]
    chosen = scores[[row["rate"] == 0.3 for row in GRID]]
    assert rate.levels[1].mean == pytest.approx(chosen.mean())
    assert rate.levels[1].low < chosen.mean() < rate.levels[1].high


def test_the_interval_of_a_marginal_mean_over_new_data_is_that_of_the_split_means():
    scores = normal((12, 2, 3, 1))
    level = effects(scores, GRID, NewData(0.5), 0.9).parameters[1].levels[0]
    splits = scores[[row["act"] == "relu" for row in GRID]].mean(axis=(0, 3)).ravel()
    half = stats.t.isf(0.05, 5) * splits.std(ddof=1) * np.sqrt(1 / 6 + 0.5)
    assert (level.low, level.high) == pytest.approx((splits.mean() - half, splits.mean() + half))


def test_tables_of_pairs_hold_the_mean_of_each_combination():
    scores = grid_scores()
    pairs = {pair.parameters: pair.means for pair in effects(scores, GRID, Seeds()).pairs}
    assert list(pairs) == [("rate", "act"), ("rate", "hidden"), ("act", "hidden")]
    chosen = scores[[row["act"] == "tanh" and row["hidden"] == [12] for row in GRID]]
    assert pairs["act", "hidden"][1][0] == pytest.approx(chosen.mean())


def test_a_grid_with_a_gap_has_importances_instead_of_shares():
    found = effects(grid_scores()[:-1], GRID[:-1], Seeds())
    assert found.shares is None
    assert found.importances is not None


def test_a_candidate_that_is_there_twice_makes_no_full_grid():
    assert not design_of([{"x": 1}, {"x": 2}, {"x": 2}]).is_full_grid
    assert not design_of([{"x": 1, "y": 1}, {"x": 2, "y": 2}, {"x": 2, "y": 2}, {"x": 1, "y": 1}]).is_full_grid


def test_a_combination_that_was_not_tried_has_no_table():
    candidates = [{"x": 1, "y": 1}, {"x": 2, "y": 2}, {"x": 1, "y": 2}]
    assert effects(normal((3, 1, 2, 2)), candidates, Seeds()).pairs == ()


def test_a_parameter_that_never_changes_has_no_effect_and_to_lack_one_is_no_level():
    candidates = [{"x": 1, "y": "a"}, {"x": 1, "y": "b"}, {"x": 1}]
    (only,) = effects(normal((3, 1, 2, 2)), candidates, Seeds()).parameters
    assert (only.parameter, [level.value for level in only.levels]) == ("y", ["a", "b"])
    assert effects(normal((2, 1, 2, 2)), [{"x": 1}, {"x": 1}], Seeds()) is None


def drawn(count):
    """Candidates drawn at random, and their scores: x matters most, y a little, z not at all."""
    rng = np.random.default_rng(3)
    candidates = [{"x": rng.random(), "y": "abc"[rng.integers(3)], "z": rng.random()} for _ in range(count)]
    means = [0.7 - 0.2 * row["x"] ** 2 + 0.03 * (row["y"] == "b") for row in candidates]
    return normal((count, 1, 1, 2), spread=0.001) + np.array(means).reshape(count, 1, 1, 1), candidates


def test_where_candidates_were_drawn_the_forest_ranks_parameters_by_what_they_do():
    found = effects(*drawn(80), Seeds()).importances
    loss = {item.parameter: item.loss for item in found.parameters}
    assert found.explained > 0.8
    assert loss["x"] > 5 * loss["y"] > 0
    assert loss["y"] > 2 * abs(loss["z"])


def test_where_nothing_matters_the_forest_explains_nothing():
    _, candidates = drawn(40)
    assert effects(normal((40, 1, 1, 2)), candidates, Seeds()).importances.explained < 0.2


def test_a_few_candidates_teach_a_forest_nothing():
    assert effects(*drawn(9), Seeds()).importances is None


def test_a_parameter_that_some_candidates_lack_is_compared_among_those_that_have_it():
    momentum = [{"optimizer": "sgd", "momentum": value, "units": units} for value in (0.9, 0.0) for units in (4, 8)]
    candidates = [*({"optimizer": "adam", "units": units} for units in (4, 8)), *momentum]
    scores = normal((6, 1, 1, 4))
    found = effects(scores, candidates, Seeds())
    optimizer, units, only_sgd = found.parameters
    assert [(level.value, level.candidates) for level in optimizer.levels] == [("adam", 2), ("sgd", 4)]
    assert [(level.value, level.candidates) for level in units.levels] == [(4, 3), (8, 3)]
    assert [(level.value, level.candidates) for level in only_sgd.levels] == [(0.0, 2), (0.9, 2)]
    alone = effects(scores[2:], momentum, Seeds())
    (same,) = (item for item in alone.parameters if item.parameter == "momentum")
    assert only_sgd == same
    assert [pair.parameters for pair in found.pairs] == [("optimizer", "units"), ("units", "momentum")]
    assert found.pairs[1].means == next(iter(alone.pairs)).means or found.pairs[1].means == tuple(zip(*alone.pairs[0].means, strict=True))  # fmt: skip
    assert (found.shares, found.importances) == (None, None)


def test_to_lack_a_parameter_is_not_to_have_null():
    design = design_of([{"x": None}, {"x": 3}, {}, {"x": 1}])
    assert (design.levels, design.codes.ravel().tolist()) == (((None, 3, 1),), [0, 1, -1, 2])
    assert design_of([{"x": 1}, {}, {"y": 1}]).names == ()
    assert design_of([{"x": 3}, {"x": 1}, {}]).levels == ((1, 3),)


def test_a_forest_learns_from_candidates_that_lack_a_parameter():
    candidates = [{"a": "no"}] * 8 + [{"a": "yes", "b": value} for value in range(8)]
    scores = np.array([0.5] * 8 + [0.6 + 0.04 * value for value in range(8)]).reshape(16, 1, 1, 1)
    found = {item.parameter: item.loss for item in effects(scores + normal((16, 1, 1, 2), spread=1e-3), candidates, Seeds()).importances.parameters}  # fmt: skip
    assert found["b"] > 0.3
