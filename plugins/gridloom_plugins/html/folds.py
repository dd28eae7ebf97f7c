"""The section `folds`: the scores of the best candidates on each split."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

from gridloom import Result, Trial
from gridloom_plugins.figures.ranking import ranking
from gridloom_plugins.figures.texts import score_text
from gridloom_plugins.html.plots import Plot, beyond, dots, extent_of, rows_axis, score_axis
from gridloom_plugins.html.ranking import rows_key
from gridloom_plugins.html.texts import label

SHOWN = 20
"""How many of the best candidates are shown."""

SPLITS = 30
"""The most splits that are shown."""

COLOURS = ("@accent", "@second", "@third", "@fourth", "@fifth")
"""Splits beyond these share a muted colour: nobody tells ten colours apart."""

SPREAD = 0.4
"""How far apart the dots of a row stand, as a share of its height: equal scores would hide each other."""

HEIGHT = 30
"""Pixels of a row."""

Split = tuple[int, int]


def folds(result: Result) -> Plot | None:
    """The scores of the best candidates, a colour for each split; None unless there are several splits."""
    shown = result.ranked[:SHOWN]
    scores = [_by_split(trial) for trial in shown]
    splits = sorted({split for row in scores for split in row})
    found = ranking(result, SHOWN)
    if found is None or len(splits) < 2:  # noqa: PLR2004
        return None
    chosen = splits[:SPLITS]
    repeats = len({repeat for repeat, _ in splits}) > 1
    numbers = [row[split] for row in scores for split in chosen if split in row]
    extent = extent_of(numbers, reach=math.inf)
    axis, narrow = rows_axis([row.label for row in found.rows], [row.rank for row in found.rows])
    colours = COLOURS if len(chosen) <= len(COLOURS) else ("@muted",) * len(chosen)
    offsets = [SPREAD * (place / (len(chosen) - 1) - 0.5) for place in range(len(chosen))]
    traces = [
        _dots(split, scores, colour, offset, repeats=repeats)
        for split, colour, offset in zip(chosen, colours, offsets, strict=False)
    ]
    notes = [f"The first {len(shown)} of {len(result.ranked):,} candidates."] if len(result.ranked) > SHOWN else []
    if len(splits) > SPLITS:
        notes.append(f"The first {SPLITS} of {len(splits)} splits.")
    return Plot(
        title=f"{result.scoring} on each of {len(chosen)} splits",
        traces=[_span(scores), *traces],
        layout={
            "xaxis": score_axis(f"{result.scoring} on a split", extent),
            "yaxis": axis,
            "showlegend": len(chosen) <= len(COLOURS),
        },
        height=110 + HEIGHT * len(shown),
        narrow=narrow,
        key=rows_key(found),
        notes=[*notes, *beyond(numbers, extent)],
    )


def _by_split(trial: Trial) -> dict[Split, float]:
    """The mean over seeds on each split (repeat and fold)."""
    found: dict[Split, list[float]] = {}
    for fit, score in zip(trial.fits, trial.scores, strict=True):
        if score is not None:
            found.setdefault((fit.repeat, fit.fold), []).append(score)
    return {split: sum(score / len(scores) for score in scores) for split, scores in found.items()}


def _span(scores: Sequence[dict[Split, float]]) -> dict[str, Any]:
    """A line in each row from the lowest score to the highest."""
    ends = [(row, end) for row, found in enumerate(scores) for end in (min(found.values()), max(found.values()), None)]
    return {
        "type": "scatter",
        "mode": "lines",
        "x": [end for _, end in ends],
        "y": [row for row, _ in ends],
        "line": {"width": 2, "color": "@line"},
        "hoverinfo": "skip",
        "showlegend": False,
    }


def _dots(
    split: Split, scores: Sequence[dict[Split, float]], colour: str, offset: float, *, repeats: bool
) -> dict[str, Any]:
    name = f"repeat {split[0]}, fold {split[1]}" if repeats else f"fold {split[1]}"
    rows = [(row, found[split]) for row, found in enumerate(scores) if split in found]
    hover = [f"{name}<br>{score_text(score)}" for _, score in rows]
    return dots([score for _, score in rows], [row + offset for row, _ in rows], colour, hover, 7, name=label(name))
