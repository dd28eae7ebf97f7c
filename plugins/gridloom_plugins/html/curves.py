"""The section `curves`: how the loss of the best candidates fell, epoch by epoch, over all of their fits."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from gridloom import Result
from gridloom_plugins.figures.curves import RATE, Curve, Learner, learners, spread_out
from gridloom_plugins.figures.hints import training_hints
from gridloom_plugins.figures.texts import one_line, score_text
from gridloom_plugins.html.curve_axes import Axes
from gridloom_plugins.html.plots import FOOT, Plot, beyond, dots
from gridloom_plugins.html.texts import label

SHOWN = 6
"""How many of the best candidates have a plot."""

POINTS = 300
"""The most epochs in a plot."""

LINES = 12
"""So many fits that stop at different epochs have a line each; more have a band."""

LOSS, VALIDATION = "loss", "val_loss"
"""What is drawn, where fits have it: what was trained on, and what was held out while training."""

WORDS = {LOSS: "training loss", VALIDATION: "validation loss"}
"""What both are called where there are both."""

TITLE = 160
"""The most characters of a candidate above its plot."""

Points = list[tuple[int, float, float, float]]
"""Epoch (from 1), lowest, mean and highest."""


@dataclass(frozen=True)
class Section:
    """The plots, what they suggest, and what any of them has: a validation loss, lines of fits, bands, marks where fits stopped."""

    plots: Sequence[Plot]
    hints: Sequence[str]
    has_validation: bool
    has_lines: bool
    has_bands: bool
    has_fewer: bool
    has_stops: bool


def curves_section(result: Result) -> Section | None:
    """A plot for each of the best candidates that have a history, all with the same axes; None where none has."""
    found = [(learner, measures) for learner in learners(result, SHOWN) if (measures := _measures(learner))]
    if not found:
        return None
    points = [point for _, measures in found for curve in measures.values() for point in curve]
    axes = Axes(max((point[0] for point in points), default=1), [number for point in points for number in point[1:]])
    drawn = [(learner, learner.curves[name]) for learner, measures in found for name in measures]
    with_lines = [_has_lines(learner, curve) for learner, curve in drawn]
    return Section(
        plots=[_plot(learner, measures, axes) for learner, measures in found],
        hints=training_hints(result),
        has_validation=any(VALIDATION in measures for _, measures in found),
        has_lines=any(with_lines),
        has_bands=not all(with_lines),
        has_fewer=any(_is_uneven(curve) for _, curve in drawn),
        has_stops=any(learner.stops.by_epoch for learner, _ in found),
    )


def _measures(learner: Learner) -> dict[str, Points]:
    """What is drawn of a candidate: its losses, or else whatever is the first in the history, where it is finite."""
    known = [name for name in learner.curves if name != RATE]
    names = [name for name in (LOSS, VALIDATION) if name in known] or known[:1]
    return {name: points for name in names if (points := _points(learner.curves[name]))}


def _points(curve: Curve) -> Points:
    """At most so many points, and among them the last epoch that all fits have."""
    rows = list(enumerate(zip(curve.low, curve.mean, curve.high, strict=True), start=1))
    places = sorted({*spread_out(len(rows), POINTS), curve.shared - 1})
    return [(epoch, *rows[place][1]) for place in places if math.isfinite(rows[place][1][1]) for epoch in [place + 1]]


def _is_uneven(curve: Curve) -> bool:
    return curve.shared < len(curve.mean)


def _has_lines(learner: Learner, curve: Curve) -> bool:
    """Whether each fit has a line, since the lowest and highest of those that are left say little."""
    return _is_uneven(curve) and len(learner.histories) <= LINES


def _plot(learner: Learner, measures: dict[str, Points], axes: Axes) -> Plot:
    words = {name: label(WORDS[name] if len(measures) > 1 else name) for name in measures}
    traces: list[dict[str, Any]] = []
    for (name, points), colour in zip(measures.items(), ("accent", "second"), strict=False):
        traces += _traces(learner, name, points, colour, words[name])
    outside = beyond([number for points in measures.values() for point in points for number in point[1:]], axes.extent)
    title = LOSS if len(measures) > 1 else next(iter(words.values()))
    return Plot(
        title=f"{learner.rank}. {one_line(learner.name, TITLE)}",
        traces=[*traces, *_marks(learner)],
        layout={"xaxis": axes.across, "yaxis": axes.up(title), "yaxis2": FOOT},
        height=220,
        notes=[*filter(None, [learner.stops.sentence]), *outside],
    )


def _traces(learner: Learner, name: str, points: Points, colour: str, word: str) -> Iterator[dict[str, Any]]:
    """What is drawn of a measure: a line for each fit or a band, and the mean, dotted where it is over fewer fits."""
    curve = learner.curves[name]
    if _has_lines(learner, curve):
        yield _lines(learner, name, colour)
    else:
        yield from _band(points, colour)
    hovers = [_hover(learner, name, point, word) for point in points]
    last = sum(point[0] <= curve.shared for point in points)
    if last:
        yield _mean(points[:last], hovers[:last], colour)
    if last < len(points):
        first = max(0, last - 1)
        yield _mean(points[first:], hovers[first:], colour, dash="dot")


def _lines(learner: Learner, name: str, colour: str) -> dict[str, Any]:
    """A thin line for each fit, as one trace with gaps between them."""
    x: list[int | None] = []
    y: list[float | None] = []
    for history in learner.histories:
        values = history.get(name, ())
        places = spread_out(len(values), POINTS)
        x += [*(place + 1 for place in places), None]
        y += [*(_rounded(values[place]) for place in places), None]
    return {"type": "scatter", "mode": "lines", "x": x, "y": y, "hoverinfo": "skip"} | {
        "line": {"width": 1, "color": f"@{colour}"},
        "opacity": 0.45,
    }


def _rounded(value: float) -> float | None:
    return float(f"{value:.5g}") if math.isfinite(value) else None


def _band(points: Points, colour: str) -> Iterator[dict[str, Any]]:
    """From the lowest to the highest fit."""
    epochs = [point[0] for point in points]
    edge = {"type": "scatter", "mode": "lines", "x": epochs, "line": {"width": 0}, "hoverinfo": "skip"}
    yield edge | {"y": [point[1] for point in points]}
    yield edge | {"y": [point[3] for point in points], "fill": "tonexty", "fillcolor": f"@{colour}-band"}


def _mean(points: Points, hovers: Sequence[str], colour: str, **line: str) -> dict[str, Any]:
    return {
        "type": "scatter",
        "mode": "lines" if len(points) > 1 else "markers",
        "x": [point[0] for point in points],
        "y": [point[2] for point in points],
        "line": {"width": 2, "color": f"@{colour}", **line},
        "hoverinfo": "text",
        "hovertext": hovers,
    }


def _hover(learner: Learner, name: str, point: tuple[int, float, float, float], word: str) -> str:
    """The numbers of an epoch, with how many fits still trained where not all did, and the learning rate where it is known."""
    epoch, low, middle, high = point
    lines = [f"epoch {epoch}", f"{word} {score_text(middle)} ({score_text(low)} to {score_text(high)})"]
    curve = learner.curves[name]
    if epoch > curve.shared:
        lines.append(f"over the {curve.fits[epoch - 1]} of {curve.fits[0]} fits that still train")
    rate = learner.curves.get(RATE)
    if rate and epoch <= len(rate.mean):
        low, high = rate.low[epoch - 1], rate.high[epoch - 1]
        lines.append(f"learning rate {low:.3g}" + (f" to {high:.3g}" if high > low else ""))
    return "<br>".join(lines)


def _marks(learner: Learner) -> Iterator[dict[str, Any]]:
    """A tick at the foot of the plot at each epoch at which fits stopped."""
    epochs = list(learner.stops.by_epoch)
    if epochs:
        hovers = [learner.stops.at(epoch) for epoch in epochs]
        yield dots(epochs, [0.04] * len(epochs), "@text", hovers, yaxis="y2") | {
            "marker": {"symbol": "line-ns-open", "size": 7, "color": "@text", "line": {"width": 2, "color": "@text"}}
        }
