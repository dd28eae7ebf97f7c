"""The strategy `race`: who is dropped and when, what it refuses, and what a result says of those that were dropped."""

from __future__ import annotations

import json
from collections.abc import Callable

import numpy as np
import pytest

from gridloom import Budget, Candidate, Choices, Fit, FitResult, Proposal, Range, Space, Trial
from gridloom.core.space import Extent
from gridloom.testing.searching import cells_of
from gridloom_plugins.strategies.race import plan, race

SPLITS = 3


def space(count=8, seeds=20, domain=None):
    return Space({"m": {"x": domain or Choices(*range(count))}}, full=Extent(splits=SPLITS, seeds=seeds))


def noisy(spread=0.01, gap=0.02) -> Callable[[Fit], FitResult]:
    """Candidate x scores 0.9 less x gaps, with noise of its own in every fit."""

    def score(fit):
        noise = np.random.default_rng(int(fit.key[:12], 16)).standard_normal()
        return FitResult({"accuracy": 0.9 - gap * fit.candidate.values["m"]["x"] + spread * noise})

    return score
