"""Fits that got stuck far below the rest of their candidate, and what a record without any may hide.

A fit now and then never learns, or diverges. Scores are then no longer normal but have two humps, and a candidate whose few
fits all went well looks better than it is, and surer. Its own scores cannot show that; those of the other candidates can.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy import stats

from gridloom.results.statistics.questions import ROUNDING, Numbers

FAR = 4.0
"""How many spreads below its candidate's median a fit counts as stuck."""

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

    `scores` has the shape (candidates, repeats, folds, seeds). A fit counts as stuck that lies FAR spreads below its
    candidate's median, once the splits' own medians are taken off. The spread is the median absolute deviation, the
    candidate's own or the middle one of all, whichever is larger.

    The rate at which a candidate gets stuck is taken from its own fits and from the others': rates have a beta
    distribution among candidates, as wide as is most likely, which makes that of each candidate another beta
    distribution (empirical Bayes: Griffiths, Biometrics 29, 1973; Casella, The American Statistician 39, 1985). Its
    upper limit makes the error: of n fits, sqrt(rate (1 - rate) / n) times the middle depth of a fall.
    """
    table = scores.reshape(len(scores), -1, scores.shape[3])
    level = np.median(table, axis=(1, 2), keepdims=True)
    level = level + np.median(table - level, axis=(0, 2), keepdims=True)
    level = level + np.median(table - level, axis=(1, 2), keepdims=True)
    below = level - table
    spread = TO_SPREAD * np.median(np.abs(below), axis=(1, 2), keepdims=True)
    far = below > FAR * np.maximum(spread, np.median(spread)) + ROUNDING * np.abs(scores).max()
    if not far.any():
        return None
    fits = table[0].size
    rates = rates_at_most(far.sum(axis=(1, 2)), fits)
    error: Numbers = np.median(below[far]) * np.sqrt(rates * (1 - rates) / fits)
    return Stuck(np.where(far, level, table).reshape(scores.shape), error)


def rates_at_most(counts: Numbers, fits: int) -> Numbers:
    """The upper limits of the rates of candidates that got stuck so often in so many fits each: shape (candidates,)."""
    mean = counts.mean() / fits
    seen, times = np.unique(counts, return_counts=True)
    size = SIZES[:, np.newaxis]
    likelihood = stats.betabinom.logpmf(seen, fits, size * mean, size * (1 - mean)) @ times
    best = SIZES[np.argmax(likelihood)]
    limits: Numbers = stats.beta.ppf(LIMIT, best * mean + counts, best * (1 - mean) + fits - counts)
    return limits
