"""The section `trade-offs`: the best candidates by two objectives at once, with their Pareto front."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from gridloom import Front, Result, Trial
from gridloom_plugins.figures.candidates import named, varied
from gridloom_plugins.figures.curves import span_decades
from gridloom_plugins.figures.fronts import front_line
from gridloom_plugins.figures.texts import one_line, score_text
from gridloom_plugins.html.plots import Plot, beyond, dots, extent_of, score_axis
from gridloom_plugins.html.texts import label

COSTS = {"fit seconds": "seconds of a fit", "parameters": "parameters of the model"}
"""What costs are called in plots."""

SCORES = 3
"""The most other scores that have a plot."""

SHOWN = 1000
"""The most candidates in a plot."""

HOVER = 200
"""The most characters of a candidate where a pointer rests on it."""


@dataclass(frozen=True)
class TradeOffs:
    """What several scores come to in a line, if there are several, and a plot for each pair of objectives."""

    line: str
    plots: Sequence[Plot]


def trade_offs(result: Result) -> TradeOffs | None:
    """The score that ranks beside each other one, and beside what models cost; None for fewer than two candidates."""
    if len(result.ranked) < 2:  # noqa: PLR2004
        return None
    first = result.scores[0]
    plots = [_plot(result, result.pareto([first, other]), other) for other in result.scores[1 : SCORES + 1]]
    for cost in result.costs:
        found = result.pareto([first], [cost])
        if len({spent for _, spent in found.values.values()}) > 1:
            plots.append(_plot(result, found, cost))
    return TradeOffs(front_line(result), plots) if plots else None


def _plot(result: Result, found: Front, across: str) -> Plot:
    """A dot for each candidate, and the front through those that no other beats in both objectives."""
    shown, inside = result.ranked[:SHOWN], set(found.members)
    on_front = sorted(
        (trial for trial in shown if trial.number in inside), key=lambda trial: found.values[trial.number][1]
    )
    others = [trial for trial in shown if trial.number not in inside]
    numbers = [found.values[trial.number] for trial in shown]
    extent = extent_of([up for up, _ in numbers])
    notes = [f"The first {SHOWN} of {len(result.ranked):,} candidates."] if len(result.ranked) > SHOWN else []
    notes.append(f"{len(inside):,} of {len(found.values):,} candidates are on the front.")
    return Plot(
        title=f"Mean {one_line(result.scoring)} and {one_line(_words(across))}",
        traces=[
            _front(on_front, found),
            *(
                _dots(result, group, found, colour)
                for group, colour in ((others, "muted"), (on_front, "accent"))
                if group
            ),
        ],
        layout={
            "xaxis": _across(across, [number for _, number in numbers], is_cost=bool(found.costs)),
            "yaxis": score_axis(f"mean {result.scoring}", extent),
        },
        height=320,
        notes=[*notes, *beyond([up for up, _ in numbers], extent)],
    )


def _words(across: str) -> str:
    return COSTS.get(across, f"mean {across}")


def _across(name: str, numbers: Sequence[float], *, is_cost: bool) -> dict[str, Any]:
    """The axis of the other objective: logarithmic for costs that are far apart."""
    if is_cost and span_decades(numbers):
        return {"title": {"text": label(_words(name))}, "type": "log", "tickformat": "~g"}
    return score_axis(_words(name), extent_of(numbers))


def _front(trials: Sequence[Trial], found: Front) -> dict[str, Any]:
    """The steps between candidates on the front: what lies behind them is dominated.

    With a cost, the best score so far holds until a dearer candidate beats it; with two scores, until the other one
    exceeds what the candidate has.
    """
    points = [found.values[trial.number] for trial in trials]
    line = {"width": 1, "color": "@accent", "dash": "dot", "shape": "hv" if found.costs else "vh"}
    shown = {"x": [across for _, across in points], "y": [up for up, _ in points]}
    return {"type": "scatter", "mode": "lines", "hoverinfo": "skip", "line": line, **shown}


def _dots(result: Result, trials: Sequence[Trial], found: Front, colour: str) -> dict[str, Any]:
    names, unit = varied(result.ranked), " s" if "fit seconds" in found.costs else ""
    points = [found.values[trial.number] for trial in trials]
    hover = [
        f"{score_text(up)}, {across:.4g}{unit}<br>{label(named(trial, names), HOVER)}"
        for trial, (up, across) in zip(trials, points, strict=True)
    ]
    return dots([across for _, across in points], [up for up, _ in points], f"@{colour}", hover, size=7)
