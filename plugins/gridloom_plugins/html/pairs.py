"""The section `pairs`: maps of the means of two hyperparameters' combinations."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from gridloom import Result
from gridloom_plugins.figures.pairs import PairMap, pair_maps
from gridloom_plugins.figures.texts import score_text
from gridloom_plugins.html.plots import TITLE, Plot
from gridloom_plugins.html.texts import label

SHOWN = 6
"""The most maps."""

TEXTS = 12
"""With more columns, cells are too small for their numbers."""

NARROW_TEXTS = 5


def pair_plots(result: Result) -> tuple[list[Plot], str]:
    """A map for each pair of hyperparameters, those that depend most on each other first; and what is not shown."""
    maps, left = pair_maps(result, SHOWN)
    note = (
        f"{left} more pair{'s' * (left != 1)} of hyperparameters {'are' if left != 1 else 'is'} not shown."
        if left
        else ""
    )
    return [_plot(found, result.scoring) for found in maps], note


def _plot(found: PairMap, scoring: str) -> Plot:
    rows, columns = found.rows, found.columns
    texts = [[score_text(mean, 3) for mean in line] for line in found.means]
    trace = {
        "type": "heatmap",
        "z": found.means,
        "x": list(range(len(columns))),
        "y": list(range(len(rows))),
        "colorscale": [[0, "@low"], [0.5, "@middle"], [1, "@high"]],
        "colorbar": {"thickness": 10, "outlinewidth": 0, "tickfont": {"size": 11}},
        "xgap": 1,
        "ygap": 1,
        "text": texts,
        "textfont": {"color": "@text"},
        "texttemplate": "%{text}" if len(columns) <= TEXTS else "",
        "hoverinfo": "text",
        "hovertext": [
            [f"{label(r)}<br>{label(c)}<br>{text}" for c, text in zip(columns, line, strict=True)]
            for r, line in zip(rows, texts, strict=True)
        ],
    }
    return Plot(
        title=f"{found.down} and {found.across}",
        traces=[trace],
        layout={
            "xaxis": _axis(found.across, [label(text, 16) for text in columns]),
            "yaxis": _axis(found.down, [label(text, 24) for text in rows]) | {"autorange": "reversed"},
        },
        height=min(560, max(280, 110 + 26 * len(rows))),
        narrow={
            "xaxis": {"ticktext": [label(text, 8) for text in columns]},
            "yaxis": {"ticktext": [label(text, 12) for text in rows]},
            "hide_texts": len(columns) > NARROW_TEXTS,
        },
        notes=[f"Mean {scoring}." + (f" Their interaction: {found.weight}." if found.weight else "")],
    )


def _axis(name: str, labels: Sequence[str]) -> dict[str, Any]:
    return {
        "title": {"text": label(name, TITLE)},
        "tickvals": list(range(len(labels))),
        "ticktext": labels,
        "showgrid": False,
    }
