"""The figures of pairs of hyperparameters: a heat map of their combinations' means."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from gridloom import Result
from gridloom_plugins.reporters.wording import one_line

if TYPE_CHECKING:
    from matplotlib.figure import Figure

COLOURS = "cividis"
"""From dark to light for every kind of eye, and in grey."""

MOST = 12
"""The most pairs that are drawn: those of the largest shares of the variance, where these are known."""

NUMBERED = 12
"""Tables with more rows or columns have no numbers in their cells."""

SHORT = 14
"""How many characters of a value stand beside a row or column."""


def draw_pairs(result: Result) -> Iterator[tuple[tuple[str, str], Figure]]:
    """A figure for each pair of parameters all of whose combinations were tried, with their names."""
    answer = result.summary.answer
    found = answer.effects if answer else None
    if found is None:
        return
    levels = {effect.parameter: [level.value for level in effect.levels] for effect in found.parameters}
    sizes = {share.parameters: share.share for share in found.shares or ()}
    pairs = sorted(found.pairs, key=lambda pair: -sizes.get(pair.parameters, 0.0))
    for pair in pairs[:MOST]:
        first, second = pair.parameters
        yield (first, second), _draw(result, pair, levels[first], levels[second])


def _draw(result: Result, pair: Any, rows: list[Any], columns: list[Any]) -> Figure:
    from matplotlib.figure import Figure

    width, height = (min(6.5, 2.0 + 0.45 * len(columns)), min(8.0, 1.1 + 0.32 * len(rows)))
    figure = Figure(figsize=(max(3.2, width), max(1.8, height)), layout="constrained")
    axes = figure.add_subplot()
    mesh = axes.pcolormesh(pair.means, cmap=COLOURS, edgecolors="white", linewidth=0.5)  # an image would be no vectors
    axes.set_xticks([place + 0.5 for place in range(len(columns))], [one_line(value, SHORT) for value in columns])
    axes.set_yticks([place + 0.5 for place in range(len(rows))], [one_line(value, SHORT) for value in rows])
    crowded = sum(len(one_line(value, SHORT)) for value in columns) > 7 * len(columns)
    axes.tick_params(axis="x", length=0, rotation=40 if crowded else 0)
    axes.tick_params(axis="y", length=0)
    for side in axes.spines.values():
        side.set_visible(False)
    axes.set_ylabel(one_line(pair.parameters[0], 2 * SHORT))
    axes.set_xlabel(one_line(pair.parameters[1], 2 * SHORT))
    bar: Any = figure.colorbar(mesh, ax=axes, label=f"mean {one_line(result.scoring)}")
    bar.outline.set_visible(False)
    bar.solids.set(rasterized=False, edgecolor="face")  # vectors, without white lines between them
    if max(len(rows), len(columns)) <= NUMBERED:
        _number(axes, pair.means, mesh)
    _frame_best(axes, pair.means)
    return figure


def _number(axes: Any, means: Any, mesh: Any) -> None:
    """Write the means into their cells, light on dark and dark on light."""
    for row, values in enumerate(means):
        for column, value in enumerate(values):
            colour = "white" if mesh.norm(value) < 0.5 else "black"  # noqa: PLR2004
            text = f"{value:.3f}" if abs(value) < 100 else f"{value:.3g}"  # noqa: PLR2004
            axes.text(column + 0.5, row + 0.5, text, ha="center", va="center", fontsize=6.5, color=colour)


def _frame_best(axes: Any, means: Any) -> None:
    """A frame around the highest mean."""
    from matplotlib.patches import Rectangle

    _, row, column = max(
        (value, -row, -column) for row, values in enumerate(means) for column, value in enumerate(values)
    )
    axes.add_patch(Rectangle((-column, -row), 1, 1, fill=False, edgecolor="black", linewidth=1.4, clip_on=False))
