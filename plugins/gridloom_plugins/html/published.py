"""The section `published`: published scores beside the interval of a new run."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from gridloom import Result, Trial
from gridloom_plugins.figures.bounds import bounds_of
from gridloom_plugins.figures.candidates import named, values_of, varied
from gridloom_plugins.figures.texts import score_text
from gridloom_plugins.html.plots import ROW, Plot, beyond, dots, extent_of, rows_axis, score_axis, whiskers
from gridloom_plugins.html.texts import label

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
    axis, narrow = rows_axis([values_of(trial, parameters) for trial, _ in shown])
    ends = [end for _, found in shown for end in _bounds(found)]
    extent = extent_of(ends, [found.score for _, found in shown])
    notes = [f"The first {SHOWN} of {len(known):,} published scores."] if len(known) > SHOWN else []
    notes += [note] if (note := bounds_of(result).note(result.scoring, [found for _, found in shown])) else []
    return Plot(
        title=f"Published {result.scoring} and the prediction interval of a new run",
        traces=_traces(shown),
        layout={
            "xaxis": score_axis(result.scoring, extent),
            "yaxis": axis,
        },
        height=90 + ROW * len(shown),
        narrow=narrow,
        notes=[*notes, *beyond(ends, extent)],
    )


def agreement(result: Result) -> str:
    """How many published scores lie in the prediction interval of a new run."""
    known = _judged(result)
    inside = sum(found.inside is True for _, found in known)
    return f"{inside} of {len(known)} published scores lie inside the prediction interval of a new run."


def _judged(result: Result) -> list[tuple[Trial, Published]]:
    """The published scores of the result's trials, but for those without an interval, which takes two seeds."""
    by_number = {trial.number: trial for trial in result.trials}
    return [
        (by_number[number], found)
        for number, found in result.published.items()
        if number in by_number and found.inside is not None
    ]


def _traces(shown: Sequence[tuple[Trial, Published]]) -> list[dict[str, Any]]:
    middles = [low / 2 + high / 2 for low, high in (found.exact or _bounds(found) for _, found in shown)]
    rows = list(range(len(shown)))
    lines = whiskers(middles, [_bounds(found) for _, found in shown], "@accent") | {"thickness": 4}
    ours = dots(middles, rows, "@accent", [], error_x=lines, hoverinfo="skip")
    hollow = ["@page" if found.inside else "@second" for _, found in shown]
    marker = {"size": 10, "color": hollow, "symbol": "diamond", "line": {"width": 2, "color": "@second"}}
    hover = [_hover(trial, found) for trial, found in shown]
    theirs = dots([found.score for _, found in shown], rows, "@second", hover, marker=marker)
    return [ours, theirs]


def _bounds(found: Published) -> tuple[float, float]:
    """Both ends of the interval, NaN where there is none."""
    return (math.nan if found.low is None else found.low, math.nan if found.high is None else found.high)


def _hover(trial: Trial, found: Published) -> str:
    low, high = _bounds(found)
    ours = f"{score_text(low)} to {score_text(high)}"
    return (
        f"published {score_text(found.score)}<br>prediction interval of a new run {ours}<br>{label(named(trial), 200)}"
    )
