"""The figure of the optimization history: every trial in the order of the proposals, and the best mean so far."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from gridloom import Result
from gridloom_plugins.figures.history import history
from gridloom_plugins.figures.texts import one_line
from gridloom_plugins.plotting.style import BEST, GRID, MEMBER, OTHER, WIDTH

if TYPE_CHECKING:
    from matplotlib.figure import Figure


def draw_history(result: Result) -> Figure | None:
    """A mark for each trial; None where fewer than two of them rank."""
    from matplotlib.figure import Figure
    from matplotlib.ticker import MaxNLocator

    found = history(result)
    if found is None:
        return None
    figure = Figure(figsize=(WIDTH, 2.8), layout="constrained")
    axes = figure.add_subplot()
    small, ranked = found.smaller, found.ranked
    axes.plot([place for place, _ in ranked], [trial.mean for _, trial in ranked], "o", color=MEMBER, label="trial")
    style: dict[str, Any]
    if small:
        style = {"color": OTHER, "markerfacecolor": "white", "label": "trial of a smaller budget, which does not rank"}
        axes.plot([place for place, _ in small], [trial.mean for _, trial in small], "o", **style)
    if found.failed:
        style = {"color": OTHER, "clip_on": False, "transform": axes.get_xaxis_transform(), "label": "failed"}
        axes.plot([place for place, _ in found.failed], [0.02] * len(found.failed), "x", **style)
    steps = [*((place, trial.mean) for place, trial in found.gains), (found.trials, found.best[-1])]
    axes.step(*zip(*steps, strict=True), where="post", color=BEST, label="best so far")
    axes.xaxis.set_major_locator(MaxNLocator(integer=True))
    axes.set_xlabel("trial, in the order of the proposals")
    axes.set_ylabel(f"mean {one_line(result.scoring)}")
    axes.grid(**GRID)
    axes.set_axisbelow(True)
    figure.legend(loc="outside lower center", ncols=4, handletextpad=0.4)
    return figure
