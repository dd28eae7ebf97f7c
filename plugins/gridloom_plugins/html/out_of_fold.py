"""The section `predictions`: the best candidate's confusion matrix and ROC curve, or predicted numbers and residuals."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from gridloom import Result
from gridloom_plugins.figures.candidates import named, varied
from gridloom_plugins.figures.curves import spread_out
from gridloom_plugins.figures.out_of_fold import OutOfFold, confusion, out_of_fold, roc, why_none
from gridloom_plugins.figures.texts import one_line, score_text
from gridloom_plugins.html.plots import Plot, dots
from gridloom_plugins.html.texts import label

CLASSES = 30
"""A confusion matrix of more classes is too large to read."""

NUMBERED = 12
"""A matrix of more classes has no numbers in its cells; they are shown where a pointer rests."""

POINTS = 2000
"""The most predicted numbers in a plot."""

HEIGHT = 380

CANDIDATE = 300
"""The most characters of the candidate."""


@dataclass(frozen=True)
class Section:
    """Which candidate predicted, what is shown of it in a sentence, and the plots."""

    candidate: str
    sentence: str
    plots: tuple[Plot, ...]


def out_of_fold_section(result: Result) -> Section | None:
    """The section; without plots where a run keeps no predictions, and None where nothing is known of them."""
    found = out_of_fold(result)
    if found is None:
        why = why_none(result)
        return Section("", why, ()) if why else None
    name = one_line(named(found.trial, varied(result.trials)), CANDIDATE)
    if not found.is_of_classes:
        return Section(name, found.sentence, (_against_truth(found), _residuals(found)))
    plots = [_matrix(found)] if len(found.truth.classes) <= CLASSES else []
    if found.scores is not None:
        plots.append(_roc(found))
    more = f" A matrix of {len(found.truth.classes):,} classes is not drawn." if not plots else ""
    return Section(name, found.sentence + more, tuple(plots))


def _matrix(found: OutOfFold) -> Plot:
    counts, names = confusion(found), [label(name, 20) for name in found.truth.classes]
    totals = [sum(row) for row in counts]
    shares = [[count / total if total else 0.0 for count in row] for row, total in zip(counts, totals, strict=True)]
    places = list(range(len(names)))
    hover = [
        [
            f"{names[column]} predicted for {count:,} of {totals[row]:,} of {names[row]} ({shares[row][column]:.1%})"
            for column, count in enumerate(counts[row])
        ]
        for row in places
    ]
    trace = {
        "type": "heatmap",
        "z": shares,
        "x": places,
        "y": places,
        "zmin": 0,
        "zmax": 1,
        "colorscale": [[0, "@low"], [0.5, "@middle"], [1, "@high"]],
        "showscale": False,
        "xgap": 2,
        "ygap": 2,
        "text": [[f"{count:,}" for count in row] for row in counts],
        "texttemplate": "%{text}" if len(names) <= NUMBERED else "",
        "textfont": {"color": "@text"},
        "hoverinfo": "text",
        "hovertext": hover,
    }
    right = sum(counts[place][place] for place in places)
    axis = {"tickvals": places, "ticktext": names, "showgrid": False, "ticks": ""}
    return Plot(
        title="Confusion matrix",
        traces=[trace],
        layout={
            "xaxis": {"title": {"text": "predicted"}, **axis},
            "yaxis": {"title": {"text": f"true {label(found.truth.target, 24)}"}, "autorange": "reversed", **axis},
        },
        height=max(HEIGHT - 60, 120 + 26 * len(names)),
        narrow={"yaxis": {"ticktext": [label(name, 16) for name in found.truth.classes]}},
        notes=[
            f"{right:,} of {sum(totals):,} predictions are right ({right / max(1, sum(totals)):.1%}).",
            "Each row is a true class; the stronger the color of a cell, the larger its share of the row.",
        ],
    )


def _roc(found: OutOfFold) -> Plot:
    curve = roc(found)
    hover = [f"{true:.1%} of the positive found<br>{false:.1%} false alarms" for false, true in curve.points]
    line = {"type": "scatter", "mode": "lines", "line": {"width": 2, "color": "@accent"}}
    chance = {"width": 1, "color": "@muted", "dash": "dot"}
    return Plot(
        title=f"ROC curve, {one_line(curve.positive)} as the positive class",
        traces=[
            line | {"x": [0, 1], "y": [0, 1], "hoverinfo": "skip", "line": chance},
            line
            | {
                "x": [round(false, 5) for false, _ in curve.points],
                "y": [round(true, 5) for _, true in curve.points],
                "hoverinfo": "text",
                "hovertext": hover,
            },
        ],
        layout={
            "xaxis": {"title": {"text": "false positive rate"}, "range": [-0.02, 1.02]},
            "yaxis": {"title": {"text": "true positive rate"}, "range": [-0.02, 1.02]},
        },
        height=HEIGHT - 60,
        notes=[
            f"Area under the curve: {score_text(curve.area)}, of all predictions together.",
            "The score roc_auc is the mean of the areas on each split, and may differ. Dotted: chance.",
        ],
    )


def _shown(found: OutOfFold) -> tuple[list[float], list[float], list[str], list[str]]:
    """True and predicted numbers, what a pointer shows of them, and a note where not all are shown."""
    places = spread_out(len(found.rows), POINTS)
    true, predicted = (
        [float(found.true[place]) for place in places],
        [float(found.predicted[place]) for place in places],
    )
    hover = [
        f"row {int(found.rows[place])}<br>true {one:.4g}<br>predicted {other:.4g}"
        for place, one, other in zip(places, true, predicted, strict=True)
    ]
    few = len(places) < len(found.rows)
    return true, predicted, hover, [f"{len(places):,} of {len(found.rows):,} predictions."] if few else []


def _against_truth(found: OutOfFold) -> Plot:
    true, predicted, hover, notes = _shown(found)
    ends = [min(true), max(true)]
    target = label(found.truth.target, 24)
    return Plot(
        title="Predicted against true",
        traces=[
            _straight(ends, ends),
            dots(true, predicted, "@accent", hover, 5, opacity=0.6),
        ],
        layout={
            "xaxis": {"title": {"text": f"true {target}"}},
            "yaxis": {"title": {"text": f"predicted {target}"}},
        },
        height=HEIGHT,
        notes=["On the dotted line, predictions are right.", *notes],
    )


def _residuals(found: OutOfFold) -> Plot:
    true, predicted, hover, notes = _shown(found)
    residuals = [one - other for one, other in zip(true, predicted, strict=True)]
    return Plot(
        title="Residuals",
        traces=[
            _straight([min(predicted), max(predicted)], [0.0, 0.0]),
            dots(predicted, residuals, "@accent", hover, 5, opacity=0.6),
        ],
        layout={
            "xaxis": {"title": {"text": f"predicted {label(found.truth.target, 24)}"}},
            "yaxis": {"title": {"text": "true minus predicted"}},
        },
        height=HEIGHT,
        notes=notes,
    )


def _straight(x: list[float], y: list[float]) -> dict[str, Any]:
    line = {"width": 1, "color": "@text", "dash": "dot"}
    return {"type": "scatter", "mode": "lines", "x": x, "y": y, "hoverinfo": "skip", "line": line}
