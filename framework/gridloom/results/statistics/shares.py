"""How the variance among the candidates of a full grid is shared between parameters: functional analysis of variance."""

from __future__ import annotations

import itertools
from collections.abc import Sequence

import numpy as np

from gridloom.results.statistics.answers import Share
from gridloom.results.statistics.questions import Numbers


def variance_shares(means: Numbers, names: Sequence[str], noise: float) -> tuple[Share, ...]:
    """The shares of single parameters, of pairs, and of the rest; they sum to 1, or are all 0 for equal means.

    `means` has an axis for each name, and `noise` is the variance that noise gives one mean. Hutter, Hoos and
    Leyton-Brown, "An efficient approach for assessing hyperparameter importance", ICML 2014: on a full grid, where no
    model has to fill gaps, it is the classical decomposition into main effects and interactions.
    """
    means = np.asarray(means, dtype=float) - np.mean(means)
    total = float((means**2).mean())
    cells = means.size
    sizes: dict[tuple[int, ...], float] = {}
    dfs: dict[tuple[int, ...], int] = {}
    effects: dict[tuple[int, ...], Numbers] = {}
    for axes in [*itertools.combinations(range(means.ndim), 1), *itertools.combinations(range(means.ndim), 2)]:
        others = tuple(axis for axis in range(means.ndim) if axis not in axes)
        effects[axes] = means.mean(axis=others, keepdims=True) - sum(effects.get((axis,), 0.0) for axis in axes)
        sizes[axes] = float((effects[axes] ** 2).mean())
        dfs[axes] = int(np.prod([means.shape[axis] - 1 for axis in axes]))
    if means.ndim > 2:  # noqa: PLR2004  - what pairs leave
        sizes[()] = max(0.0, total - sum(sizes.values()))
        dfs[()] = cells - 1 - sum(dfs.values())
    scale = 1 / total if total > 0 else 0.0
    return tuple(
        Share(tuple(names[axis] for axis in axes), size * scale, dfs[axes] * noise / cells * scale)
        for axes, size in sizes.items()
    )
