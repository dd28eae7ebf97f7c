"""How much too high the winner's score is, because it was picked as the highest of many."""

from __future__ import annotations

import numpy as np

from gridloom.results.statistics.answers import Optimism
from gridloom.results.statistics.questions import Numbers, Question, checked

DRAWS = 2000
"""How many bootstrap samples are drawn."""

CELLS = 20_000_000
"""The most numbers that a step of the bootstrap may take, in memory of 160 MB."""


def optimism(scores: Numbers, question: Question) -> Optimism | None:
    """The optimism of the highest mean under a question; None where its runs or splits cannot be resampled.

    Tsamardinos, Greasidou and Borboudakis, "Bootstrapping the out-of-sample predictions for efficient and accurate
    cross-validation", Machine Learning 107 (2018): draw with replacement, pick the winner by what was drawn, score it by
    what was not, and average. They draw rows of predictions; here runs are drawn (seeds) or splits (new data), since
    scores are all that is kept. Picking from about 63 % of the runs picks a little worse, so the correction is a little
    too strong when candidates differ.
    """
    units = question.units(checked(scores))
    count = units.shape[1]
    rng = np.random.default_rng(0)
    kept, total = 0, 0.0
    for start in range(0, DRAWS, step := max(1, CELLS // (units.size + count**2))):
        drawn = rng.integers(count, size=(min(step, DRAWS - start), count))
        weights = (drawn[:, :, None] == np.arange(count)).sum(axis=1)
        weights = weights[(weights == 0).any(axis=1)]  # a sample that drew everything leaves nothing to score by
        winners = (weights @ units.T).argmax(axis=1)
        unseen = weights == 0
        total += float(((units[winners] * unseen).sum(axis=1) / unseen.sum(axis=1)).sum())
        kept += len(weights)
    if not kept:
        return None
    score = float(units.mean(axis=1).max())
    return Optimism(score, total / kept, score - total / kept)
