"""From the steps of a search to its regret: how far the picked candidate, trained in full, is from the best there is."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from task import Floats, Step, Task

from gridloom import Space

SAMPLE, ROUNDS, NEAR = 2000, 6, 25


@dataclass(frozen=True)
class Scale:
    """What regrets of a task are measured by: the best final score known, the median one, and the seconds of a training.

    A regret of 0 is the best, of 1 the median of random candidates.
    """

    best: float
    median: float
    seconds: float


def regrets(steps: Sequence[Step], scale: Scale, grid: Floats, *, way: str, by: str) -> Floats:
    """The regret at each point of the grid, counted `by` "units" or "seconds", the `way` "kept" or "anew".

    The picked candidate is the best by its score among the trials of the largest budget so far, as a run would name
    it; its regret is that of a full training of it. Seconds are those of training, one fit after the other, and of
    the strategy. Before the first trial is done, the regret is that of the median candidate.
    """
    spent, picked = np.zeros(len(steps)), np.zeros(len(steps))
    total, best = 0.0, (0, -np.inf, 0.0)
    for place, step in enumerate(steps):
        total += getattr(step, way)[0 if by == "units" else 1]
        spent[place] = total + (step.thought if by == "seconds" else 0.0)
        best = max(best, (step.units, step.score, step.final), key=lambda one: one[:2])
        picked[place] = best[2]
    places = np.searchsorted(spent, grid + 1e-9, side="right") - 1
    final = np.where(places >= 0, picked[np.maximum(places, 0)], scale.median)
    return np.maximum(scale.best - final, 0.0) / (scale.best - scale.median)


def scale_of(task: Task) -> Scale:
    """The scale of a task: of all its candidates where they can be listed, else of many, the best of them improved."""
    space = Space(task.domains)
    try:
        sample, rounds = list(space.enumerate()), 0
    except ValueError:
        rng = space.rng()
        sample, rounds = [space.sample(rng) for _ in range(SAMPLE)], ROUNDS
    found = task.curves(sample, 0, [task.units])
    finals = found.scores[:, -1]
    median, seconds = float(np.median(finals)), float(np.median(found.seconds[:, -1]))
    points = np.array([space.point_of(one) for one in sample]) if rounds else np.empty(0)
    for spread in 0.5 ** np.arange(2, rounds + 2):
        elite = points[np.argsort(-finals)[:NEAR]]
        near = np.clip(
            np.repeat(elite, NEAR, axis=0) + spread * rng.normal(size=(NEAR * NEAR, space.dimensions)), 0, 1 - 1e-9
        )
        more = task.curves([space.at(point) for point in near], 0, [task.units]).scores[:, -1]
        points, finals = np.vstack([elite, near]), np.concatenate([np.sort(finals)[::-1][:NEAR], more])
    return Scale(float(finals.max()), median, seconds)
