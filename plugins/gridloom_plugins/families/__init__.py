"""Hyperparameter families: the article's four."""

from __future__ import annotations

from collections.abc import Iterator

import gridloom
from gridloom_plugins.families import activation, dropout, neurons, weight_init


@gridloom.hookimpl
def gridloom_families() -> Iterator[gridloom.Family]:
    """The built-in families."""
    yield activation.FAMILY
    yield dropout.FAMILY
    yield neurons.FAMILY
    yield weight_init.FAMILY
