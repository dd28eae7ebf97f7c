"""The figure of the ranking: means with intervals, and the tie set."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from gridloom import Result
from gridloom_plugins.figures.ranking import Ranking, Row, ranking
from gridloom_plugins.figures.texts import one_line
from gridloom_plugins.plotting.style import BEST, GRID, MEMBER, OTHER, WIDTH

if TYPE_CHECKING:
    from matplotlib.figure import Figure

MOST = 40
"""The most candidates in the figure; a page holds no more."""

LABEL, HEAD = 44, 60
"""How many characters of a candidate stand beside its mean, and of the parameters' names above them all."""

NAMES = {BEST: "highest mean", MEMBER: "tied with the best", OTHER: "not tied"}
"""What the marks of a colour are."""


def draw_ranking(result: Result) -> Figure | None:
    """The best 40 candidates from top to bottom; None where none is complete."""
    from matplotlib.figure import Figure

    found = ranking(result, MOST)
    if found is None:
        return None
    rows = found.rows
    figure = Figure(figsize=(WIDTH, 1.1 + 0.19 * len(rows)), layout="constrained")
    axes = figure.add_subplot()
    for place, row in enumerate(rows):
        _draw(axes, row, place, _mark(found, row))
    axes.axvline(rows[0].mean, color=BEST, linewidth=0.6, linestyle=":", zorder=0)
    axes.set_yticks(range(len(rows)), [one_line(row.label, LABEL) for row in rows])
    title = one_line(found.parameters, HEAD)
    axes.text(-0.01, 1.0, title, transform=axes.transAxes, ha="right", va="bottom", fontsize=7, fontstyle="italic")
    axes.set_ylim(len(rows) - 0.4, -0.6)
    axes.tick_params(axis="y", length=0)
    axes.grid(axis="x", **GRID)
    axes.set_axisbelow(True)
    axes.set_xlabel(_label(found, one_line(result.scoring)))
    if found.candidates > len(rows):
        axes.set_title(f"the best {len(rows)} of {found.candidates:,} candidates", loc="left")
    if found.about:
        _explain(figure, axes, found)
    return figure


def _draw(axes: Any, row: Row, place: int, mark: tuple[str, str, str]) -> None:
    colour, marker, face = mark
    if row.interval:
        axes.hlines(place, *row.interval, color=colour, linewidth=0.9)
        ends = [end for end in row.interval if end in row.exact]
        axes.plot(ends, [place] * len(ends), "|", color=colour, markersize=4)
    axes.plot(row.mean, place, marker, color=colour, markerfacecolor=face, markeredgewidth=0.9)


def _mark(found: Ranking, row: Row) -> tuple[str, str, str]:
    """Colour, shape and fill of a candidate's mark."""
    if row is found.rows[0]:
        return BEST, "D", BEST
    return (MEMBER, "o", MEMBER) if row.is_tied or not found.about else (OTHER, "o", "white")


def _label(found: Ranking, scoring: str) -> str:
    if not found.about:
        return f"mean {scoring}"
    return "\n".join(filter(None, [f"mean {scoring}, {found.about}{'.' * bool(found.note)}", found.note]))


def _explain(figure: Any, axes: Any, found: Ranking) -> None:
    """The legend, of those marks that are there."""
    handles = []
    for colour, marker, face in dict.fromkeys(_mark(found, row) for row in found.rows):
        style = {"color": colour, "markerfacecolor": face, "markeredgewidth": 0.9, "label": NAMES[colour]}
        handles += axes.plot([], [], marker, **style)
    figure.legend(handles=handles, loc="outside lower center", ncols=3, handletextpad=0.3)
