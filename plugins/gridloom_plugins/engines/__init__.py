"""Engines: who trains the fits."""

from __future__ import annotations

from collections.abc import Iterator

import gridloom
from gridloom_plugins.engines import fused, scikeras, sklearn


@gridloom.hookimpl
def gridloom_engines() -> Iterator[gridloom.Engine]:
    """The built-in engines."""
    yield fused.ENGINE
    yield scikeras.ENGINE
    yield sklearn.ENGINE
