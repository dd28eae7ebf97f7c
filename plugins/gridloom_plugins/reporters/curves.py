"""Learning curves: what the fits of a trial have in common, epoch by epoch."""

from __future__ import annotations

import math
from dataclasses import dataclass
from itertools import zip_longest

from gridloom import Trial

FAR = 20.0
"""Numbers that are so many times apart have a logarithmic axis: the epochs that count are not all at its foot."""


@dataclass(frozen=True)
class Curve:
    """The mean over a trial's fits and their population standard deviation, a number for each epoch.

    A fit counts for the epochs that it has. Where one of them is not finite, so are the numbers: NaN.
    """

    mean: list[float]
    std: list[float]


def curves(trial: Trial) -> dict[str, Curve]:
    """The curves of a trial by metric, over all fits that are there; none where engines keep no history."""
    histories = [result.history for result in trial.results if result]
    metrics = dict.fromkeys(metric for history in histories for metric in history)
    found = {}
    for metric in metrics:
        by_epoch = zip_longest(*(history[metric] for history in histories if metric in history))
        points = [_point([value for value in values if value is not None]) for values in by_epoch]
        if points:
            found[metric] = Curve([mean for mean, _ in points], [std for _, std in points])
    return found


def _point(values: list[float]) -> tuple[float, float]:
    """Mean and standard deviation, both NaN unless all values are finite and can be squared."""
    mean = sum(values) / len(values)
    std = math.hypot(*(value - mean for value in values)) / math.sqrt(len(values))
    return (mean, std) if math.isfinite(mean) and math.isfinite(std) else (math.nan, math.nan)
