"""The figure of parallel coordinates: a line for each candidate through its values, the best ones on top."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from gridloom import Result
from gridloom_plugins.figures.numbers import even_ticks
from gridloom_plugins.figures.parallel import GROUPS, Parallel, parallel
from gridloom_plugins.figures.texts import one_line
from gridloom_plugins.plotting.style import SHORT, WIDTH

if TYPE_CHECKING:
    from matplotlib.figure import Figure

MOST, PARAMETERS = 1000, 7
"""The most candidates, the best ones; and the most parameters, those that matter most."""

LOOKS = (("#00366B", 1.3), ("#0072B2", 0.9), ("#8FBFDD", 0.6), ("#D5D5D5", 0.5))
"""Colour and width of the lines of each group, darker for better ones."""

ABSENT = -0.1
"""Where lines of candidates cross an axis whose parameter they lack."""

LABELS = 8
"""The most values beside an axis."""


def draw_parallel(result: Result) -> Figure | None:
    """An axis for each parameter and one for the mean; None where fewer than two candidates or parameters differ."""
    from matplotlib.collections import LineCollection
    from matplotlib.figure import Figure

    found = parallel(result, MOST, PARAMETERS)
    if found is None:
        return None
    figure = Figure(figsize=(WIDTH, 3.4), layout="constrained")
    axes = figure.add_subplot()
    means = [line.trial.mean for line in found.lines]
    low, high = min(means), max(means)
    columns = range(len(found.names) + 1)
    for number, (colour, width) in reversed(list(enumerate(LOOKS))):
        lines = [line for line in found.lines if line.group == number]
        heights = [[ABSENT if share is None else share for share in line.shares] for line in lines]
        ends = [_share(line.trial.mean, low, high) for line in lines]
        paths = [list(zip(columns, [*row, end], strict=True)) for row, end in zip(heights, ends, strict=True)]
        if paths:
            axes.add_collection(LineCollection(paths, colors=colour, linewidths=width, label=GROUPS[number][0]))
    _label(axes, found, low, high)
    titles = [*(one_line(name, SHORT) for name in found.names), one_line(f"mean {result.scoring}", 2 * SHORT)]
    axes.set_xticks(list(columns), titles)
    axes.xaxis.tick_top()
    axes.tick_params(length=0)
    axes.set_yticks([])
    axes.set_xlim(-0.1, len(found.names) + 0.4)
    axes.autoscale_view(scalex=False)
    for side in axes.spines.values():
        side.set_visible(False)
    figure.legend(loc="outside lower center", ncols=len(GROUPS), reverse=True)
    return figure


def _share(mean: float, low: float, high: float) -> float:
    return (mean - low) / (high - low) if high > low else 0.5


def _label(axes: Any, found: Parallel, low: float, high: float) -> None:
    """Draw the axes, with values beside them."""
    means = [(_share(tick, low, high), f"{tick:.4g}") for tick in even_ticks(low, high, LABELS)]
    for column, ticks in enumerate([*(axis.tick_shares for axis in found.axes), means]):
        axes.plot([column, column], [0, 1], color="#404040", linewidth=0.7)
        for share, text in ticks[:: -(-len(ticks) // LABELS)]:
            box = {"facecolor": "white", "edgecolor": "none", "alpha": 0.8, "pad": 0.8}
            axes.text(column + 0.03, share, one_line(text, SHORT), fontsize=6.5, va="center", bbox=box)
