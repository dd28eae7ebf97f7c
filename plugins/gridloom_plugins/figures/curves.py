"""Learning curves as data: what the fits of a trial have in common, epoch by epoch."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import zip_longest

from gridloom import Result, Trial
from gridloom_plugins.figures.candidates import named, varied
from gridloom_plugins.figures.stops import Stops, stops_of

FAR = 20.0
"""Numbers that are so many times apart have a logarithmic axis: the epochs that count are not all at its foot."""

RATE = "learning_rate"
"""What callbacks set in the course of a training, which is no measure of success."""


@dataclass(frozen=True)
class Curve:
    """The mean over a trial's fits, their population standard deviation, the lowest and the highest, for each epoch.

    A fit counts for the epochs that it has, and `fits` says how many have this one: where a fit stops, the mean jumps.
    Where one of the numbers is not finite, so are the four of them: NaN.
    """

    mean: list[float]
    std: list[float]
    low: list[float]
    high: list[float]
    fits: list[int]

    @property
    def shared(self) -> int:
        """For how many epochs all fits are there; means of later ones are over fewer fits."""
        return self.fits.count(self.fits[0])


@dataclass(frozen=True)
class Learner:
    """A candidate, its rank, its curves by metric, what they are made of, and which of its fits stopped early."""

    rank: int
    name: str
    curves: Mapping[str, Curve]
    histories: Sequence[Mapping[str, Sequence[float]]]
    stops: Stops


def learners(result: Result, most: int) -> list[Learner]:
    """At most so many of the best candidates, those whose fits have a history."""
    names = varied(result.trials)
    found = (
        Learner(
            rank=result.ranks[trial.number],
            name=named(trial, names),
            curves=curves(trial),
            histories=_histories(trial),
            stops=stops_of(result, trial),
        )
        for trial in result.ranked[:most]
    )
    return [learner for learner in found if learner.curves]


def curves(trial: Trial) -> dict[str, Curve]:
    """The curves of a trial by metric, over all fits that are there; none where engines keep no history."""
    histories = _histories(trial)
    metrics = dict.fromkeys(metric for history in histories for metric in history)
    found = {}
    for metric in metrics:
        by_epoch = zip_longest(*(history[metric] for history in histories if metric in history))
        present = [[value for value in values if value is not None] for values in by_epoch]
        if present:
            mean, std, low, high = map(list, zip(*map(_point, present), strict=True))
            found[metric] = Curve(mean, std, low, high, list(map(len, present)))
    return found


def still_training(trial: Trial) -> list[int]:
    """How many fits of a trial trained for each epoch; empty where all of them trained equally long."""
    epochs = [result.epochs for result in trial.results if result and result.epochs]
    if len(set(epochs)) < 2:  # noqa: PLR2004
        return []
    return [sum(epoch <= count for count in epochs) for epoch in range(1, max(epochs) + 1)]


def _histories(trial: Trial) -> list[Mapping[str, Sequence[float]]]:
    return [result.history for result in trial.results if result and result.history]


def span_decades(numbers: Sequence[float]) -> bool:
    """Whether numbers lie so far apart that an even scale would show nothing but the beginning or end of a curve."""
    return bool(numbers) and min(numbers) > 0 and max(numbers) > FAR * min(numbers)


def spread_out(count: int, limit: int) -> list[int]:
    """At most `limit` places out of `count`, evenly spaced, the first and the last among them."""
    if count <= limit:
        return list(range(count))
    return [round(place * (count - 1) / (limit - 1)) for place in range(limit)]


def _point(values: list[float]) -> tuple[float, float, float, float]:
    """Mean, standard deviation, lowest and highest, all NaN unless all values are finite and can be squared."""
    mean = sum(values) / len(values)
    std = math.hypot(*(value - mean for value in values)) / math.sqrt(len(values))
    if math.isfinite(mean) and math.isfinite(std):
        return mean, std, min(values), max(values)
    return math.nan, math.nan, math.nan, math.nan
