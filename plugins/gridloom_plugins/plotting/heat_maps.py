"""The figures of pairs of hyperparameters: a heat map of their combinations' means."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from gridloom_plugins.figures.pairs import PairMap
from gridloom_plugins.figures.texts import one_line, score_text
from gridloom_plugins.plotting.style import SHORT

if TYPE_CHECKING:
    from matplotlib.figure import Figure

COLOURS = "cividis"
"""From dark to light for every kind of eye, and in grey."""

MOST = 12
"""The most pairs that are drawn: those of the largest shares of the variance, where these are known."""

NUMBERED = 12
"""Tables with more rows or columns have no numbers in their cells."""


def draw_pair(found: PairMap, scoring: str) -> Figure:
    """A cell for each combination of a pair's values, with its mean; the highest is framed."""
    from matplotlib.figure import Figure

    rows, columns = ([one_line(text, SHORT) for text in texts] for texts in (found.rows, found.columns))
    width, height = (min(6.5, 2.0 + 0.45 * len(columns)), min(8.0, 1.1 + 0.32 * len(rows)))
    figure = Figure(figsize=(max(3.2, width), max(1.8, height)), layout="constrained")
    axes = figure.add_subplot()
    mesh = axes.pcolormesh(found.means, cmap=COLOURS, edgecolors="white", linewidth=0.5)  # an image would be no vectors
    axes.set_xticks([place + 0.5 for place in range(len(columns))], columns)
    axes.set_yticks([place + 0.5 for place in range(len(rows))], rows)
    crowded = sum(map(len, columns)) > 7 * len(columns)
    axes.tick_params(axis="x", length=0, rotation=40 if crowded else 0)
    axes.tick_params(axis="y", length=0)
    for side in axes.spines.values():
        side.set_visible(False)
    axes.set_ylabel(one_line(found.down, 2 * SHORT))
    axes.set_xlabel(one_line(found.across, 2 * SHORT))
    bar: Any = figure.colorbar(mesh, ax=axes, label=f"mean {one_line(scoring)}")
    bar.outline.set_visible(False)
    bar.solids.set(rasterized=False, edgecolor="face")  # vectors, without white lines between them
    if max(len(rows), len(columns)) <= NUMBERED:
        _number(axes, found.means, mesh)
    _frame_best(axes, found.means)
    return figure


def _number(axes: Any, means: Any, mesh: Any) -> None:
    """Write the means into their cells, light on dark and dark on light."""
    for row, values in enumerate(means):
        for column, value in enumerate(values):
            colour = "white" if mesh.norm(value) < 0.5 else "black"  # noqa: PLR2004
            place = {"ha": "center", "va": "center", "fontsize": 6.5}
            axes.text(column + 0.5, row + 0.5, score_text(value, 3), color=colour, **place)


def _frame_best(axes: Any, means: Any) -> None:
    """A frame around the highest mean."""
    from matplotlib.patches import Rectangle

    _, row, column = max(
        (value, -row, -column) for row, values in enumerate(means) for column, value in enumerate(values)
    )
    axes.add_patch(Rectangle((-column, -row), 1, 1, fill=False, edgecolor="black", linewidth=1.4, clip_on=False))
