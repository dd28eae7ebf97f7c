"""The section `curves`: how the loss of the best candidates fell, epoch by epoch, over all of their fits."""

from __future__ import annotations

import itertools
import math
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from gridloom import Result
from gridloom_plugins.figures.curves import Curve, Learner, learners, span_decades, spread_out
from gridloom_plugins.figures.texts import one_line, score_text
from gridloom_plugins.html.plots import NO_PLOT, Plot, beyond, extent_of
from gridloom_plugins.html.texts import label

SHOWN = 6
"""How many of the best candidates have a plot."""

POINTS = 300
"""The most epochs in a plot."""

MEASURES = ("loss", "val_loss")
"""What is drawn, where fits have it: what was trained on, and what was held out while training."""

REACH = 20.0
"""A loss falls far from its first epochs to its last; only fits that diverged do not stretch the axis."""

DECADES = 2.5
"""A longer logarithmic axis has numbers at the powers of ten alone."""

TICKS = 5
"""How many epochs besides the first have a number below them, at most."""

TRACES = 3
"""The traces of a measure: both edges of its band, and its mean."""

TITLE = 80
"""The most characters of a candidate above its plot."""

Points = list[tuple[int, float, float, float]]
"""Epoch (from 1), lowest, mean and highest."""


def curve_plots(result: Result) -> list[Plot]:
    """A plot for each of the best candidates that have a history, all with the same axis."""
    drawn = [(learner, measures) for learner in learners(result, SHOWN) if (measures := _measures(learner))]
    points = [point for _, measures in drawn for curve in measures.values() for point in curve]
    axes = _Axes(max((point[0] for point in points), default=1), [number for point in points for number in point[1:]])
    return [_plot(learner, measures, axes) for learner, measures in drawn]


@dataclass(frozen=True)
class _Axes:
    """What all plots have in common: how many epochs there are, and all numbers that are drawn."""

    epochs: int
    numbers: Sequence[float]

    @property
    def across(self) -> dict[str, Any]:
        """The axis of epochs, from the first to the last, with whole numbers alone."""
        steps = (digit * 10**power for power in itertools.count() for digit in (1, 2, 5))
        step = next(step for step in steps if self.epochs <= TICKS * step)
        margin = 0.02 * (self.epochs - 1) or 0.5
        ticks = [1, *range(step if step > 1 else 2, self.epochs + 1, step)]
        return {"title": {"text": "epoch"}, "tickvals": ticks, "range": [1 - margin, self.epochs + margin]}

    @cached_property
    def extent(self) -> tuple[float, float] | None:
        """From where to where the vertical axis goes; not below 0 for what never is."""
        if self._is_logarithmic:
            low, high = min(self.numbers), max(self.numbers)
            margin = (high / low) ** 0.04
            return low / margin, high * margin
        extent = extent_of(self.numbers, reach=REACH)
        return (max(extent[0], 0.0), extent[1]) if extent and min(self.numbers) >= 0 else extent

    @property
    def _is_logarithmic(self) -> bool:
        return span_decades(self.numbers) and max(self.numbers) < NO_PLOT

    def up(self, title: str) -> dict[str, Any]:
        """The vertical axis."""
        if not self._is_logarithmic or not self.extent:
            return {"title": {"text": title}, "range": self.extent, "autorange": self.extent is None}
        low, high = (math.log10(end) for end in self.extent)
        digits = (1, 2, 5) if high - low < DECADES else (1,)
        ticks = [digit * 10.0**power for power in range(math.floor(low), math.ceil(high)) for digit in digits]
        return {"title": {"text": title}, "type": "log", "range": [low, high], "tickvals": ticks, "tickformat": "~g"}


def _measures(learner: Learner) -> dict[str, Points]:
    """What is drawn of a candidate: its losses, or else whatever is the first in the history, where it is finite."""
    known = learner.curves
    names = [name for name in MEASURES if name in known] or list(known)[:1]
    return {name: points for name in names if (points := _points(known[name]))}


def _points(curve: Curve) -> Points:
    rows = list(enumerate(zip(curve.low, curve.mean, curve.high, strict=True), start=1))
    spread = [rows[place] for place in spread_out(len(rows), POINTS)]
    return [(epoch, low, mean, high) for epoch, (low, mean, high) in spread if math.isfinite(mean)]


def _plot(learner: Learner, measures: dict[str, Points], axes: _Axes) -> Plot:
    traces = []
    for (name, curve), colour in zip(measures.items(), ("accent", "second"), strict=False):
        traces += _traces(name, curve, colour)
    return Plot(
        title=f"{learner.rank}. {one_line(learner.name, TITLE)}",
        traces=traces,
        layout={"xaxis": axes.across, "yaxis": axes.up(" and ".join(label(name) for name in measures))},
        height=220,
        notes=beyond([number for curve in measures.values() for point in curve for number in point[1:]], axes.extent),
    )


def _traces(name: str, curve: Points, colour: str) -> list[dict[str, Any]]:
    epochs = [point[0] for point in curve]
    edge = {"type": "scatter", "mode": "lines", "x": epochs, "line": {"width": 0}, "hoverinfo": "skip"}
    mean = {
        "type": "scatter",
        "mode": "lines" if len(curve) > 1 else "markers",
        "x": epochs,
        "y": [point[2] for point in curve],
        "line": {"width": 2, "color": f"@{colour}"},
        "hoverinfo": "text",
        "hovertext": [
            f"epoch {epoch}<br>{label(name)} {score_text(middle)} ({score_text(low)} to {score_text(high)})"
            for epoch, low, middle, high in curve
        ],
    }
    band = {"y": [point[3] for point in curve], "fill": "tonexty", "fillcolor": f"@{colour}-band"}
    return [edge | {"y": [point[1] for point in curve]}, edge | band, mean]
