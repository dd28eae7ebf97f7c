"""The figure of learning curves: how the best candidates got where they are."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from gridloom import Result
from gridloom_plugins.figures.curves import RATE, Curve, Learner, learners, span_decades
from gridloom_plugins.figures.texts import one_line
from gridloom_plugins.plotting.style import GRID, LINES, WIDTH, panels

if TYPE_CHECKING:
    from matplotlib.figure import Figure

COLUMNS = 2
MOST = 6
"""The most panels."""

SHORT_AXIS = 300
"""A logarithmic axis whose ends are less far apart has numbers between the powers of ten."""

LABEL = 88
"""How many characters of a candidate stand in the legend."""

FAINT = 0.4
"""How opaque the line of a training metric is beside that of validation."""

VALIDATION = "val_"
"""What the names of metrics on rows held out begin with."""


def draw_learning(result: Result) -> Figure | None:
    """A panel for each metric with the curves of the best five candidates; None where engines keep no history.

    A metric of training and the same of validation share a panel.
    """
    drawn = learners(result, len(LINES))
    groups = _groups(list(dict.fromkeys(metric for learner in drawn for metric in learner.curves)))[:MOST]
    if not groups:
        return None
    is_wide = len(groups) >= COLUMNS
    rows = -(-len(groups) // COLUMNS)
    size = (WIDTH if is_wide else 0.7 * WIDTH, 2.3 * rows + 0.4 + 0.15 * len(drawn))
    figure, places = panels(len(groups), COLUMNS, size)
    handles: dict[int, Any] = {}
    for axes, metrics in zip(places, groups, strict=True):
        handles |= _panel(axes, drawn, metrics)
    labels = [f"{drawn[line].rank}. {one_line(drawn[line].name, LABEL)}" for line in handles]
    figure.legend(
        list(handles.values()),
        labels,
        loc="outside lower left",
        handlelength=3.5,
        ncols=COLUMNS if is_wide and max(map(len, labels)) < LABEL // 2 else 1,
        title=_caption(drawn, is_wide),
        title_fontsize=7,
        alignment="left",
    )
    return figure


def _groups(metrics: list[str]) -> list[tuple[str, ...]]:
    """The metrics of each panel: those of training and validation together, and learning rates last."""
    joined = {metric: (metric, f"{VALIDATION}{metric}") for metric in metrics if f"{VALIDATION}{metric}" in metrics}
    seconds = {second for _, second in joined.values()}
    ordered = sorted(metrics, key=lambda metric: metric == RATE)
    return [joined.get(metric, (metric,)) for metric in ordered if metric not in seconds]


def _caption(drawn: Sequence[Learner], is_wide: bool) -> str | None:
    """How to read the figure, as far as its width holds it."""
    lines = ["means over the fits, best candidates first; band: one standard deviation of the best's fits"] * is_wide
    if any(learner.stops.by_epoch for learner in drawn):
        lines.append("ticks: fits stopped; from the first of them on, thin means over those that still trained")
    return "\n".join(lines) or None


def _panel(axes: Any, drawn: Sequence[Learner], metrics: tuple[str, ...]) -> dict[int, Any]:
    """Draw the metrics of a panel, the last one strongest; the handles for the legend, by candidate."""
    handles = {}
    shown: list[float] = []
    for metric in metrics:
        alpha = 1.0 if metric == metrics[-1] else FAINT
        for line, learner in enumerate(drawn):
            if metric in learner.curves:
                handles[line] = _draw(axes, learner, learner.curves[metric], line, alpha)
                shown += [value for value in learner.curves[metric].mean if not math.isnan(value)]
    _set_scales(axes, shown)
    title = one_line(metrics[0])
    axes.set_title(f"{title}: validation, and faint training" if len(metrics) > 1 else title, loc="left")
    return handles


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


def _draw(axes: Any, learner: Learner, curve: Curve, line: int, alpha: float) -> Any:
    """Draw a curve, thin from where fits have stopped; the best one with a band of one standard deviation of its fits."""
    colour, pattern = LINES[line]
    epochs, mean = range(1, len(curve.mean) + 1), curve.mean
    if line == 0:
        low = [mean - std for mean, std in zip(mean, curve.std, strict=True)]
        high = [mean + std for mean, std in zip(mean, curve.std, strict=True)]
        axes.fill_between(epochs, low, high, color=colour, alpha=0.15 * alpha, linewidth=0)
    shared = curve.shared
    style = {"color": colour, "linestyle": pattern, "alpha": alpha}
    (handle,) = axes.plot(epochs[:shared], mean[:shared], marker="o" if len(mean) == 1 else None, **style)
    if shared < len(mean):
        axes.plot(epochs[shared - 1 :], mean[shared - 1 :], linewidth=0.5, **style)
    if ends := [epoch for epoch in learner.stops.by_epoch if epoch <= len(mean)]:
        axes.plot(ends, [mean[epoch - 1] for epoch in ends], "|", color=colour, alpha=alpha, markersize=5)
    return handle
