"""Computes the baseline of a run: scikit-learn's dummy models on the run's own splits, by its own scorers."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Any

from gridloom.core.data import Data
from gridloom.core.predictions import Predictions
from gridloom.core.split import Split
from gridloom.experiment.scorers import Scorers
from gridloom.experiment.scoring_few_rows import measured
from gridloom.results.baseline import Baseline

if TYPE_CHECKING:
    from numpy.typing import NDArray

CLASS, NUMBER = "the most frequent class", "the mean"


def baseline_of(data: Data, splits: Sequence[Split], scorers: Scorers) -> Baseline | None:
    """What always predicting the same scores: the mean over these splits; None where nothing can be scored so.

    The dummy model is fitted to the training rows of each split, with their weights. It looks at no feature, so a split
    costs a pass over its targets. Scores that cannot be computed for some split are omitted, and so are data with several
    targets.
    """
    if data.y.ndim > 1 or not all(_has_weight(data, split) for split in splits):
        return None
    found: dict[str, list[float]] = {name: [] for name in scorers}
    for truth, predictions in _predicted(data, splits):
        for name in list(found):
            score = _score(scorers, name, truth, predictions)
            if score is None:
                del found[name]
            else:
                found[name].append(score)
    means = {name: math.fsum(scores) / len(scores) for name, scores in found.items() if scores}
    return Baseline(CLASS if data.classes else NUMBER, means) if means else None


def _has_weight(data: Data, split: Split) -> bool:
    """Whether any training row of a split counts."""
    return data.weights is None or bool(data.weights[split.train].any())


def _predicted(data: Data, splits: Sequence[Split]) -> Iterator[tuple[NDArray[Any], Predictions]]:
    """Truth and predictions for the rows that test each split."""
    import numpy as np
    from sklearn.dummy import DummyClassifier, DummyRegressor

    for split in splits:
        model: Any = DummyClassifier(strategy="prior") if data.classes else DummyRegressor(strategy="mean")
        weights = None if data.weights is None else data.weights[split.train]
        train, test = np.zeros((len(split.train), 1)), np.zeros((len(split.test), 1))
        model.fit(train, data.y[split.train], sample_weight=weights)
        truth, found = data.y[split.test], model.predict(test)
        if not data.classes:
            yield truth, Predictions(values=found)
            continue
        likely = np.zeros(len(data.classes))
        likely[model.classes_] = model.class_prior_
        predictions = Predictions(found, np.broadcast_to(likely, (len(test), len(likely))))
        if data.positive_class == 0:  # scorers take class 1 for the positive one
            truth, predictions = 1 - truth, predictions.swapped
        yield truth, predictions


def _score(scorers: Scorers, name: str, truth: NDArray[Any], predictions: Predictions) -> float | None:
    """A score of these predictions; None where the scorer raises or returns no finite number."""
    try:
        found = measured(scorers[name], truth, predictions)
    except Exception:  # a plugin's, which does not know what to do with equal predictions
        return None
    return found if math.isfinite(found) else None
