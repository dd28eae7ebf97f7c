"""Search strategies."""

from __future__ import annotations

from collections.abc import Iterator

import gridloom
from gridloom_plugins.strategies import (
    bayesian,
    grid,
    halving,
    hyperband,
    latin_hypercube,
    optuna,
    race,
    random,
    sobol,
    zoom,
)


@gridloom.hookimpl
def gridloom_strategies() -> Iterator[gridloom.Strategy]:
    """The built-in strategies."""
    yield grid.STRATEGY
    yield random.STRATEGY
    yield sobol.STRATEGY
    yield latin_hypercube.STRATEGY
    yield halving.STRATEGY
    yield hyperband.STRATEGY
    yield race.STRATEGY
    yield zoom.STRATEGY
    yield bayesian.STRATEGY
    yield optuna.STRATEGY
