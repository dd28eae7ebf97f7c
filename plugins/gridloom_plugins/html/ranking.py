"""The section `ranking`: every mean with its interval, best first, the set that holds the true best shaded."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import pairwise
from typing import TYPE_CHECKING, Any

from gridloom import Result, Trial
from gridloom_plugins.html.plots import (
    ROW,
    Plot,
    beyond,
    extent_of,
    narrow_rows,
    ranked_labels,
    rows_axis,
    score_axis,
    whiskers,
)
from gridloom_plugins.html.texts import cut, full_name, label, score_text, short_name, varied
from gridloom_plugins.reporters.bounds import bounds_of

if TYPE_CHECKING:
    from gridloom import Answer

SHOWN = 100
"""The most candidates in the plot."""

HOVER = 300
"""The most characters of a candidate where a pointer rests on it."""

Intervals = Mapping[int, tuple[float, float]]


def intervals_of(answer: Answer | None) -> dict[int, tuple[float, float]]:
    """The intervals of an answer by the trials' numbers."""
    return {found.trial: (found.low, found.high) for found in answer.intervals} if answer else {}


def rows_key(parameters: Sequence[str]) -> str:
    """How to read the labels of ranked rows."""
    names = cut(" · ".join(parameters), HOVER)
    return f"In front of each row: its rank, {names}." if names else ""


def ranking(result: Result, answer: Answer | None) -> Plot | None:
    """The plot of the ranking; None where no trial is complete."""
    shown = result.ranked[:SHOWN]
    if not shown:
        return None
    members = set(answer.members) if answer else set()
    intervals = intervals_of(answer)
    parameters = varied(result.trials)
    names = [(result.ranks[trial.number], short_name(trial, parameters)) for trial in shown]
    limits = bounds_of(result.scoring)
    drawn = {trial.number: limits.cut(*found) for trial in shown if (found := intervals.get(trial.number))}
    ends = [end for trial in shown for end in drawn.get(trial.number, (trial.mean, trial.mean))]
    extent = extent_of(ends, (shown[0].mean,))
    inside = [trial.number in members for trial in shown]
    groups = (
        [(row, trial) for row, trial in enumerate(shown) if inside[row]],
        [(row, trial) for row, trial in enumerate(shown) if not inside[row]],
    )
    traces = [
        _dots(rows, intervals, drawn, colour)
        for rows, colour in zip(groups, ("@accent", "@muted"), strict=True)
        if rows
    ]
    shading = [_shade(first, last) for first, last in _runs(inside)]
    return Plot(
        title=f"Mean {result.scoring} of {len(shown)} candidates, best first{', with intervals' if drawn else ''}",
        traces=traces,
        layout={
            "xaxis": score_axis(f"mean {result.scoring}", extent),
            "yaxis": rows_axis(ranked_labels(names)),
            "shapes": [*shading, _best_line(shown[0])],
        },
        height=90 + ROW * len(shown),
        narrow=narrow_rows(ranked_labels, names),
        key=rows_key(parameters),
        notes=_notes(result, shown, intervals, beyond(ends, extent)),
    )


def _notes(result: Result, shown: Sequence[Trial], intervals: Intervals, notes: Sequence[str]) -> list[str]:
    more = len(result.ranked) > len(shown)
    count = f"The first {len(shown)} of {len(result.ranked):,} candidates are shown; the table has all." if more else ""
    ends = [end for trial in shown for end in intervals.get(trial.number, ())]
    cut_off = bounds_of(result.scoring).note(result.scoring, ends)
    cut_off = f"{cut_off} The table has their ends as they were reckoned." if cut_off else ""
    return [note for note in (count, cut_off, *notes) if note]


def _dots(rows: Sequence[tuple[int, Trial]], intervals: Intervals, drawn: Intervals, colour: str) -> dict[str, Any]:
    means = [trial.mean for _, trial in rows]
    lines = [drawn.get(trial.number, (trial.mean, trial.mean)) for _, trial in rows]
    return {
        "type": "scatter",
        "mode": "markers",
        "x": means,
        "y": [row for row, _ in rows],
        "error_x": whiskers(means, lines, colour),
        "marker": {"size": 8, "color": colour},
        "hoverinfo": "text",
        "hovertext": [_hover(trial, intervals) for _, trial in rows],
    }


def _hover(trial: Trial, intervals: Intervals) -> str:
    interval = intervals.get(trial.number)
    between = f" ({score_text(interval[0])} to {score_text(interval[1])})" if interval else ""
    return f"{score_text(trial.mean)}{between}<br>{label(full_name(trial), HOVER)}"


def _runs(inside: Sequence[bool]) -> list[tuple[int, int]]:
    """The first and last row of every run of members."""
    edges = [row for row, (before, here) in enumerate(pairwise([False, *inside, False])) if before != here]
    return [(first, end - 1) for first, end in zip(edges[::2], edges[1::2], strict=True)]


def _shade(first: int, last: int) -> dict[str, Any]:
    return {
        "type": "rect",
        "layer": "below",
        "xref": "paper",
        "x0": 0,
        "x1": 1,
        "y0": first - 0.5,
        "y1": last + 0.5,
        "fillcolor": "@shade",
        "line": {"width": 0},
    }


def _best_line(best: Trial) -> dict[str, Any]:
    return {
        "type": "line",
        "layer": "below",
        "yref": "paper",
        "x0": best.mean,
        "x1": best.mean,
        "y0": 0,
        "y1": 1,
        "line": {"color": "@accent", "width": 1, "dash": "dot"},
    }
