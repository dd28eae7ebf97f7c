"""The section `published`: published scores beside the interval of one more run of ours."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from gridloom import Result, Trial
from gridloom_plugins.html.plots import (
    ROW,
    Plot,
    beyond,
    extent_of,
    labels_of,
    narrow_rows,
    rows_axis,
    score_axis,
    whiskers,
)
from gridloom_plugins.html.texts import full_name, label, score_text, short_name, varied
from gridloom_plugins.reporters.bounds import bounds_of

if TYPE_CHECKING:
    from gridloom import Published

SHOWN = 100


def published_plot(result: Result) -> Plot | None:
    """The plot of published scores, highest first; None where there are none."""
    known = _judged(result)
    shown = sorted(known, key=lambda pair: -pair[1].score)[:SHOWN]
    if not shown:
        return None
    parameters = varied(result.trials)
    names = [short_name(trial, parameters) for trial, _ in shown]
    limits = bounds_of(result.scoring)
    ends = [end for _, found in shown for end in _bounds(found)]
    drawn = [limits.cut(*_bounds(found)) for _, found in shown]
    extent = extent_of([end for pair in drawn for end in pair], [found.score for _, found in shown])
    notes = [f"The first {SHOWN} of {len(known):,} published scores."] if len(known) > SHOWN else []
    notes += [note] if (note := limits.note(result.scoring, ends)) else []
    return Plot(
        title=f"Published {result.scoring} and the interval of one more run of ours",
        traces=_traces(shown, drawn),
        layout={
            "xaxis": score_axis(result.scoring, extent),
            "yaxis": rows_axis(labels_of(names)),
        },
        height=90 + ROW * len(shown),
        narrow=narrow_rows(labels_of, names),
        notes=[*notes, *beyond([end for pair in drawn for end in pair], extent)],
    )


def agreement(result: Result) -> str:
    """How many published scores lie where one more run of ours could."""
    known = _judged(result)
    inside = sum(found.inside is True for _, found in known)
    return f"{inside} of {len(known)} published scores lie inside the interval of one more run of ours."


def _judged(result: Result) -> list[tuple[Trial, Published]]:
    """The published scores of the result's trials, but for those without an interval, which takes two seeds."""
    by_number = {trial.number: trial for trial in result.trials}
    return [
        (by_number[number], found)
        for number, found in result.published.items()
        if number in by_number and found.inside is not None
    ]


def _traces(shown: Sequence[tuple[Trial, Published]], drawn: Sequence[tuple[float, float]]) -> list[dict[str, Any]]:
    middles = [low / 2 + high / 2 for low, high in (_bounds(found) for _, found in shown)]
    ours = {
        "type": "scatter",
        "mode": "markers",
        "x": middles,
        "y": list(range(len(shown))),
        "error_x": whiskers(middles, drawn, "@accent") | {"thickness": 4},
        "marker": {"size": 8, "color": "@accent"},
        "hoverinfo": "skip",
    }
    theirs = {
        "type": "scatter",
        "mode": "markers",
        "x": [found.score for _, found in shown],
        "y": list(range(len(shown))),
        "marker": {
            "size": 10,
            "color": ["@page" if found.inside else "@second" for _, found in shown],
            "symbol": "diamond",
            "line": {"width": 2, "color": "@second"},
        },
        "hoverinfo": "text",
        "hovertext": [_hover(trial, found) for trial, found in shown],
    }
    return [ours, theirs]


def _bounds(found: Published) -> tuple[float, float]:
    """Both ends of the interval, NaN where there is none."""
    return (math.nan if found.low is None else found.low, math.nan if found.high is None else found.high)


def _hover(trial: Trial, found: Published) -> str:
    low, high = _bounds(found)
    ours = f"{score_text(low)} to {score_text(high)}"
    return f"published {score_text(found.score)}<br>one more run of ours {ours}<br>{label(full_name(trial), 200)}"
