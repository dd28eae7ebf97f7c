"""Search strategies."""

from __future__ import annotations

from collections.abc import Iterator

import gridloom
from gridloom_plugins.strategies import grid, race, random


@gridloom.hookimpl
def gridloom_strategies() -> Iterator[gridloom.Strategy]:
    """The built-in strategies."""
    yield grid.STRATEGY
    yield random.STRATEGY
    yield race.STRATEGY
