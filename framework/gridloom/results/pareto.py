"""Which candidates no other one beats in all respects: the Pareto front of several scores, and of what models cost."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from gridloom.core.trials import Trial

SECONDS = "fit seconds"
"""The mean time that a fit of a candidate takes to train."""

PARAMETERS = "parameters"
"""How many numbers a candidate's model has, on average over its fits."""


@dataclass(frozen=True)
class Front:
    """The Pareto front among trials: no other trial is at least as good in every objective, and better in one.

    `scores` are objectives to maximize, `costs` objectives to minimize. `values` has both, in this order, for each
    compared trial, by its number; `members` are the numbers of the trials on the front, in the order given.
    """

    scores: tuple[str, ...]
    costs: tuple[str, ...]
    values: Mapping[int, tuple[float, ...]]
    members: tuple[int, ...]


def front(trials: Sequence[Trial], scores: Sequence[str], costs: Sequence[str] = ()) -> Front:
    """The front of these complete trials by their mean scores of these names, and by costs of these: SECONDS and PARAMETERS.

    All trials should have the same budget: means of fewer fits or epochs are no rivals of others.
    """
    values = {trial.number: (*_means(trial, scores), *(_cost(trial, cost) for cost in costs)) for trial in trials}
    points = [[*row[: len(scores)], *(-cost for cost in row[len(scores) :])] for row in values.values()]
    inside = not_dominated(points)
    members = tuple(number for number, is_member in zip(values, inside, strict=True) if is_member)
    return Front(tuple(scores), tuple(costs), values, members)


def not_dominated(points: Sequence[Sequence[float]]) -> list[bool]:
    """Whether each of these points is on their Pareto front: shape (points, objectives) of finite numbers, higher is better.

    A point dominates another if it is nowhere lower, and somewhere higher; equal points do not dominate each other. In
    descending order no point is dominated by a later one, so that each needs to be compared with the front so far alone
    (Kung, Luccio and Preparata, "On finding the maxima of a set of vectors", Journal of the ACM 22, 1975).
    """
    on_front: dict[tuple[float, ...], None] = {}
    for point in sorted(set(map(tuple, points)), reverse=True):
        if not any(all(a >= b for a, b in zip(other, point, strict=True)) for other in on_front):
            on_front[point] = None
    return [tuple(point) in on_front for point in points]


def _means(trial: Trial, scores: Sequence[str]) -> list[float]:
    return [trial.ranked_by(name).mean for name in scores]


def _cost(trial: Trial, cost: str) -> float:
    results = [result for result in trial.results if result]
    costs = [result.fit_seconds if cost == SECONDS else float(result.parameters or 0) for result in results]
    return math.fsum(costs) / max(1, len(costs))
