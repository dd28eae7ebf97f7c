"""Fits that got stuck far below the rest of their candidate, and what a record without any may hide.

A fit now and then never learns, or diverges. Scores are then no longer normal but have two humps, and a candidate whose few
fits all went well looks better than it is, and surer. Its own scores cannot show that; those of the other candidates can.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

import numpy as np

from gridloom.results.statistics.distributions import beta_below, beta_binomial_log, normal_above
from gridloom.results.statistics.questions import ROUNDING, Numbers

FAR = 4.0
"""How many spreads below its candidate's median a fit that counts as stuck lies at least, in any search."""

FALSE_ALARM = 0.05
"""The chance at most that some fit of a search counts as stuck where scores are normal; see benchmarks/stuck.py."""

SIMULATED = 400
"""How many searches of normal scores are drawn for the threshold of a design."""

MARGIN = 0.97
"""The share of them that stays below it: more than 1 - FALSE_ALARM, since so many draws know a share to 0.01."""

MOST = (300, 10, 10)
"""The most candidates, splits and seeds that are drawn; larger designs follow by the normal distribution's tail."""

TO_SPREAD = 1.4826
"""What makes the standard deviation of a normal sample of its median absolute deviation."""

LIMIT = 0.9
"""A candidate is taken to get stuck as often as it does at most with this chance; chosen by benchmarks/coverage.py."""

SIZES = np.logspace(-1, 4, 101)
"""How many fits the rate among candidates may be worth: from every candidate for itself to one rate for all."""


@dataclass(frozen=True)
class Stuck:
    """The scores as they would be without stuck fits (shape as given), and the error that such fits give each mean."""

    mended: Numbers
    error: Numbers


def stuck(scores: Numbers) -> Stuck | None:
    """What fits that got stuck mean for candidates that did and for those that did not; None where none did.

    `scores` has the shape (candidates, repeats, folds, seeds). A fit counts as stuck that lies `threshold` spreads below
    its candidate's median, once the splits' own medians are taken off. The spread is the median absolute deviation, the
    candidate's own or the middle one of all, whichever is larger, and the smallest step between scores, since accuracies on few rows know their spread no better.

    The rate at which a candidate gets stuck is taken from its own fits and from the others': rates have a beta
    distribution among candidates, as wide as is most likely, which makes that of each candidate another beta
    distribution (empirical Bayes: Griffiths, Biometrics 29, 1973; Casella, The American Statistician 39, 1985). Its
    upper limit makes the error: of n fits, sqrt(rate (1 - rate) / n) times the middle depth of a fall.
    """
    table = scores.reshape(len(scores), -1, scores.shape[3])
    level, spread = _levels(table)
    below = level - table
    rounding = ROUNDING * np.abs(scores).max()
    steps = np.diff(np.unique(scores))
    step = steps[steps > rounding].min(initial=np.inf)
    spread = spread + (step if np.isfinite(step) else 0.0)
    suspicious = below > FAR * spread + rounding
    if not suspicious.any():
        return None
    far = suspicious & (below > threshold(table.shape) * spread + rounding)
    if not far.any():
        return None
    fits = table[0].size
    rates = rates_at_most(far.sum(axis=(1, 2)), fits)
    error: Numbers = np.median(below[far]) * np.sqrt(rates * (1 - rates) / fits)
    return Stuck(np.where(far, level, table).reshape(scores.shape), error)


def _levels(table: Numbers) -> tuple[Numbers, Numbers]:
    """What fits of each candidate and split are like in the middle, and how far they scatter.

    `table` has the shape (..., candidates, splits, seeds), and what is returned can be broadcast to it.
    """
    level = np.median(table, axis=(-2, -1), keepdims=True)
    level = level + np.median(table - level, axis=(-3, -1), keepdims=True)
    level = level + np.median(table - level, axis=(-2, -1), keepdims=True)
    spread = TO_SPREAD * np.median(np.abs(level - table), axis=(-2, -1), keepdims=True)
    return level, np.maximum(spread, np.median(spread, axis=-3, keepdims=True))


@lru_cache(maxsize=64)
def threshold(shape: tuple[int, int, int]) -> float:
    """How many spreads below its candidate's median a fit of a search of (candidates, splits, seeds) is stuck; FAR or more.

    It is what the farthest fit of a whole search of normal scores stays below in MARGIN of the draws. With three fits a
    candidate that is far more than with thirty, since three know their spread badly; it may be infinite.
    """
    drawn = tuple(map(min, shape, MOST))
    rng, farthest = np.random.default_rng(0), []
    for _ in range(SIMULATED):
        table = rng.standard_normal(drawn)
        level, spread = _levels(table)
        with np.errstate(all="ignore"):
            farthest.append(np.nan_to_num((level - table) / spread, nan=0.0, posinf=np.inf).max())
    tails = [float(normal_above(FALSE_ALARM / np.prod(size, dtype=float))) for size in (shape, drawn)]
    found = float(np.quantile(farthest, MARGIN, method="higher")) * tails[0] / tails[1]
    return max(FAR, found)


def rates_at_most(counts: Numbers, fits: int) -> Numbers:
    """The upper limits of the rates of candidates that got stuck so often in so many fits each: shape (candidates,)."""
    mean = counts.mean() / fits
    seen, times = np.unique(counts, return_counts=True)
    size = SIZES[:, np.newaxis]
    likelihood = beta_binomial_log(seen, fits, size * mean, size * (1 - mean)) @ times
    best = SIZES[np.argmax(likelihood)]
    limits: Numbers = beta_below(LIMIT, best * mean + counts, best * (1 - mean) + fits - counts)
    return limits
