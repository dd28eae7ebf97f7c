"""Scorers: scikit-learn's, by the names that it has for them, and `fbeta`."""

from __future__ import annotations

from collections.abc import Iterator

import gridloom
from gridloom_plugins.scorers import averaged, of_labels, of_numbers, of_probabilities


@gridloom.hookimpl
def gridloom_scorers() -> Iterator[gridloom.Scorer]:
    """The built-in scorers."""
    yield from of_labels.SCORERS
    yield from averaged.SCORERS
    yield from of_probabilities.SCORERS
    yield from of_numbers.SCORERS
