"""Which parameters matter where candidates are no full grid: what a random forest loses without each of them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np

from gridloom.statistics.design import Design
from gridloom.statistics.questions import Numbers

FEWEST = 10
"""Fewer candidates teach a forest nothing."""

FOLDS = 5
TREES = 100
SHUFFLES = 10


@dataclass(frozen=True)
class Importance:
    """How much of the variance among candidates the forest no longer explains when a parameter is shuffled."""

    parameter: str
    loss: float


@dataclass(frozen=True)
class Importances:
    """The importance of each parameter, and the share of the variance that the forest explains with all of them.

    Both are measured on candidates that the forest has not seen; where `explained` is near 0 or below, the forest has
    found nothing and the importances mean nothing.
    """

    explained: float
    parameters: tuple[Importance, ...]


def forest_importances(means: Numbers, design: Design) -> Importances | None:
    """Permutation importances (Breiman, "Random forests", Machine Learning 45, 2001) of scikit-learn's forest.

    `means` has shape (candidates,). None for fewer than 10 candidates, no parameter, or equal means. They are no shares:
    interactions count for each parameter in them, and parameters that vary together take from each other.
    """
    if len(means) < FEWEST or not design.names or np.ptp(means) == 0:
        return None
    predict = _held_out(design.codes, means)
    rng = np.random.default_rng(0)
    explained = _explained(means, predict(design.codes))
    found = []
    for column, name in enumerate(design.names):
        losses = []
        for _ in range(SHUFFLES):
            shuffled = design.codes.copy()
            shuffled[:, column] = rng.permutation(shuffled[:, column])
            losses.append(explained - _explained(means, predict(shuffled)))
        found.append(Importance(name, float(np.mean(losses))))
    return Importances(explained, tuple(found))


def _held_out(codes: Any, means: Numbers) -> Callable[[Any], Numbers]:
    """A function from codes to predictions, each candidate's by a forest that was trained without it."""
    from sklearn.ensemble import RandomForestRegressor
    from sklearn.model_selection import KFold

    forests = [
        (RandomForestRegressor(TREES, random_state=0).fit(codes[train], means[train]), test)
        for train, test in KFold(FOLDS, shuffle=True, random_state=0).split(codes)
    ]

    def predict(rows: Any) -> Numbers:
        predicted = np.empty(len(rows))
        for forest, test in forests:
            predicted[test] = forest.predict(rows[test])
        return predicted

    return predict


def _explained(means: Numbers, predicted: Numbers) -> float:
    """The coefficient of determination."""
    return float(1 - ((means - predicted) ** 2).sum() / ((means - means.mean()) ** 2).sum())
