"""The section `curves`: how the loss of the best candidates fell, epoch by epoch, over all of their fits."""

from __future__ import annotations

import itertools
import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from gridloom import Result, Trial
from gridloom_plugins.html.plots import NO_PLOT, Plot, beyond, extent_of, spread_out
from gridloom_plugins.html.texts import budget_text, cut, label, score_text, value_text, varied
from gridloom_plugins.reporters.curves import FAR

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

Curve = list[tuple[int, float, float, float]]


def curve_plots(result: Result) -> list[Plot]:
    """A plot for each of the best candidates that have a history, all with the same axis."""
    found = []
    for trial in result.ranked[:SHOWN]:
        measures = {name: curve for name in _measures(trial) if (curve := _curve(_series(trial, name)))}
        if measures:
            found.append((trial, measures))
    points = [point for _, measures in found for curve in measures.values() for point in curve]
    axes = _Axes(max((point[0] for point in points), default=1), [number for point in points for number in point[1:]])
    names = varied(result.trials)
    return [_plot(trial, measures, result.ranks[trial.number], names, axes) for trial, measures in found]


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
        low, high = min(self.numbers, default=0), max(self.numbers, default=0)
        return low > 0 and FAR * low < high < NO_PLOT

    def up(self, title: str) -> dict[str, Any]:
        """The vertical axis."""
        if not self._is_logarithmic or not self.extent:
            return {"title": {"text": title}, "range": self.extent, "autorange": self.extent is None}
        low, high = (math.log10(end) for end in self.extent)
        digits = (1, 2, 5) if high - low < DECADES else (1,)
        ticks = [digit * 10.0**power for power in range(math.floor(low), math.ceil(high)) for digit in digits]
        return {"title": {"text": title}, "type": "log", "range": [low, high], "tickvals": ticks, "tickformat": "~g"}


def _measures(trial: Trial) -> list[str]:
    """The measures to draw: losses, or else whatever is the first in the history."""
    known = list(dict.fromkeys(name for result in trial.results if result for name in result.history))
    return [name for name in MEASURES if name in known] or known[:1]


def _series(trial: Trial, measure: str) -> list[Sequence[float]]:
    return [result.history[measure] for result in trial.results if result and measure in result.history]


def _curve(series: Sequence[Sequence[float]]) -> Curve:
    """Epoch (from 1), lowest, mean and highest, where a fit has a number."""
    return list(_points(series, max(map(len, series), default=0)))


def _points(series: Sequence[Sequence[float]], epochs: int) -> Iterator[tuple[int, float, float, float]]:
    for epoch in spread_out(epochs, POINTS):
        there = [fit[epoch] for fit in series if epoch < len(fit) and math.isfinite(fit[epoch])]
        if there:
            yield epoch + 1, min(there), math.fsum(number / len(there) for number in there), max(there)


def _plot(trial: Trial, measures: dict[str, Curve], rank: int, names: Sequence[str], axes: _Axes) -> Plot:
    traces = []
    for (name, curve), colour in zip(measures.items(), ("accent", "second"), strict=False):
        traces += _traces(name, curve, colour)
    parts = [f"{name} {value_text(trial.params[name])}" for name in names if name in trial.params]
    parts += [budget_text(trial)] if budget_text(trial) else []
    title = " and ".join(label(name) for name in measures)
    return Plot(
        title=f"{rank}. {cut(', '.join(parts), 80)}",
        traces=traces,
        layout={
            "xaxis": axes.across,
            "yaxis": axes.up(title),
        },
        height=220,
        notes=beyond([number for curve in measures.values() for point in curve for number in point[1:]], axes.extent),
    )


def _traces(name: str, curve: Curve, colour: str) -> list[dict[str, Any]]:
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
