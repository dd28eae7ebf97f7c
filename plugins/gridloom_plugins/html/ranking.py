"""The section `ranking`: every mean with its interval, best first, the set that holds the true best shaded."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise
from typing import Any

from gridloom import Result
from gridloom_plugins.figures.ranking import Ranking, Row, ranking
from gridloom_plugins.figures.texts import one_line, score_text
from gridloom_plugins.html.plots import ROW, Plot, beyond, dots, extent_of, rows_axis, score_axis, whiskers
from gridloom_plugins.html.texts import label

SHOWN = 40
"""The most candidates in the plot."""

HOVER = 300
"""The most characters of a candidate where a pointer rests on it."""


def rows_key(found: Ranking) -> str:
    """How to read the labels of ranked rows."""
    return f"Each row begins with its rank and {one_line(found.parameters, HOVER)}." if found.parameters else ""


def ranking_plot(result: Result, most: int = SHOWN) -> Plot | None:
    """The plot of the ranking of at most so many candidates; None where no trial is complete."""
    found = ranking(result, most)
    if found is None:
        return None
    rows = found.rows
    ends = [end for row in rows for end in row.ends]
    extent = extent_of(ends, (rows[0].mean,))
    groups = [[(place, row) for place, row in enumerate(rows) if row.is_tied is tied] for tied in (True, False)]
    axis, narrow = rows_axis([row.label for row in rows], [row.rank for row in rows])
    shading = [_shade(first, last) for first, last in _runs([row.is_tied for row in rows])]
    return Plot(
        title=f"Mean {result.scoring} of {len(rows)} candidates, best first{', with intervals' if found.about else ''}",
        traces=[_dots(group, colour) for group, colour in zip(groups, ("@accent", "@muted"), strict=True) if group],
        layout={
            "xaxis": score_axis(f"mean {result.scoring}", extent),
            "yaxis": axis,
            "shapes": [*shading, _best_line(rows[0].mean)],
        },
        height=90 + ROW * len(rows),
        narrow=narrow,
        key=rows_key(found),
        notes=[*_notes(found), *beyond(ends, extent)],
    )


def _notes(found: Ranking) -> list[str]:
    notes = []
    if found.candidates > len(found.rows):
        notes.append(
            f"The first {len(found.rows)} of {found.candidates:,} candidates are shown; the table below has all of them."
        )
    return [*notes, found.note] if found.note else notes


def _dots(rows: Sequence[tuple[int, Row]], colour: str) -> dict[str, Any]:
    means = [row.mean for _, row in rows]
    lines = whiskers(means, [row.ends for _, row in rows], colour)
    return dots(means, [place for place, _ in rows], colour, [_hover(row) for _, row in rows], error_x=lines)


def _hover(row: Row) -> str:
    between = f" ({score_text(row.interval[0])} to {score_text(row.interval[1])})" if row.interval else ""
    return f"{score_text(row.mean)}{between}<br>{label(row.name, HOVER)}"


def _runs(inside: Sequence[bool]) -> list[tuple[int, int]]:
    """The first and last row of every run of members."""
    edges = [row for row, (before, here) in enumerate(pairwise([False, *inside, False])) if before != here]
    return [(first, end - 1) for first, end in zip(edges[::2], edges[1::2], strict=True)]


def _shade(first: int, last: int) -> dict[str, Any]:
    place = {"xref": "paper", "x0": 0, "x1": 1, "y0": first - 0.5, "y1": last + 0.5}
    return {"type": "rect", "layer": "below", "fillcolor": "@shade", "line": {"width": 0}} | place


def _best_line(mean: float) -> dict[str, Any]:
    place = {"yref": "paper", "x0": mean, "x1": mean, "y0": 0, "y1": 1}
    return {"type": "line", "layer": "below", "line": {"color": "@accent", "width": 1, "dash": "dot"}} | place
