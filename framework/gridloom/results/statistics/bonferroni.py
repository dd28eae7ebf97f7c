"""Bonferroni's tie set, without looking closely at every pair.

A candidate is inside unless what stands out most among its differences from all others shows that one of them is better:
the p-value of the largest statistic times the number of comparisons decides. Which pairs can be the largest, or large
enough, is found out roughly and fast; those alone are calculated, exactly as if all were.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from itertools import chain
from typing import Any

import numpy as np
from numpy.typing import NDArray

from gridloom.results.statistics.distributions import t_above, t_tail
from gridloom.results.statistics.questions import ROUNDING, Estimates, Numbers, Seeds

Suspects = tuple[int, NDArray[np.intp]]
"""A row, and those that may be significantly better."""

Exact = Callable[[int, NDArray[np.intp]], Estimates]
"""The estimates of a candidate's mean less those of some others."""

MANY_PAIRS = 20_000_000
"""From so many pairs on, near candidates are looked for with a tree."""

MOST_UNITS = 12
"""With more units, a tree finds nothing faster than looking at all pairs does."""

SMALLEST_BAND = 256
"""So many of the best candidates are in the first tree."""

CROWD = 2_000
"""More candidates than these around one are looked at as if they were all there are."""

FIRST = 16
"""So many of the best candidates are compared with all others to begin with: few of the rest are better than many."""

BLOCK = 2_000_000
"""The most pairs that are looked at in one step, in memory of some 100 MB."""

SLACK = 1e-9
"""By which part of a number it may be off when it is calculated roughly; far more than rounding can make it."""


def _inside(largest: Numbers, df: Numbers, comparisons: int, level: float) -> NDArray[np.bool_]:
    """Whether statistics that large are no surprise among so many."""
    found: NDArray[np.bool_] = t_tail(largest, df) * comparisons > 1 - level
    return found


def independent(means: Estimates, question: Seeds, level: float) -> NDArray[np.bool_]:
    """The set where the candidates' means are independent, each with an error and degrees of freedom of its own."""
    count = len(means.value)
    rivals = _undominated(means)
    largest, df = np.empty(count), np.empty(count)
    for row in range(count):
        place = int(np.searchsorted(rivals, row))
        rows = rivals if place < len(rivals) and rivals[place] == row else np.insert(rivals, place, row)
        some = Estimates(means.value[rows], means.error[rows], means.df[rows])
        found = question.between(some, place)
        most = int(np.argmax(-found.t))
        largest[row], df[row] = -found.t[most], found.df[most]
    return _inside(largest, df, count - 1, level)


def _undominated(means: Estimates) -> NDArray[np.intp]:
    """The rows, ascending, that can be what is most surely better than some other.

    A row cannot where another one has a smaller or equal error and a clearly higher mean; of equal rows the first is
    enough. The row with the largest number is among them too, since rounding is measured by it.
    """
    scale = np.abs(means.value).max()
    order = np.argsort(means.error, kind="stable")
    highest = np.maximum.accumulate(means.value[order])
    as_sure = np.searchsorted(means.error[order], means.error, side="right") - 1
    is_best = means.value > highest[as_sure] - SLACK * scale
    rows = np.flatnonzero(is_best)
    _, first = np.unique(np.column_stack([means.value[rows], means.error[rows]]), axis=0, return_index=True)
    largest = int(np.argmax(np.abs(means.value)))
    return np.unique(np.append(rows[first], largest))


def paired(units: list[Numbers], factor: float, hidden: Numbers, exact: Exact, level: float) -> NDArray[np.bool_]:
    """The set where candidates are compared unit by unit, all with the same degrees of freedom.

    The error of a difference is at least `factor` times the standard deviation of the differences in the first of
    `units`, each of shape (candidates, units), and at least that in the second, if there is one, with the errors that
    `hidden` adds for both candidates. `exact` says what it is.
    """
    count, df = units[0].shape[0], units[0].shape[1] - 1.0
    means = units[0].mean(axis=1)
    order = np.argsort(-means, kind="stable")
    inside = np.ones(count, dtype=bool)
    for best in order[:FIRST]:
        others = np.flatnonzero(inside)
        found = exact(int(best), others)
        inside[others] = _inside(np.maximum(found.t, 0.0), found.df, count - 1, level)
    critical = t_above((1 - level) / (count - 1), df)
    rough = _Rough(units, factor, hidden)
    left = order[inside[order]]
    find = _near if len(left) * count > MANY_PAIRS and units[0].shape[1] <= MOST_UNITS else _better
    for row, suspects in find(rough, left, order, critical):
        found = exact(int(row), suspects)
        most = max(0.0, float((-found.t).max()))
        inside[row] = _inside(np.array(most), found.df[0], count - 1, level)
    return inside


