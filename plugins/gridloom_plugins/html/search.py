"""The section `search`: the waves of a search, who survived its rungs, and how its best score grew."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from gridloom import Result
from gridloom_plugins.figures.candidates import named, varied
from gridloom_plugins.figures.search import Climb, Growth, Rungs, Spent, growth, rungs
from gridloom_plugins.figures.texts import one_line, score_text
from gridloom_plugins.figures.waves import WaveRow, wave_rows
from gridloom_plugins.html.plots import Plot, beyond, dots, extent_of, score_axis
from gridloom_plugins.html.texts import duration, label

WAVES = 40
"""The most lines of the table of waves."""

CLIMBS = 300
"""The most candidates in the plot of rungs: those that survived, then those that were best when they were dropped."""

DOTS = 2000
"""The most candidates in a plot of the best score: the last ones."""

HOVER = 200
"""The most characters of a candidate where a pointer rests on it."""


@dataclass(frozen=True)
class Search:
    """The table of waves, which limit has ended the search, the plot of rungs if there are several, and plots of the best score."""

    rows: Sequence[WaveRow]
    times: Sequence[str]
    stopped: str
    rungs: Plot | None
    growth: Sequence[Plot]
    has_labels: bool
    has_epochs: bool


def search_section(result: Result) -> Search | None:
    """The course of a search with several waves, or of one that a limit has ended; None for others."""
    rows = wave_rows(result, WAVES)
    if not rows and not result.stopped:
        return None
    found, climbed = growth(result), rungs(result)
    return Search(
        rows=rows,
        times=[duration(row.seconds) for row in rows],
        stopped=result.stopped,
        rungs=_rungs_plot(result, climbed) if climbed else None,
        growth=_growth_plots(result, found) if rows else [],
        has_labels=any(row.labels for row in rows),
        has_epochs=any(row.epochs for row in rows),
    )


def _rungs_plot(result: Result, found: Rungs) -> Plot:
    """A line for each candidate from its smallest budget to its largest one, those on top that survived."""
    places = {budget: place for place, budget in enumerate(found.budgets)}
    names, shown = varied(result.trials), found.climbs[-CLIMBS:]
    groups = [[climb for climb in shown if climb.survived is survived] for survived in (False, True)]
    means = [trial.mean for climb in shown for trial in climb.trials]
    extent = extent_of(means)
    notes = [f"{len(shown)} of {len(found.climbs):,} candidates."] if len(shown) < len(found.climbs) else []
    ticks = {"tickvals": list(range(len(places))), "ticktext": [label(name) for name in found.names]}
    return Plot(
        title=f"Mean {one_line(result.scoring)} of each candidate from budget to budget",
        traces=[
            _lines(group, places, names, colour)
            for group, colour in zip(groups, ("muted", "accent"), strict=True)
            if group
        ],
        layout={
            "xaxis": {"title": {"text": "budget"}, "range": [-0.15, len(places) - 0.85], **ticks},
            "yaxis": score_axis(f"mean {result.scoring}", extent),
        },
        height=340,
        notes=[*notes, *beyond(means, extent)],
    )


def _lines(climbs: Sequence[Climb], places: dict[Any, int], names: list[str], colour: str) -> dict[str, Any]:
    """The lines of these candidates as one trace with gaps between them."""
    x: list[int | None] = []
    y: list[float | None] = []
    hover: list[str] = []
    for climb in climbs:
        x += [*(places[trial.proposal.budget] for trial in climb.trials), None]
        y += [*(trial.mean for trial in climb.trials), None]
        hover += [*(f"{score_text(trial.mean)}<br>{label(named(trial, names), HOVER)}" for trial in climb.trials), ""]
    look = {"line": {"width": 1.5 if colour == "accent" else 1, "color": f"@{colour}"}}
    marker = {"size": 6 if colour == "accent" else 4, "color": f"@{colour}"}
    shown = {"mode": "lines+markers", "x": x, "y": y, "hoverinfo": "text", "hovertext": hover, "marker": marker}
    return {"type": "scatter", **shown, **look, "opacity": 1 if colour == "accent" else 0.55}


def _growth_plots(result: Result, found: Growth) -> list[Plot]:
    """How the best score grew with epochs, or with fits where engines count none, and with the time of fits."""
    if not found.gains:
        return []
    counted = (lambda spent: spent.epochs, "epochs") if found.total.epochs else (lambda spent: spent.fits, "fits")
    timed = (lambda spent: spent.seconds, "seconds in fits, of all workers together")
    return [_growth_plot(result, found, amount, unit) for amount, unit in (counted, timed)]


def _growth_plot(result: Result, found: Growth, amount: Callable[[Spent], float], unit: str) -> Plot:
    total, names, noun = amount(found.total), varied(result.trials), unit.partition(" ")[0]
    ends = [*((amount(step.spent), step.trial.mean) for step in found.gains), (total, found.gains[-1].trial.mean)]
    line = {"shape": "hv", "width": 2, "color": "@accent"}
    steps = {"type": "scatter", "mode": "lines", "hoverinfo": "skip", "line": line}
    shown = found.steps[-DOTS:]
    hover = [
        f"{score_text(step.trial.mean)} after {amount(step.spent):,.6g} {noun}<br>{label(named(step.trial, names), HOVER)}"
        for step in shown
    ]
    means = [step.trial.mean for step in shown]
    extent = extent_of(means, [mean for _, mean in ends])
    return Plot(
        title=f"Best mean {one_line(result.scoring)} against {unit.partition(',')[0]}",
        traces=[
            dots([amount(step.spent) for step in shown], means, "@muted", hover, size=5),
            steps | {"x": [at for at, _ in ends], "y": [mean for _, mean in ends]},
        ],
        layout={
            "xaxis": {"title": {"text": unit}, "range": [0, 1.02 * total or 1]},
            "yaxis": score_axis(f"mean {result.scoring}", extent),
        },
        height=260,
        notes=beyond(means, extent),
    )
