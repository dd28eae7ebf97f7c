"""The figure of the ranking: means with intervals, and the set that cannot be told from the best."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from gridloom import Result, Trial
from gridloom_plugins.plotting.style import BEST, GRID, MEMBER, OTHER, WIDTH
from gridloom_plugins.reporters.bounds import bounds_of
from gridloom_plugins.reporters.wording import one_line

if TYPE_CHECKING:
    from matplotlib.figure import Figure

MOST = 40
"""The most candidates in the figure; a page holds no more."""

LABEL, HEAD = 44, 60
"""How many characters of a candidate stand beside its mean, and of the parameters' names above them all."""

BETWEEN = " · "
"""Stands between values, and between the names above them."""


def draw_ranking(result: Result) -> Figure | None:
    """The best 40 candidates from top to bottom; None where none is complete."""
    from matplotlib.figure import Figure

    shown = result.ranked[:MOST]
    if not shown:
        return None
    figure = Figure(figsize=(WIDTH, 1.1 + 0.19 * len(shown)), layout="constrained")
    axes = figure.add_subplot()
    for place, trial in enumerate(shown):
        _draw(axes, result, trial, place)
    axes.axvline(shown[0].mean, color=BEST, linewidth=0.6, linestyle=":", zorder=0)
    title, labels = _labels(shown)
    axes.set_yticks(range(len(shown)), labels)
    axes.text(-0.01, 1.0, title, transform=axes.transAxes, ha="right", va="bottom", fontsize=7, fontstyle="italic")
    axes.set_ylim(len(shown) - 0.4, -0.6)
    axes.tick_params(axis="y", length=0)
    axes.grid(axis="x", **GRID)
    axes.set_axisbelow(True)
    axes.set_xlabel(_label(result, shown))
    if left := len(result.ranked) - len(shown):
        axes.set_title(f"the best {len(shown)} of {left + len(shown):,} candidates", loc="left")
    _explain(figure, axes, result, shown)
    return figure


def _labels(shown: list[Trial]) -> tuple[str, list[str]]:
    """The names of the parameters, and each candidate's values in their order, and its budget where there are any."""
    named = [trial.params | trial.proposal.budget.describe() for trial in shown]
    names = list(dict.fromkeys(name for values in named for name in values))
    rows = [[one_line(values[name]) if name in values else "-" for name in names] for values in named]
    return one_line(BETWEEN.join(map(one_line, names)), HEAD), [one_line(BETWEEN.join(row), LABEL) for row in rows]


def _draw(axes: Any, result: Result, trial: Trial, place: int) -> None:
    colour, marker, face = _mark(result, trial)
    answer = result.summary.answer
    if answer and (interval := answer.interval_of.get(trial.number)):
        low, high = bounds_of(result.scoring).cut(interval.low, interval.high)
        axes.hlines(place, low, high, color=colour, linewidth=0.9)
        ends = [end for end in (interval.low, interval.high) if low <= end <= high]
        axes.plot(ends, [place] * len(ends), "|", color=colour, markersize=4)
    axes.plot(trial.mean, place, marker, color=colour, markerfacecolor=face, markeredgewidth=0.9)


def _mark(result: Result, trial: Trial) -> tuple[str, str, str]:
    """Colour, shape and fill of a candidate's mark."""
    answer = result.summary.answer
    if trial is result.best:
        return BEST, "D", BEST
    if answer is None or trial.number in answer.tied:
        return MEMBER, "o", MEMBER
    return OTHER, "o", "white"


def _label(result: Result, shown: list[Trial]) -> str:
    scoring, answer = one_line(result.scoring), result.summary.answer
    if answer is None:
        return f"mean {scoring}"
    intervals = [answer.interval_of[trial.number] for trial in shown if trial.number in answer.interval_of]
    note = bounds_of(result.scoring).note(scoring, [end for found in intervals for end in (found.low, found.high)])
    said = f"mean {scoring}, {100 * result.summary.level:g} % intervals {answer.scope}"
    return f"{said}.\n{note}" if note else said


def _explain(figure: Any, axes: Any, result: Result, shown: list[Trial]) -> None:
    """The legend, of those marks that are there."""
    answer = result.summary.answer
    if answer is None:
        return
    names = {BEST: "highest mean", MEMBER: "cannot be told from the best", OTHER: "can be told from the best"}
    handles = {}
    for trial in shown:
        colour, marker, face = _mark(result, trial)
        if colour not in handles:
            (handles[colour],) = axes.plot(
                [], [], marker, color=colour, markerfacecolor=face, markeredgewidth=0.9, label=names[colour]
            )
    figure.legend(handles=list(handles.values()), loc="outside lower center", ncols=3, handletextpad=0.3)
