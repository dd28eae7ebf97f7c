"""The section `history`: the mean of every trial in the order of the proposals, and the best one so far."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from gridloom import Result, Trial
from gridloom_plugins.figures.candidates import named, varied
from gridloom_plugins.figures.history import History, history
from gridloom_plugins.figures.texts import one_line, score_text
from gridloom_plugins.html.plots import FOOT, Plot, beyond, dots, extent_of, score_axis
from gridloom_plugins.html.texts import label

DOTS = 2000
"""The most dots of a kind: the last ones, and all that were the best so far."""

FOOT_ROOM = 0.12
"""How much room crosses have below the means, as a share of the axis."""

HOVER = 200
"""The most characters of a candidate where a pointer rests on it."""


def history_plot(result: Result) -> Plot | None:
    """The plot; None where fewer than two trials rank."""
    found = history(result)
    if found is None:
        return None
    baseline = result.baseline.scores.get(result.scoring) if result.baseline else None
    names, gains = varied(result.trials), {place for place, _ in found.gains}
    others = [item for item in found.ranked if item[0] not in gains]
    means = [trial.mean for _, trial in (*found.ranked, *found.smaller)]
    extent = _with_foot(extent_of(means, [found.best[0], found.best[-1]]), found)
    traces = [
        _dots(found.smaller, names, "muted", size=6, symbol="circle-open"),
        _dots(others, names, "muted"),
        _best(found),
        _dots(found.gains, names, "accent", size=8),
        _failed(found, names),
    ]
    return Plot(
        title=f"Mean {one_line(result.scoring)} of each trial, and the best so far",
        traces=[trace for trace in traces if trace["x"]],
        layout={
            "xaxis": {"title": {"text": "trial, in the order of the proposals"}, "range": _range(found.trials)},
            "yaxis": score_axis(f"mean {result.scoring}", extent),
            "yaxis2": FOOT,
            "shapes": [] if baseline is None else [_level(baseline)],
        },
        height=320,
        notes=[*_notes(found, others), *_baseline_note(baseline, extent), *beyond(means, extent)],
    )


def _with_foot(extent: tuple[float, float] | None, found: History) -> tuple[float, float] | None:
    """The axis of means, with room below them for the crosses of trials that failed."""
    if extent is None or not found.failed:
        return extent
    low, high = extent
    return low - FOOT_ROOM * (high - low), high


def _range(trials: int) -> tuple[float, float]:
    margin = 0.02 * trials + 0.3
    return 1 - margin, trials + margin


def _dots(
    items: Sequence[tuple[int, Trial]], names: Sequence[str], colour: str, size: int = 6, symbol: str = "circle"
) -> dict[str, Any]:
    shown = items[-DOTS:]
    hover = [
        f"trial {place}: {score_text(trial.mean)}<br>{label(named(trial, names), HOVER)}" for place, trial in shown
    ]
    found = dots([place for place, _ in shown], [trial.mean for _, trial in shown], f"@{colour}", hover, size)
    return found | {"marker": found["marker"] | {"symbol": symbol}}


def _best(found: History) -> dict[str, Any]:
    """The best mean so far as a line of steps, to the last trial."""
    places = [*(place for place, _ in found.gains), found.trials]
    means = [*(trial.mean for _, trial in found.gains), found.best[-1]]
    line = {"shape": "hv", "width": 2, "color": "@accent"}
    return {"type": "scatter", "mode": "lines", "x": places, "y": means, "hoverinfo": "skip", "line": line}


def _level(baseline: float) -> dict[str, Any]:
    place = {"xref": "paper", "x0": 0, "x1": 1, "y0": baseline, "y1": baseline}
    return {"type": "line", "layer": "below", "line": {"color": "@second", "width": 1, "dash": "dash"}} | place


def _baseline_note(baseline: float | None, extent: tuple[float, float] | None) -> list[str]:
    if baseline is None or extent is None:
        return []
    if extent[0] <= baseline <= extent[1]:
        return [f"Dashed: the baseline, {score_text(baseline)}."]
    return [f"The baseline, {score_text(baseline)}, lies {'below' if baseline < extent[0] else 'above'} the axis."]


def _failed(found: History, names: Sequence[str]) -> dict[str, Any]:
    """A cross at the foot of the plot for each trial that failed."""
    shown = found.failed[-DOTS:]
    hover = [f"trial {place} failed<br>{label(named(trial, names), HOVER)}" for place, trial in shown]
    crosses = dots([place for place, _ in shown], [0.03] * len(shown), "@second", hover, 8, yaxis="y2")
    return crosses | {"marker": crosses["marker"] | {"symbol": "x-thin-open", "line": {"width": 2, "color": "@second"}}}


def _notes(found: History, others: Sequence[tuple[int, Trial]]) -> list[str]:
    notes = []
    if found.smaller:
        notes.append("Hollow dots are means of smaller budgets, which do not rank.")
    if found.failed:
        count = len(found.failed)
        notes.append(f"Crosses at the foot: {count:,} trial{'s' * (count != 1)} that failed.")
    if len(others) > DOTS:
        notes.append(f"Dots: the last {DOTS:,} trials, and all that were the best so far.")
    return notes
