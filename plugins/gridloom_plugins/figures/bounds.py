"""What scores can be: the ends of scikit-learn's scorers, within which intervals are drawn."""

from __future__ import annotations

import math
import re
from collections.abc import Iterable
from dataclasses import dataclass

_SHARES = re.compile(
    r"""accuracy | balanced_accuracy | top_k_accuracy | average_precision | rand_score | fowlkes_mallows_score
      | completeness_score | homogeneity_score | v_measure_score | normalized_mutual_info_score
      | (f1 | jaccard | precision | recall | roc_auc) (_\w+)?""",
    re.VERBOSE,
)
"""Scorers between 0 and 1."""

_AT_MOST_ONE = ("adjusted_mutual_info_score", "adjusted_rand_score", "explained_variance", "r2")


@dataclass(frozen=True)
class Bounds:
    """The lowest and the highest that a score can be; infinite where there is no end, or none is known."""

    low: float = -math.inf
    high: float = math.inf

    def cut(self, low: float, high: float) -> tuple[float, float]:
        """What of an interval lies within: Student's t, which made it, knows no ends. All of it where nothing does."""
        return (max(low, self.low), min(high, self.high)) if low <= self.high and high >= self.low else (low, high)

    def note(self, scoring: str, ends: Iterable[float]) -> str:
        """A sentence that tells that intervals with these ends are not drawn in full; empty where they are."""
        if all(self.low <= end <= self.high for end in ends):
            return ""
        span = f"from {self.low:g} to {self.high:g}" if math.isfinite(self.low + self.high) else f"up to {self.high:g}"
        span = f"from {self.low:g} on" if self.high == math.inf else span
        return f"Intervals are drawn {span}, as far as {scoring} goes."


def bounds_of(scoring: str) -> Bounds:
    """The ends of a scorer by its name; none for one that is not scikit-learn's own.

    >>> bounds_of("accuracy"), bounds_of("neg_log_loss").high, bounds_of("r2").high
    (Bounds(low=0.0, high=1.0), 0.0, 1.0)
    """
    if _SHARES.fullmatch(scoring):
        return Bounds(0.0, 1.0)
    if scoring == "matthews_corrcoef":
        return Bounds(-1.0, 1.0)
    if scoring in _AT_MOST_ONE or scoring.startswith("d2_"):
        return Bounds(high=1.0)
    if scoring in ("positive_likelihood_ratio", "mutual_info_score"):
        return Bounds(low=0.0)
    return Bounds(high=0.0) if scoring.startswith("neg_") else Bounds()
