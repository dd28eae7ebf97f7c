"""Simulated searches over scores that are there: a race, an F-race, successive halving, and the whole grid.

Scores have the shape (candidates, splits, seeds); seeds are trained in their order. Each search returns a `Found`.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy import stats

from gridloom.results.statistics.best_set import best_set
from gridloom.results.statistics.questions import Seeds
from gridloom.results.statistics.still_tied import still_tied

Numbers = NDArray[np.float64]
Places = NDArray[np.intp]

LOOKS = (3, 6, 12, 20)
RISK = 0.05
FIRST_TEST = 5
"""After how many instances F-race tests first, as in irace."""


@dataclass(frozen=True)
class Found:
    """Who is left, of them who is statistically tied at 95 %, how many fits it took, and at which look each one left (-1: never)."""

    left: Places
    tied: Places
    fits: int
    look: Places


Search = Callable[[Numbers], Found]


def grid(scores: Numbers) -> Found:
    """All candidates with all seeds."""
    left = np.arange(len(scores))
    return Found(left, tied(scores, left), scores.size, np.full(len(scores), -1))


def race(scores: Numbers, looks: Sequence[int] = LOOKS, risk: float = RISK) -> Found:
    """What the strategy `race` does."""
    at_each = risk / sum(looks[:-1])
    return _eliminate(scores, looks, lambda part: still_tied(part[:, None], 1 - at_each * part.shape[2]))


def halving(scores: Numbers, looks: Sequence[int] = LOOKS) -> Found:
    """The better half at each look, whatever the noise."""
    return _eliminate(scores, looks, _better_half)


def f_race(scores: Numbers) -> Found:
    """F-race with a seed as an instance: a look after every seed, at the fifth first (Birattari and others, GECCO 2002)."""
    seeds = scores.shape[2]
    return _eliminate(scores, range(min(FIRST_TEST, seeds), seeds + 1), _by_friedman)


def tied(scores: Numbers, left: Places) -> Places:
    """Those of the ones left that the final result calls tied."""
    return left[best_set(scores[left][:, None], Seeds())]


def _eliminate(scores: Numbers, looks: Sequence[int], keep: Callable[[Numbers], NDArray[np.bool_]]) -> Found:
    """The candidates that are kept at each look before the last; one that is left alone is trained in full at once."""
    left, before, fits = np.arange(len(scores)), 0, 0
    gone = np.full(len(scores), -1)
    for number, look in enumerate(looks):
        seeds = scores.shape[2] if len(left) == 1 else look
        fits += len(left) * scores.shape[1] * (seeds - before)
        before = seeds
        if seeds == scores.shape[2]:
            break
        inside = keep(scores[left][:, :, :seeds])
        gone[left[~inside]] = number
        left = left[inside]
    return Found(left, tied(scores, left), fits, gone)


def _better_half(scores: Numbers) -> NDArray[np.bool_]:
    means = scores.mean(axis=(1, 2))
    inside = np.zeros(len(means), dtype=bool)
    inside[np.argsort(-means, kind="stable")[: (len(means) + 1) // 2]] = True
    return inside


def _by_friedman(scores: Numbers) -> NDArray[np.bool_]:
    """Friedman's test over the seeds, then each candidate against the one with the best ranks (Conover 1999, section 5.8)."""
    runs = scores.mean(axis=1)
    count, blocks = runs.shape
    ranks = stats.rankdata(runs, axis=0)
    sums, squares = ranks.sum(axis=1), (ranks**2).sum()
    even = blocks * count * (count + 1) ** 2 / 4
    if squares <= even:
        return np.ones(count, dtype=bool)
    statistic = (count - 1) * ((sums**2).sum() - blocks * even) / (squares - even)
    if stats.chi2.sf(statistic, count - 1) > RISK:
        return np.ones(count, dtype=bool)
    df = (blocks - 1) * (count - 1)
    rest = max(0.0, blocks * squares - (sums**2).sum())
    critical = stats.t.isf(RISK / 2, df) * np.sqrt(2 * rest / df)
    inside: NDArray[np.bool_] = sums.max() - sums <= critical
    return inside
