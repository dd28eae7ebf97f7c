"""The section `effects`: the mean over all candidates that share a value, for every value of a hyperparameter."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from gridloom_plugins.html.plots import (
    ROW,
    Plot,
    extent_of,
    labels_of,
    narrow_rows,
    rows_axis,
    score_axis,
    spread_out,
    whiskers,
)
from gridloom_plugins.html.texts import cut, label, percent, score_text, value_text
from gridloom_plugins.reporters.bounds import bounds_of

if TYPE_CHECKING:
    from gridloom import Answer, Effect, Effects, Level

SHOWN = 12
"""The most hyperparameters with a plot."""

LEVELS = 300
"""The most values of a hyperparameter in its plot."""

TICKS = 12
"""With more numbers than that they stand on an axis of numbers, not one beside the other."""

DECADES = 100.0
"""From this ratio of the largest number to the smallest on, the axis of numbers is logarithmic."""

HEIGHT = 260


def effect_plots(answer: Answer | None, scoring: str) -> list[Plot]:
    """A plot for each hyperparameter, the ones that matter most first, all with the same axis of scores."""
    effects = answer.effects if answer else None
    if effects is None:
        return []
    weights = weights_of(effects)
    chosen = sorted(effects.parameters, key=lambda effect: -weights.get((effect.parameter,), (0.0, ""))[0])[:SHOWN]
    levels = [level for effect in chosen for level in effect.levels]
    ends = [end for level in levels for end in bounds_of(scoring).cut(level.low, level.high)]
    extent = extent_of(ends, [level.mean for level in levels])
    return [_plot(effect, weights.get((effect.parameter,), (0.0, ""))[1], scoring, extent) for effect in chosen]


def weights_of(effects: Effects) -> dict[tuple[str, ...], tuple[float, str]]:
    """By parameters: how much they matter, and that in words."""
    weights: dict[tuple[str, ...], tuple[float, str]] = {
        (found.parameter,): (found.loss, f"importance {score_text(found.loss, 2)} in a random forest")
        for found in (effects.importances.parameters if effects.importances else ())
    }
    for part in effects.shares or ():
        if part.parameters:
            words = f"{percent(part.share)} of the variance; {percent(part.noise)} would be noise"
            weights[part.parameters] = (part.share, words)
    return weights


def _plot(effect: Effect, weight: str, scoring: str, extent: tuple[float, float] | None) -> Plot:
    levels = [effect.levels[place] for place in spread_out(len(effect.levels), LEVELS)]
    notes = [f"{weight}."] if weight else []
    if len(levels) < len(effect.levels):
        notes.append(f"{len(levels)} of {len(effect.levels):,} values are shown.")
    if cut_off := bounds_of(scoring).note(scoring, [end for level in levels for end in (level.low, level.high)]):
        notes.append(cut_off)
    are_numbers = all(isinstance(level.value, int | float) and not isinstance(level.value, bool) for level in levels)
    draw = _over_numbers if are_numbers else _over_names
    return draw(effect.parameter, levels, notes, scoring, extent)


def _over_numbers(
    name: str, levels: Sequence[Level], notes: Sequence[str], scoring: str, extent: tuple[float, float] | None
) -> Plot:
    values = [float(level.value) for level in levels]
    axis: dict[str, Any] = {"title": {"text": label(name)}}
    if len(values) <= TICKS:
        axis |= {
            "tickvals": list(range(len(values))),
            "ticktext": [label(value_text(level.value), 8) for level in levels],
        }
        places = [float(place) for place in range(len(values))]
    elif values[0] > 0 and values[-1] / values[0] >= DECADES:
        axis["type"] = "log"
        places = values
    else:
        places = values
    few = len(values) <= TICKS
    return Plot(
        title=name,
        traces=[_dots(levels, "y", scoring) | {"x": places, "mode": "lines+markers" if few else "markers"}],
        layout={"xaxis": axis, "yaxis": score_axis(scoring, extent)},
        height=HEIGHT,
        notes=notes,
    )


def _over_names(
    name: str, levels: Sequence[Level], notes: Sequence[str], scoring: str, extent: tuple[float, float] | None
) -> Plot:
    names = [value_text(level.value) for level in levels]
    return Plot(
        title=name,
        traces=[_dots(levels, "x", scoring) | {"y": list(range(len(levels))), "mode": "markers"}],
        layout={"xaxis": score_axis(scoring, extent), "yaxis": rows_axis(labels_of(names))},
        height=80 + ROW * len(levels),
        narrow=narrow_rows(labels_of, names),
        notes=notes,
    )


def _dots(levels: Sequence[Level], axis: str, scoring: str) -> dict[str, Any]:
    means = [level.mean for level in levels]
    return {
        "type": "scatter",
        axis: means,
        f"error_{axis}": whiskers(
            means, [bounds_of(scoring).cut(level.low, level.high) for level in levels], "@accent"
        ),
        "marker": {"size": 7, "color": "@accent"},
        "line": {"width": 1, "color": "@muted"},
        "hoverinfo": "text",
        "hovertext": [_hover(level) for level in levels],
    }


def _hover(level: Level) -> str:
    count = f"{level.candidates} candidate{'s' * (level.candidates != 1)}"
    between = f"{score_text(level.low)} to {score_text(level.high)}"
    return f"{label(cut(value_text(level.value), 80), 80)}<br>{score_text(level.mean)} ({between})<br>{count}"
