"""The section `folds`: the scores of the best candidates on each split."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from gridloom import Result, Trial
from gridloom_plugins.html.plots import ROW, Plot, extent_of, narrow_rows, rows_axis, score_axis
from gridloom_plugins.html.texts import label, score_text, short_name, varied

SHOWN = 20
"""How many of the best candidates are shown."""

SPLITS = 30
"""The most splits with a line of their own."""

COLOURS = ("@accent", "@second", "@third", "@fourth", "@fifth")
"""Splits beyond these share a muted colour: nobody tells ten colours apart."""

Split = tuple[int, int]


def folds(result: Result) -> Plot | None:
    """A line for each split through the scores of the best candidates; None unless there are several splits."""
    shown = result.ranked[:SHOWN]
    scores = [_by_split(trial) for trial in shown]
    splits = sorted({split for row in scores for split in row})
    if len(splits) < 2:  # noqa: PLR2004
        return None
    lines = splits[:SPLITS]
    repeats = len({repeat for repeat, _ in splits}) > 1
    numbers = [row[split] for row in scores for split in lines if split in row]
    names = [f"{place}  {short_name(trial, varied(result.trials))}" for place, trial in enumerate(shown, 1)]
    colours = COLOURS if len(lines) <= len(COLOURS) else ("@muted",) * len(lines)
    traces = [_line(split, scores, colour, repeats=repeats) for split, colour in zip(lines, colours, strict=False)]
    notes = [f"The first {len(shown)} of {len(result.ranked):,} candidates."] if len(result.ranked) > SHOWN else []
    if len(splits) > SPLITS:
        notes.append(f"The first {SPLITS} of {len(splits)} splits.")
    return Plot(
        title=f"{result.scoring} on each of {len(lines)} splits",
        traces=traces,
        layout={
            "xaxis": score_axis(f"{result.scoring} on a split", extent_of(numbers)),
            "yaxis": rows_axis(names),
            "showlegend": len(lines) <= len(COLOURS),
        },
        height=110 + ROW * len(shown),
        narrow=narrow_rows(names),
        notes=notes,
    )


def _by_split(trial: Trial) -> dict[Split, float]:
    """The mean over seeds on each split (repeat and fold)."""
    found: dict[Split, list[float]] = {}
    for fit, score in zip(trial.fits, trial.scores, strict=True):
        if score is not None:
            found.setdefault((fit.repeat, fit.fold), []).append(score)
    return {split: sum(score / len(scores) for score in scores) for split, scores in found.items()}


def _line(split: Split, scores: Sequence[dict[Split, float]], colour: str, *, repeats: bool) -> dict[str, Any]:
    name = f"repeat {split[0]}, fold {split[1]}" if repeats else f"fold {split[1]}"
    rows = [(row, found[split]) for row, found in enumerate(scores) if split in found]
    return {
        "type": "scatter",
        "mode": "lines+markers",
        "name": label(name),
        "x": [score for _, score in rows],
        "y": [row for row, _ in rows],
        "line": {"width": 1, "color": colour},
        "marker": {"size": 6, "color": colour},
        "hoverinfo": "text",
        "hovertext": [f"{name}<br>{score_text(score)}" for _, score in rows],
    }
