"""The picture of a comparison: regret against what was spent, and mean ranks with their critical difference."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from ranks import Ranks
from task import Floats

COLOURS = ("#0072b2", "#d55e00", "#009e73", "#cc79a7", "#e69f00", "#56b4e9", "#7f3c8d", "#a5762f", "#555555")
LEAST = 3e-3
MOST = 1.5
"""Regrets below LEAST are drawn there, on a logarithmic scale; those above MOST are not in the picture."""


@dataclass(frozen=True)
class Panel:
    """A plot of curves by name, each of the shape of the grid."""

    title: str
    xlabel: str
    grid: Floats
    curves: Mapping[str, Floats]


def draw(panels: list[Panel], rows: list[tuple[str, Ranks]], rivals: set[str], path: Path) -> None:
    """Draw panels side by side and below them the ranks, as SVG and PNG; ours are solid lines, rivals dashed."""
    import matplotlib as mpl

    mpl.use("agg")
    from matplotlib import pyplot as plt

    plt.rcParams.update(
        {
            "font.size": 9,
            "svg.hashsalt": "strategies",
            "svg.fonttype": "none",
            "axes.spines.top": False,
            "axes.spines.right": False,
        }
    )
    names = list(dict.fromkeys(name for _, found in rows for name in found.names))
    styles = {name: _style(name, names, rivals) for name in names}
    high = 0.6 + 0.17 * len(names)
    figure = plt.figure(figsize=(5.4 * len(panels), 4.4 + high), layout="constrained")
    above, below = figure.subfigures(2, 1, height_ratios=(4.4, high))
    for axes, panel in zip(np.atleast_1d(above.subplots(1, len(panels))), panels, strict=True):
        _curves(axes, panel, styles)
    for axes, (title, found) in zip(np.atleast_1d(below.subplots(1, len(rows))), rows, strict=True):
        _ranks(axes, title, found, styles)
    figure.suptitle(
        "Regret of the picked candidate, and mean ranks (1 is best). Solid, filled: Gridloom. Dashed, hollow: others."
    )
    figure.savefig(path.with_suffix(".png"), dpi=110)
    figure.savefig(path.with_suffix(".svg"), metadata={"Date": None})
    plt.close(figure)


def _style(name: str, names: list[str], rivals: set[str]) -> dict[str, Any]:
    peers = [one for one in names if (one in rivals) == (name in rivals)]
    dashes = {"linestyle": (0, (4, 2)), "linewidth": 1.4} if name in rivals else {"linewidth": 2.0}
    return {"color": COLOURS[peers.index(name) % len(COLOURS)], **dashes}


def _curves(axes: Any, panel: Panel, styles: Mapping[str, dict[str, Any]]) -> None:
    ends = []
    for name, values in panel.curves.items():
        axes.plot(panel.grid, np.maximum(values, LEAST), **styles[name])
        ends.append((float(np.log10(max(values[-1], LEAST))), name))
    axes.set(
        xscale="log", yscale="log", title=panel.title, xlabel=panel.xlabel, ylabel="mean regret (median candidate: 1)"
    )
    ticks = [one for one in (1, 2, 4, 8, 16, 32, 64, 128) if panel.grid[0] <= one <= panel.grid[-1]]
    axes.set_xticks(ticks, [str(one) for one in ticks])
    axes.set_ylim(top=MOST)
    low = axes.get_ylim()[0]
    levels = [one for one in (0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1) if one >= low]
    axes.set_yticks(levels, [f"{one:g}" for one in levels])
    axes.minorticks_off()
    axes.grid(alpha=0.25)
    low, top = np.log10(axes.get_ylim())
    gap = (top - low) / 30
    place = -np.inf
    for end, name in sorted(ends):
        place = max(end, place + gap)
        axes.annotate(
            name,
            (panel.grid[-1], 10.0**end),
            xytext=(panel.grid[-1] * 1.12, 10.0**place),
            color=styles[name]["color"],
            fontsize=7.5,
            va="center",
            annotation_clip=False,
        )


def _ranks(axes: Any, title: str, found: Ranks, styles: Mapping[str, dict[str, Any]]) -> None:
    """Bars of the critical difference: two strategies whose bars do not overlap differ."""
    order = found.best_first
    for row, (name, mean) in enumerate(order):
        colour, filled = styles[name]["color"], "linestyle" not in styles[name]
        half = found.critical / 2
        axes.plot([mean - half, mean + half], [row, row], color=colour, alpha=0.3, linewidth=4, solid_capstyle="butt")
        axes.plot([mean], [row], "o", color=colour, markerfacecolor=colour if filled else "white")
    axes.set_yticks(range(len(order)), [f"{name}  {mean:.1f}" for name, mean in order])
    axes.invert_yaxis()
    axes.set(title=title, xlabel=f"mean rank over {found.tasks} tasks; bars: critical difference {found.critical:.1f}")
    axes.grid(axis="x", alpha=0.25)
