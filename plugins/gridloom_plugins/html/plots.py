"""Plots as data for Plotly: what all of them share.

A colour is the name of one of the page's own, such as "@accent", so that a plot follows the page from light to dark.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any, TypeVar

from gridloom_plugins.html.embedding import Raw, embedded
from gridloom_plugins.html.texts import LABEL, NARROW_LABEL, label

T = TypeVar("T")

ROW = 22
"""Pixels of a row that has a label."""

REACH = 3.0
"""What lies more than so many interquartile ranges off the middle half does not stretch an axis."""

NO_PLOT = 1e300
"""Axes cannot hold larger numbers."""


@dataclass(frozen=True)
class Plot:
    """A plot: what it shows in words, its traces and layout, its height in pixels, and what a phone has instead.

    `key` says how to read its labels, above it; `notes` are sentences below it.
    """

    title: str
    traces: Sequence[dict[str, Any]]
    layout: dict[str, Any]
    height: int
    narrow: dict[str, Any] = field(default_factory=dict)
    key: str = ""
    notes: Sequence[str] = ()

    @property
    def embedded(self) -> Raw:
        """The plot as JSON for a script element."""
        return embedded({"data": self.traces, "layout": self.layout, "narrow": self.narrow})


def score_axis(title: str, extent: tuple[float, float] | None) -> dict[str, Any]:
    """An axis of scores over this extent."""
    return {"title": {"text": label(title)}, "range": extent, "autorange": extent is None}


def rows_axis(labels: Sequence[str]) -> dict[str, Any]:
    """A vertical axis with a label at each row, the first one on top."""
    return {
        "tickvals": list(range(len(labels))),
        "ticktext": labels,
        "range": [len(labels) - 0.5, -0.5],
        "showgrid": False,
        "ticks": "",
    }


def labels_of(names: Sequence[str], limit: int = LABEL) -> list[str]:
    """Names as labels."""
    return [label(name, limit) for name in names]


def ranked_labels(names: Sequence[tuple[int, str]], limit: int = LABEL) -> list[str]:
    """Ranks and names as labels."""
    return [f"<b>{rank}</b>\u2002{label(name, limit)}" for rank, name in names]


def narrow_rows(make: Callable[[Sequence[T], int], list[str]], names: Sequence[T]) -> dict[str, Any]:
    """What a phone has instead of the labels of `rows_axis`."""
    return {"yaxis": {"ticktext": make(names, NARROW_LABEL)}}


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
    return ["Some of it lies beyond the axis."] if outside else []


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


def spread_out(count: int, limit: int) -> list[int]:
    """At most `limit` places out of `count`, evenly spaced, the first and the last among them."""
    if count <= limit:
        return list(range(count))
    return [round(place * (count - 1) / (limit - 1)) for place in range(limit)]
