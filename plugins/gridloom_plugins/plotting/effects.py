"""The figure of the main effects: what each hyperparameter's values score on average."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from gridloom import Result
from gridloom_plugins.figures.axes import Scale
from gridloom_plugins.figures.effects import MainEffect, main_effects
from gridloom_plugins.figures.texts import one_line
from gridloom_plugins.plotting.style import GRID, MEMBER, SHORT, WIDTH, panels

if TYPE_CHECKING:
    from matplotlib.figure import Figure

COLUMNS = 3
MOST = 12
"""The most panels; a page holds no more."""

TICKS = 12
"""The most labels below a panel."""


def draw_effects(result: Result) -> Figure | None:
    """A panel for each parameter, with intervals; None where no parameter differs, or nothing can be said."""
    shown, answer = main_effects(result, MOST), result.summary.answer
    if answer is None or not shown:
        return None
    size = (WIDTH * min(max(len(shown), 2), COLUMNS) / COLUMNS, 0.5 + 2.1 * -(-len(shown) // COLUMNS))
    figure, places = panels(len(shown), COLUMNS, size, sharey=True)
    for axes, effect in zip(places, shown, strict=True):
        _draw(axes, effect)
        title = [one_line(effect.parameter, 2 * SHORT), effect.weight]
        axes.set_title("\n".join(filter(None, title)), loc="left", fontsize=7)
    told = [
        f"{100 * result.summary.level:g} % intervals {answer.scope}",
        *dict.fromkeys(note for effect in shown for note in effect.notes),
    ]
    figure.supylabel(f"mean {one_line(result.scoring)}", fontsize=8)
    figure.supxlabel(". ".join(filter(None, told)), fontsize=7)
    return figure


def _draw(axes: Any, effect: MainEffect) -> None:
    places = [effect.axis.place(level.value) for level in effect.levels]
    means = [level.mean for level in effect.levels]
    errors = [[level.mean - level.low for level in effect.levels], [level.high - level.mean for level in effect.levels]]
    line = "o-" if effect.axis.is_of_numbers and len(places) <= TICKS else "o"
    axes.errorbar(places, means, errors, fmt=line, color=MEMBER, capsize=2, elinewidth=0.9, markersize=3)
    if effect.axis.scale is Scale.LOG:
        axes.set_xscale("log")
        axes.minorticks_off()
    step = -(-len(effect.axis.ticks) // TICKS)
    ticks = effect.axis.ticks[::step]
    labels = [one_line(text, SHORT) for _, text in ticks]
    crowded = sum(map(len, labels)) > 2 * SHORT
    axes.set_xticks(
        [place for place, _ in ticks], labels, rotation=40 if crowded else 0, ha="right" if crowded else "center"
    )
    if effect.axis.scale is Scale.CATEGORIES:
        axes.set_xlim(-0.5, len(means) - 0.5)
    axes.grid(axis="y", **GRID)
    axes.set_axisbelow(True)
