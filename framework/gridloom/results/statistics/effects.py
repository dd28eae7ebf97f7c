"""What each hyperparameter does: marginal means with intervals, tables of pairs, and how much of the variance is whose."""

from __future__ import annotations

import itertools
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from gridloom.results.statistics.answers import Effect, Effects, Level, Pair, Share
from gridloom.results.statistics.bounds import UNBOUNDED, Ends, within
from gridloom.results.statistics.design import ABSENT, Design, design_of
from gridloom.results.statistics.importances import forest_importances
from gridloom.results.statistics.questions import Numbers, Question, checked
from gridloom.results.statistics.shares import variance_shares


def effects(
    scores: Numbers,
    candidates: Sequence[Mapping[str, Any]],
    question: Question,
    level: float = 0.95,
    bounds: Ends = UNBOUNDED,
) -> Effects | None:
    """What the parameters of these candidates do; None when no parameter differs among them.

    `scores` has shape (candidates, repeats, folds, seeds). A marginal mean's interval takes the candidates as they are:
    where they are no full grid, levels may differ because of what else differs with them. It is shown within `bounds`.
    Of a parameter that not all candidates have, the effect is that among those which have it.
    """
    scores = checked(scores)
    design = design_of(candidates)
    if not design.names:
        return None
    means = scores.mean(axis=(1, 2, 3))
    columns = range(len(design.names))
    return Effects(
        question.name,
        tuple(_effect(scores, design, column, question, level, bounds) for column in columns),
        tuple(
            pair
            for first, second in itertools.combinations(columns, 2)
            if (pair := _pair(means, design, first, second))
        ),
        _shares(means, design, question.noise(scores)) if design.is_full_grid else None,
        None if design.is_full_grid else forest_importances(means, design),
    )


def _effect(scores: Numbers, design: Design, column: int, question: Question, level: float, bounds: Ends) -> Effect:
    levels = []
    codes = design.codes[:, column]
    counts = np.bincount(codes - ABSENT, minlength=len(design.levels[column]) + 1)  # those without it first
    by_level = np.split(np.argsort(codes, kind="stable"), np.cumsum(counts)[:-1])[1:]
    for value, rows in zip(design.levels[column], by_level, strict=True):
        chosen = scores[rows]
        found = question.overall(chosen)
        low, high = found.bounds(level)
        levels.append(Level(value, len(chosen), float(found.value), **within(bounds, float(low), float(high))))
    return Effect(design.names[column], tuple(levels))


def _pair(means: Numbers, design: Design, first: int, second: int) -> Pair | None:
    shape = (design.shape[first], design.shape[second])
    both = (design.codes[:, [first, second]] != ABSENT).all(axis=1)
    if shape[0] * shape[1] > both.sum():  # some are untried for sure, and thousands of values would fill the memory
        return None
    counts, sums = np.zeros(shape), np.zeros(shape)
    places = (design.codes[both, first], design.codes[both, second])
    np.add.at(counts, places, 1)
    np.add.at(sums, places, means[both])
    if not counts.all():
        return None
    table = (sums / counts).tolist()
    return Pair((design.names[first], design.names[second]), tuple(tuple(row) for row in table))


def _shares(means: Numbers, design: Design, noise: float) -> tuple[Share, ...]:
    grid = np.empty(design.shape)
    grid[tuple(design.codes.T)] = means
    return variance_shares(grid, design.names, noise)
