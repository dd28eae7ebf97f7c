"""Whether scores can be made of the rows that test: of one row alone, and of those that are held out."""

from __future__ import annotations

import math
import warnings
from typing import TYPE_CHECKING, Any

from gridloom.core.boundary import contained, restored
from gridloom.core.data import Data
from gridloom.core.predictions import Predictions
from gridloom.core.resampling import rows_of
from gridloom.errors import text_of
from gridloom.experiment.bound import Bound
from gridloom.experiment.scorers import HALF, right_about_labels
from gridloom.registry.records import Scorer

if TYPE_CHECKING:
    from numpy.typing import NDArray

NUMBERS = 8
"""How many different targets a scorer of numbers is tried on."""

TRIES = 3
"""On how many sets of predictions a scorer is tried: of one, it may score all rows as it scores them one by one by chance."""


def why_not_on(item: Bound[Scorer], data: Data, truth: NDArray[Any]) -> str | None:
    """Why a scorer can make no number of these targets, some of those of the data; it is tried on right predictions."""
    import numpy as np

    predictions = Predictions(values=truth)
    if data.multilabel:
        predictions = right_about_labels(truth)
    if data.classes:
        count = len(data.classes)
        probabilities = np.full((len(truth), count), 0.1 / count)
        probabilities[np.arange(len(truth)), truth] += 0.9
        predictions = Predictions(truth, probabilities)
    try:
        found = measured(item, truth, predictions)
    except Exception as error:  # a plugin's
        return " ".join(text_of(error).split()) or type(error).__name__
    return None if math.isfinite(found) else f"the score would be {found}"


def why_not_single(item: Bound[Scorer], data: Data) -> str | None:
    """Why a scorer cannot score tests of a single row; None where the mean over rows is the score of all, which is tried."""
    try:
        if all(_is_mean_over_rows(item, *_imperfect_predictions(data, seed)) for seed in range(TRIES)):
            return None
    except Exception:  # noqa: S110  (a plugin's, which does not know what to do with a single row)
        pass
    others = "neg_mean_absolute_error and neg_mean_squared_error"
    if data.multilabel:
        others = "accuracy, f1_samples and neg_hamming_loss"
    if data.classes:
        others = "accuracy, neg_log_loss and neg_brier_score"
    return (
        f"'{item.name}' cannot score a single test row: the mean of such scores is not the score of all rows; use "
        f"{others}, or a method whose folds test more rows"
    )


def _is_mean_over_rows(item: Bound[Scorer], truth: NDArray[Any], predictions: Predictions) -> bool:
    import numpy as np

    rows = [np.array([row]) for row in range(len(truth))]
    single = [measured(item, truth[row], rows_of(predictions, row)) for row in rows]
    whole = measured(item, truth, predictions)
    return math.isclose(math.fsum(single) / len(single), whole, rel_tol=1e-9, abs_tol=1e-12)


def measured(item: Bound[Scorer], truth: NDArray[Any], predictions: Predictions) -> float:
    """The score of these predictions, without warnings; it raises what a plugin's scorer raises."""
    with warnings.catch_warnings(), restored(), contained(item.told):
        warnings.simplefilter("ignore")
        return item.record.measure(truth, predictions, **item.options)


def _imperfect_predictions(data: Data, seed: int) -> tuple[NDArray[Any], Predictions]:
    """Targets, some of each class or different numbers, and predictions some of which are wrong, each in its own way."""
    import numpy as np

    if data.multilabel:
        rng, shape = np.random.default_rng(seed), (NUMBERS, data.task.n_outputs)
        likely = rng.random(shape)
        return rng.integers(0, 2, shape), Predictions((likely > HALF).astype(np.int64), likely)
    if data.y.ndim > 1:
        truth = data.y[np.unique(data.y, axis=0, return_index=True)[1][:NUMBERS]].astype(float)
        return truth, Predictions(values=np.roll(truth, 1, axis=0) * np.linspace(1.0, 2.0, len(truth))[:, None])
    if not data.classes:
        truth = np.unique(data.y)[:NUMBERS].astype(float)
        return truth, Predictions(values=np.roll(truth, 1) * np.linspace(1.0, 2.0, len(truth)))
    count = len(data.classes)
    truth = np.repeat(np.arange(count), [5 + 4 * (label % 4) for label in range(count)])
    probabilities = np.random.default_rng(seed).dirichlet(np.ones(count), size=len(truth))
    probabilities[np.arange(len(truth)), truth] += 0.2
    probabilities /= probabilities.sum(axis=1, keepdims=True)
    return truth, Predictions(probabilities.argmax(axis=1), probabilities)