def _better(rough: _Rough, rows: NDArray[np.intp], order: NDArray[np.intp], critical: float) -> Iterator[Suspects]:
    """Each of the rows that others may be better than by `critical` errors, with these, found among all that are better."""
    step = max(1, BLOCK // len(order))
    for start in range(0, len(rows), step):
        part = rows[start : start + step]
        better = order[: np.searchsorted(-rough.means[order], -rough.means[part].min(), side="right")]
        for row, suspects in zip(part, rough.suspects(part, better, critical), strict=True):
            if suspects.size:
                yield int(row), suspects


def _near(rough: _Rough, rows: NDArray[np.intp], order: NDArray[np.intp], critical: float) -> Iterator[Suspects]:
    """The same, found among the candidates that are near: whose scores go up and down much as the row's own do.

    The variance of a difference is a multiple of the squared distance between two candidates' deviations from their own
    means. Nobody of a band is further ahead of a row than the band's best is, so that only those inside a sphere around it
    can be significantly ahead. k-d trees find them (Bentley, Communications of the ACM 18, 1975).
    """
    bands = list(_bands(rough, rows, order, critical))
    numbers = np.stack([band.numbers for band in bands])
    crowded = numbers.sum(axis=0) > CROWD
    yield from _better(rough, rows[crowded], order, critical)
    left = np.flatnonzero(~crowded)
    ends = np.cumsum(numbers[:, left].sum(axis=0))
    cuts = np.searchsorted(ends, np.arange(BLOCK, ends[-1] if len(ends) else 0, BLOCK))
    for part in np.split(left, cuts):
        pairs = [band.pairs(part) for band in bands]
        places, others = (np.concatenate([pair[side] for pair in pairs]) for side in (0, 1))
        keep = rough.is_ahead(rows[places], others, critical)
        by_row = np.argsort(places[keep], kind="stable")
        places, others = places[keep][by_row], others[keep][by_row]
        steps = np.flatnonzero(np.diff(places)) + 1
        for group in np.split(np.arange(len(places)), steps) if len(places) else ():
            yield int(rows[places[group[0]]]), others[group]


@dataclass(frozen=True)
class _Band:
    """Candidates of like means in a tree; around each of the rows, how far the near ones are, and how many there are."""

    tree: Any
    members: NDArray[np.intp]
    points: Numbers
    radii: Numbers
    numbers: NDArray[np.intp]

    def pairs(self, places: NDArray[np.intp]) -> tuple[NDArray[np.intp], NDArray[np.intp]]:
        """The pairs of one of these places among the rows and a candidate near that."""
        places = places[self.numbers[places] > 0]
        lists = self.tree.query_ball_point(self.points[places], self.radii[places], workers=-1)
        first = np.repeat(places, self.numbers[places])
        return first, self.members[np.fromiter(chain.from_iterable(lists), np.intp, len(first))]


def _bands(rough: _Rough, rows: NDArray[np.intp], order: NDArray[np.intp], critical: float) -> Iterator[_Band]:
    """The candidates, best first, in bands of ever more: the best few alone are far ahead of a row, and need large spheres."""
    from scipy.spatial import cKDTree

    points, squares = rough.centred[0], rough.squares[0]
    slack = SLACK * (squares[rows] + squares.max()) + rough.rounding
    start, size = 0, SMALLEST_BAND
    while start < len(order):
        members = order[start : start + size]
        ahead = rough.means[members[0]] - rough.means[rows]
        asked = np.flatnonzero(ahead > 0)
        radii = np.sqrt((ahead**2 / (critical**2 * rough.factor) + slack) * (1 + 1e-5))
        tree, numbers = cKDTree(points[members]), np.zeros(len(rows), np.intp)
        numbers[asked] = tree.query_ball_point(points[rows[asked]], radii[asked], return_length=True, workers=-1)
        yield _Band(tree, members, points[rows], radii, numbers)
        start, size = start + size, 2 * size


class _Rough:
    """Statistics of pairs by products of matrices: fast, and rounded more than the exact ones."""

    def __init__(self, units: list[Numbers], factor: float, hidden: Numbers) -> None:
        self.means = units[0].mean(axis=1)
        self.centred = [one - one.mean(axis=1, keepdims=True) for one in units]
        self.squares = [(one**2).sum(axis=1) for one in self.centred]
        self.factor = factor**2 / (units[0].shape[1] - 1)
        self.hidden = hidden**2
        self.rounding = 4 * (units[0].shape[1] + 1) * (ROUNDING * max(np.abs(one).max() for one in units)) ** 2

    def suspects(self, rows: NDArray[np.intp], others: NDArray[np.intp], critical: float) -> list[NDArray[np.intp]]:
        """For each of the rows those of the others that may be better by `critical` errors or more, or nearly so."""
        variance = self._variance(0, rows, others)
        if len(self.centred) > 1:
            hidden = self.hidden[rows, None] + self.hidden[others]
            variance = np.maximum(variance, self._variance(1, rows, others) + hidden)
        ahead = self.means[others] - self.means[rows, None]
        found = (ahead > 0) & (ahead**2 >= (1 - 1e-6) * critical**2 * variance)
        return [others[row] for row in found]

    def is_ahead(self, rows: NDArray[np.intp], others: NDArray[np.intp], critical: float) -> NDArray[np.bool_]:
        """The same for pairs: whether each of the others may be better than its row; shape (pairs,)."""
        variance = self._of_pairs(0, rows, others)
        if len(self.centred) > 1:
            hidden = self.hidden[rows] + self.hidden[others]
            variance = np.maximum(variance, self._of_pairs(1, rows, others) + hidden)
        ahead = self.means[others] - self.means[rows]
        found: NDArray[np.bool_] = (ahead > 0) & (ahead**2 >= (1 - 1e-6) * critical**2 * variance)
        return found

    def _of_pairs(self, which: int, rows: NDArray[np.intp], others: NDArray[np.intp]) -> Numbers:
        """What the variances of the pairs' differences are at least."""
        one, squares = self.centred[which], self.squares[which]
        both = squares[rows] + squares[others]
        distance = ((one[rows] - one[others]) ** 2).sum(axis=1)
        variance: Numbers = self.factor * np.maximum(distance - SLACK * both - self.rounding, 0.0)
        return variance

    def _variance(self, which: int, rows: NDArray[np.intp], others: NDArray[np.intp]) -> Numbers:
        """What the variances of the differences are at least."""
        one, squares = self.centred[which], self.squares[which]
        both = squares[rows, None] + squares[others]
        found = (1 - SLACK) * both - 2 * (one[rows] @ one[others].T) - self.rounding
        variance: Numbers = self.factor * np.maximum(found, 0.0)
        return variance
