"""Which parameters matter where candidates are no full grid: what a random forest loses without each of them."""

from __future__ import annotations

from typing import Any

import numpy as np

from gridloom.results.statistics.answers import Importance, Importances
from gridloom.results.statistics.design import Design
from gridloom.results.statistics.questions import Numbers

FEWEST = 10
"""Fewer candidates teach a forest nothing."""

FOLDS = 5
TREES = 100
SHUFFLES = 10


def forest_importances(means: Numbers, design: Design) -> Importances | None:
    """Permutation importances (Breiman, "Random forests", Machine Learning 45, 2001) of scikit-learn's forest.

    `means` has shape (candidates,). None for fewer than 10 candidates, no parameter, or equal means. They are no shares:
    interactions count for each parameter in them, and parameters that vary together take from each other. To lack a
    parameter is a value of its own for the trees.
    """
    if len(means) < FEWEST or not design.names or np.ptp(means) == 0:
        return None
    rng = np.random.default_rng(0)
    codes = [design.codes]
    for column in range(len(design.names)):
        for _ in range(SHUFFLES):
            codes.append(design.codes.copy())
            codes[-1][:, column] = rng.permutation(codes[-1][:, column])
    explained, *shuffled = [_explained(means, predicted) for predicted in _held_out(np.stack(codes), means)]
    losses = explained - np.array(shuffled).reshape(-1, SHUFFLES)
    return Importances(
        explained, tuple(Importance(name, float(np.mean(row))) for name, row in zip(design.names, losses, strict=True))
    )


def _held_out(codes: Any, means: Numbers) -> Numbers:
    """Predictions, each candidate's by a forest that was trained without it on the first of these codes.

    `codes` has shape (copies, candidates, parameters), the predictions (copies, candidates): asked for all copies at
    once, a forest answers many times as fast.
    """
    from sklearn.ensemble import RandomForestRegressor
    from sklearn.model_selection import KFold

    predicted = np.empty(codes.shape[:2])
    for train, test in KFold(FOLDS, shuffle=True, random_state=0).split(means):
        forest = RandomForestRegressor(TREES, random_state=0).fit(codes[0, train], means[train])
        predicted[:, test] = forest.predict(codes[:, test].reshape(-1, codes.shape[2])).reshape(len(codes), -1)
    return predicted


def _explained(means: Numbers, predicted: Numbers) -> float:
    """The coefficient of determination."""
    return float(1 - ((means - predicted) ** 2).sum() / ((means - means.mean()) ** 2).sum())
