"""The figure of the main effects: what each hyperparameter's values score on average."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from gridloom import Result
from gridloom_plugins.plotting.style import GRID, MEMBER, WIDTH, panels
from gridloom_plugins.reporters.bounds import Bounds, bounds_of
from gridloom_plugins.reporters.wording import one_line

if TYPE_CHECKING:
    from matplotlib.figure import Figure

COLUMNS = 3
MOST = 12
"""The most panels; a page holds no more."""

TICKS = 12
"""The most labels below a panel."""

SHORT = 14
"""How many characters of a value stand below a panel, and twice as many of a name above it."""


def draw_effects(result: Result) -> Figure | None:
    """A panel for each parameter, with intervals; None where no parameter differs, or nothing can be said."""
    answer = result.summary.answer
    found = answer.effects if answer else None
    if answer is None or found is None:
        return None
    shown, limits = found.parameters[:MOST], bounds_of(result.scoring)
    size = (WIDTH * min(max(len(shown), 2), COLUMNS) / COLUMNS, 0.5 + 2.1 * -(-len(shown) // COLUMNS))
    figure, places = panels(len(shown), COLUMNS, size, sharey=True)
    shares = {share.parameters: share for share in found.shares or ()}
    for axes, effect in zip(places, shown, strict=True):
        _draw(axes, effect.levels, limits)
        axes.set_title(_title(effect.parameter, shares.get((effect.parameter,))), loc="left", fontsize=7)
    ends = [end for effect in shown for level in effect.levels for end in (level.low, level.high)]
    told = [f"{100 * result.summary.level:g} % intervals {answer.scope}", limits.note(one_line(result.scoring), ends)]
    figure.supylabel(f"mean {one_line(result.scoring)}", fontsize=8)
    figure.supxlabel(". ".join(filter(None, told)), fontsize=7)
    return figure


def _draw(axes: Any, levels: Any, limits: Bounds) -> None:
    places = range(len(levels))
    means = [level.mean for level in levels]
    ends = [limits.cut(level.low, level.high) for level in levels]
    errors = [[level.mean - low for level, (low, _) in zip(levels, ends, strict=True)]]
    errors += [[high - level.mean for level, (_, high) in zip(levels, ends, strict=True)]]
    ordered = all(isinstance(level.value, int | float) and not isinstance(level.value, bool) for level in levels)
    axes.errorbar(
        places, means, errors, fmt="o-" if ordered else "o", color=MEMBER, capsize=2, elinewidth=0.9, markersize=3
    )
    step = -(-len(levels) // TICKS)
    labels = [one_line(level.value, SHORT) for level in levels]
    crowded = sum(map(len, labels[::step])) > 2 * SHORT
    axes.set_xticks(
        list(places)[::step], labels[::step], rotation=40 if crowded else 0, ha="right" if crowded else "center"
    )
    axes.set_xlim(-0.5, len(levels) - 0.5)
    axes.grid(axis="y", **GRID)
    axes.set_axisbelow(True)


def _title(parameter: str, share: Any) -> str:
    """The parameter, how much of the variance among candidates is its own, and how much would be if it did nothing."""
    name = one_line(parameter, 2 * SHORT)
    if share is None:
        return name
    return f"{name}\n{100 * share.share:.0f} % of variance, noise {100 * share.noise:.0f} %"
