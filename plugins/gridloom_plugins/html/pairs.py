"""The section `pairs`: maps of the means of two hyperparameters' combinations."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from gridloom_plugins.html.effects import weights_of
from gridloom_plugins.html.plots import Plot
from gridloom_plugins.html.texts import label, score_text, value_text

if TYPE_CHECKING:
    from gridloom import Answer, Pair

SHOWN = 6
"""The most maps."""

LEVELS = 50
"""A map with more rows or columns says nothing."""

TEXTS = 12
"""With more columns, cells are too small for their numbers."""

NARROW_TEXTS = 5


def pair_plots(answer: Answer | None, scoring: str) -> tuple[list[Plot], str]:
    """A map for each pair of hyperparameters, those that depend most on each other first; and what is not shown."""
    effects = answer.effects if answer else None
    if effects is None:
        return [], ""
    values = {effect.parameter: [level.value for level in effect.levels] for effect in effects.parameters}
    weights = weights_of(effects)
    fitting = [pair for pair in effects.pairs if all(len(values[name]) <= LEVELS for name in pair.parameters)]
    chosen = sorted(fitting, key=lambda pair: -weights.get(pair.parameters, (0.0, ""))[0])[:SHOWN]
    left = len(effects.pairs) - len(chosen)
    note = f"{left} more pair{'s' * (left != 1)} of hyperparameters have no map here." if left else ""
    return [_plot(pair, values, weights.get(pair.parameters, (0.0, ""))[1], scoring) for pair in chosen], note


def _plot(pair: Pair, values: dict[str, list[Any]], weight: str, scoring: str) -> Plot:
    down, across = pair.parameters
    means = [list(row) for row in pair.means]
    if len(values[across]) > len(values[down]):  # a page is higher than it is wide, a phone above all
        down, across = across, down
        means = [list(column) for column in zip(*means, strict=True)]
    rows, columns = ([value_text(value) for value in values[name]] for name in (down, across))
    texts = [[score_text(mean, 3) for mean in row] for row in means]
    trace = {
        "type": "heatmap",
        "z": means,
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
        title=f"{down} and {across}",
        traces=[trace],
        layout={
            "xaxis": _axis(across, columns, 12),
            "yaxis": _axis(down, rows, 18) | {"autorange": "reversed"},
        },
        height=min(560, max(280, 110 + 26 * len(rows))),
        narrow={
            "xaxis": {"ticktext": [label(text, 6) for text in columns]},
            "yaxis": {"ticktext": [label(text, 8) for text in rows]},
            "hide_texts": len(columns) > NARROW_TEXTS,
        },
        notes=[f"Mean {scoring}." + (f" Their interaction: {weight}." if weight else "")],
    )


def _axis(name: str, texts: list[str], limit: int) -> dict[str, Any]:
    return {
        "title": {"text": label(name)},
        "tickvals": list(range(len(texts))),
        "ticktext": [label(text, limit) for text in texts],
        "showgrid": False,
    }
