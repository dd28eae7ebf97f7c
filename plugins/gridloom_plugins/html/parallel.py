"""The plot of parallel coordinates: a line for each candidate through its values, the best ones on top."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from gridloom import Result
from gridloom_plugins.figures.axes import FEW
from gridloom_plugins.figures.candidates import named
from gridloom_plugins.figures.numbers import even_ticks
from gridloom_plugins.figures.parallel import GROUPS, Line, Parallel, parallel
from gridloom_plugins.figures.texts import NOTHING, one_line, score_text
from gridloom_plugins.html.plots import Plot, beyond, dots, extent_of
from gridloom_plugins.html.texts import label

SHOWN = 1000
"""The most candidates: the best ones."""

PARAMETERS = 10
"""The most hyperparameters: those that matter most."""

ABSENT = -0.12
"""Where lines of candidates cross an axis whose parameter they lack."""

SPREAD, WIDE_SPREAD = 0.035, 0.12
"""How far few and many lines of equal values are spread, as a share of the axis: in one point they would hide each other."""

MANY = 100
"""From so many lines of a group on, they are thinner and spread wider."""

LABELS = 8
"""The most values beside an axis."""

WIDTHS = (2.0, 1.3, 1.0, 0.8)
"""How many pixels wide the lines of each group are."""

COLUMN = 112
"""Pixels between two axes at least; a narrow page scrolls."""

HOVER = 200
"""The most characters of a candidate where a pointer rests on it."""


def parallel_plot(result: Result) -> Plot | None:
    """The plot; None where fewer than two candidates or parameters differ."""
    found = parallel(result, SHOWN, PARAMETERS)
    if found is None:
        return None
    means = [line.trial.mean for line in found.lines]
    extent = extent_of(means) or (min(means), max(means))
    count = len(found.names)
    groups = [[line for line in found.lines if line.group == number] for number in range(len(GROUPS))]
    traces = [_lines(found, group, number, extent) for number, group in enumerate(groups) if group]
    marks = [_marks(found, group, number, extent) for number, group in enumerate(groups) if group]
    titles = [*(label(name, 24) for name in found.names), label(f"mean {result.scoring}", 32)]
    return Plot(
        title=f"Values of {len(found.lines):,} candidates, and their mean {one_line(result.scoring)}",
        traces=[*traces[::-1], *marks[::-1]],
        layout={
            "xaxis": {
                "tickvals": list(range(count + 1)),
                "ticktext": titles,
                "range": [-0.2, count + 0.4],
                "side": "top",
                "showgrid": False,
                "ticks": "",
            },
            "yaxis": {"visible": False, "range": [ABSENT - 0.08 if _lacks_any(found) else -0.08, 1.08]},
            "shapes": [_pole(place) for place in range(count + 1)],
            "annotations": [*_values(found), *_scores(count, extent)],
        },
        height=440,
        width=COLUMN * (count + 1),
        notes=[*_notes(found), *beyond(means, extent)],
    )


def _lacks_any(found: Parallel) -> bool:
    return any(share is None for line in found.lines for share in line.shares)


def _height(mean: float, extent: tuple[float, float]) -> float:
    """Where a mean lies on the last axis."""
    low, high = extent
    return min(1.0, max(0.0, (mean - low) / (high - low))) if high > low else 0.5


def _lines(found: Parallel, group: list[Line], number: int, extent: tuple[float, float]) -> dict[str, Any]:
    """The lines of a group as one trace with gaps between them, the best last."""
    x: list[int | None] = []
    y: list[float | None] = []
    for line in reversed(group):
        crossings = [_crossing(found, line, place) for place in range(len(found.names))]
        x += [*range(len(found.names) + 1), None]
        y += [*(round(share, 4) for share in (*crossings, _height(line.trial.mean, extent))), None]
    thinned = max(0.5, min(1.0, MANY / len(group)))
    look = {"width": WIDTHS[number] * thinned, "color": f"@rank-{number + 1}"}
    return {"type": "scatter", "mode": "lines", "x": x, "y": y, "hoverinfo": "skip", "line": look}


def _crossing(found: Parallel, line: Line, place: int) -> float:
    share = line.shares[place]
    if share is None:
        return ABSENT
    axis = found.axes[place]
    if len(axis.values) > FEW:
        return share
    spread = min(WIDE_SPREAD, 0.5 / len(axis.values)) if len(found.lines) > MANY else SPREAD
    return share + spread * (_scatter(line.place, place) - 0.5)


def _scatter(number: int, axis: int) -> float:
    """A share (0 <= share < 1) for each line and axis, evenly distributed and always the same."""
    return (number * 0.6180339887498949 + axis * 0.41421356) % 1


def _marks(found: Parallel, group: list[Line], number: int, extent: tuple[float, float]) -> dict[str, Any]:
    """A dot at the end of each line of a group, which says what candidate it is."""
    shown = group[::-1]
    hover = [f"{line.place + 1}. {score_text(line.trial.mean)}<br>{_name(found, line)}" for line in shown]
    heights = [_height(line.trial.mean, extent) for line in shown]
    return dots([len(found.names)] * len(shown), heights, f"@rank-{number + 1}", hover, size=6, cliponaxis=False)


def _name(found: Parallel, line: Line) -> str:
    return label(named(line.trial, found.names), HOVER)


def _pole(place: int) -> dict[str, Any]:
    where = {"x0": place, "x1": place, "y0": 0, "y1": 1}
    return {"type": "line", "layer": "below", "line": {"color": "@muted", "width": 1}} | where


def _values(found: Parallel) -> Iterator[dict[str, Any]]:
    """The values beside each axis."""
    for place, axis in enumerate(found.axes):
        step = -(-len(axis.tick_shares) // LABELS)
        for share, text in axis.tick_shares[::step]:
            yield _text(place, share, label(text, 14))
        if any(line.shares[place] is None for line in found.lines):
            yield _text(place, ABSENT, NOTHING)


def _scores(place: int, extent: tuple[float, float]) -> Iterator[dict[str, Any]]:
    for tick in even_ticks(*extent, LABELS):
        yield _text(place, _height(tick, extent), f"{tick:.4g}")


def _text(place: int, share: float, text: str) -> dict[str, Any]:
    look = {"font": {"size": 11, "color": "@text"}, "bgcolor": "@page", "borderpad": 1, "opacity": 0.85}
    where = {"x": place, "y": share, "xanchor": "left", "xshift": 4}
    return {"text": text, "showarrow": False} | where | look


def _notes(found: Parallel) -> Iterator[str]:
    if len(found.lines) < found.candidates:
        yield f"The best {len(found.lines):,} of {found.candidates:,} candidates."
    if len(found.names) < found.parameters:
        yield f"The {len(found.names)} hyperparameters that matter most, of {found.parameters}."
    if _lacks_any(found):
        yield f"{NOTHING}: candidates without that hyperparameter."
