"""The figure of learning curves: how the best candidates got where they are."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

from gridloom import Result
from gridloom_plugins.figures.curves import Curve, learners, span_decades
from gridloom_plugins.figures.texts import one_line
from gridloom_plugins.plotting.style import GRID, LINES, WIDTH, panels

if TYPE_CHECKING:
    from matplotlib.figure import Figure

COLUMNS = 2
MOST = 6
"""The most metrics that are drawn."""

SHORT_AXIS = 300
"""A logarithmic axis whose ends are less far apart has numbers between the powers of ten."""

LABEL = 88
"""How many characters of a candidate stand in the legend."""


def draw_learning(result: Result) -> Figure | None:
    """A panel for each metric with the curves of the best five candidates; None where engines keep no history."""
    drawn = learners(result, len(LINES))
    metrics = list(dict.fromkeys(metric for learner in drawn for metric in learner.curves))[:MOST]
    if not metrics:
        return None
    is_wide = len(metrics) >= COLUMNS
    rows = -(-len(metrics) // COLUMNS)
    size = (WIDTH if is_wide else 0.7 * WIDTH, 2.3 * rows + 0.4 + 0.15 * len(drawn))
    figure, places = panels(len(metrics), COLUMNS, size)
    handles: dict[int, Any] = {}
    for axes, metric in zip(places, metrics, strict=True):
        known = {line: learner.curves[metric] for line, learner in enumerate(drawn) if metric in learner.curves}
        handles |= {line: _draw(axes, curve, line) for line, curve in known.items()}
        _set_scales(axes, [value for curve in known.values() for value in curve.mean if not math.isnan(value)])
        axes.set_title(one_line(metric), loc="left")
    labels = [f"{drawn[line].rank}. {one_line(drawn[line].name, LABEL)}" for line in handles]
    title = "means over the fits, best candidates first; band: one standard deviation of the best's fits"
    figure.legend(
        list(handles.values()),
        labels,
        loc="outside lower left",
        handlelength=3.5,
        ncols=COLUMNS if is_wide and max(map(len, labels)) < LABEL // 2 else 1,
        title=title if is_wide else None,
        title_fontsize=7,
        alignment="left",
    )
    return figure


def _set_scales(axes: Any, numbers: list[float]) -> None:
    """Whole epochs, and a logarithmic scale for curves that span decades."""
    from matplotlib.ticker import FuncFormatter, LogLocator, MaxNLocator, NullFormatter

    if span_decades(numbers):
        axes.set_yscale("log")
        low, high = axes.get_ylim()
        axes.yaxis.set_major_locator(LogLocator(subs=(1.0, 2.0, 5.0) if high < SHORT_AXIS * low else (1.0,)))
        axes.yaxis.set_major_formatter(FuncFormatter(lambda value, _: f"{value:g}"))  # not by mathematical text
        axes.yaxis.set_minor_formatter(NullFormatter())
    axes.set_xlabel("epoch")
    axes.xaxis.set_major_locator(MaxNLocator(integer=True, steps=[1, 2, 5, 10]))
    axes.grid(**GRID)


def _draw(axes: Any, curve: Curve, line: int) -> Any:
    """Draw a curve; the best one with a band of one standard deviation of its fits."""
    colour, pattern = LINES[line]
    epochs = range(1, len(curve.mean) + 1)
    if line == 0:
        low = [mean - std for mean, std in zip(curve.mean, curve.std, strict=True)]
        high = [mean + std for mean, std in zip(curve.mean, curve.std, strict=True)]
        axes.fill_between(epochs, low, high, color=colour, alpha=0.15, linewidth=0)
    marker = "o" if len(curve.mean) == 1 else None
    (handle,) = axes.plot(epochs, curve.mean, color=colour, linestyle=pattern, marker=marker)
    return handle
