"""Whether strategies differ over many tasks: mean ranks, Friedman's test, and Nemenyi's critical difference.

Demsar, "Statistical comparisons of classifiers over multiple data sets", JMLR 7 (2006).
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray


@dataclass(frozen=True)
class Ranks:
    """Mean ranks (1 is best) over `tasks` tasks, Friedman's p-value, and by how much two must differ to differ at all."""

    names: tuple[str, ...]
    means: tuple[float, ...]
    tasks: int
    p_value: float
    critical: float

    @property
    def best_first(self) -> list[tuple[str, float]]:
        """The names with their mean ranks."""
        return sorted(zip(self.names, self.means, strict=True), key=lambda one: one[1])


def ranks(names: Sequence[str], values: NDArray[np.float64], level: float = 0.05) -> Ranks:
    """Rank values of shape (tasks, names), lower ones first; ties share their mean rank."""
    from scipy.stats import friedmanchisquare, rankdata, studentized_range

    tasks, count = values.shape
    means = rankdata(values, axis=1).mean(axis=0)
    q = studentized_range.ppf(1 - level, count, np.inf) / math.sqrt(2)
    critical = q * math.sqrt(count * (count + 1) / (6 * tasks))
    p_value = friedmanchisquare(*values.T).pvalue if count > 2 else math.nan  # noqa: PLR2004
    return Ranks(tuple(names), tuple(map(float, means)), tasks, float(p_value), float(critical))
