"""Plots as data for Plotly: what all of them share.

A colour is the name of one of the page's own, such as "@accent", so that a plot follows the page from light to dark.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any

from gridloom_plugins.figures.axes import Axis, Scale
from gridloom_plugins.html.embedding import Raw, embedded
from gridloom_plugins.html.texts import LABEL, NARROW_LABEL, label

ROW = 22
"""Pixels of a row that has a label."""

REACH = 3.0
"""What lies more than so many interquartile ranges off the middle half does not stretch an axis."""

TITLE = 44
"""The most characters of a title along an axis."""

TICK = 12
"""The most characters of a value below an axis."""

NO_PLOT = 1e300
"""Axes cannot hold larger numbers."""

FOOT = {"overlaying": "y", "range": [0, 1], "visible": False, "fixedrange": True}
"""An axis of its own for marks at the foot of a plot, whatever else is drawn."""


@dataclass(frozen=True)
class Plot:
    """A plot: what it shows in words, its traces and layout, its height in pixels, and what a phone has instead.

    `key` says how to read its labels, above it; `notes` are sentences below it. On a page narrower than `width` pixels it
    scrolls sideways.
    """

    title: str
    traces: Sequence[dict[str, Any]]
    layout: dict[str, Any]
    height: int
    narrow: dict[str, Any] = field(default_factory=dict)
    key: str = ""
    width: int = 0
    notes: Sequence[str] = ()

    @property
    def embedded(self) -> Raw:
        """The plot as JSON for a script element."""
        return embedded({"data": self.traces, "layout": self.layout, "narrow": self.narrow})


def score_axis(title: str, extent: tuple[float, float] | None) -> dict[str, Any]:
    """An axis of scores over this extent."""
    return {"title": {"text": label(title, TITLE)}, "range": extent, "autorange": extent is None}


def values_axis(name: str, axis: Axis) -> dict[str, Any]:
    """The axis of a hyperparameter's values."""
    places, texts = [place for place, _ in axis.ticks], [label(text, TICK) for _, text in axis.ticks]
    scale = {"type": "log"} if axis.scale is Scale.LOG else {}
    return {"title": {"text": label(name, TITLE)}, "tickvals": places, "ticktext": texts, **scale}


def rows_axis(names: Sequence[str], ranks: Sequence[int] = ()) -> tuple[dict[str, Any], dict[str, Any]]:
    """A vertical axis with a label at each row, the first one on top, and what a phone has instead."""
    heads = [f"<b>{rank}</b>\u2002" for rank in ranks] or [""] * len(names)
    wide, narrow = (
        [head + label(name, limit) for head, name in zip(heads, names, strict=True)] for limit in (LABEL, NARROW_LABEL)
    )
    axis = {"tickvals": list(range(len(names))), "ticktext": wide, "range": [len(names) - 0.5, -0.5]}
    return axis | {"showgrid": False, "ticks": ""}, {"yaxis": {"ticktext": narrow}}


def dots(
    x: Sequence[float], y: Sequence[float], colour: str, hover: Sequence[str], size: int = 8, **more: Any
) -> dict[str, Any]:
    """Dots of a colour with texts for a pointer that rests on them."""
    marker = {"size": size, "color": colour}
    shown = {"mode": "markers", "x": x, "y": y, "marker": marker, "hoverinfo": "text", "hovertext": hover}
    return {"type": "scatter"} | shown | more


def extent_of(
    numbers: Iterable[float], always: Iterable[float] = (), reach: float = REACH
) -> tuple[float, float] | None:
    """The range of an axis for these numbers, far outliers aside, but with `always`; None when an axis cannot hold it."""
    ordered = sorted(numbers)
    if not ordered or max(abs(ordered[0]), abs(ordered[-1])) > NO_PLOT:
        return None
    first, third = ordered[len(ordered) // 4], ordered[3 * len(ordered) // 4]
    far = reach * (third - first) if third > first else math.inf
    low = min(max(ordered[0], first - far), *always, ordered[-1])
    high = max(min(ordered[-1], third + far), *always, low)
    margin = 0.04 * (high - low) or 0.05 * abs(high) or 0.5
    return low - margin, high + margin


def beyond(numbers: Iterable[float], extent: tuple[float, float] | None) -> list[str]:
    """A note when some of the numbers lie outside of an axis."""
    outside = extent is not None and any(not extent[0] <= number <= extent[1] for number in numbers)
    return ["Some values lie beyond the axis."] if outside else []


def whiskers(means: Sequence[float], bounds: Sequence[tuple[float, float]], colour: str) -> dict[str, Any]:
    """The intervals of means, as Plotly wants error bars."""
    return {
        "type": "data",
        "symmetric": False,
        "array": [high - mean for mean, (_, high) in zip(means, bounds, strict=True)],
        "arrayminus": [mean - low for mean, (low, _) in zip(means, bounds, strict=True)],
        "color": colour,
        "thickness": 1.5,
        "width": 0,
    }
