"""The section `effects`: the mean over all candidates that share a value, for every value of a hyperparameter."""

from __future__ import annotations

from typing import Any

from gridloom import Result
from gridloom_plugins.figures.effects import MainEffect, main_effects
from gridloom_plugins.figures.texts import score_text, value_text
from gridloom_plugins.html.plots import ROW, Plot, dots, extent_of, rows_axis, score_axis, whiskers
from gridloom_plugins.html.texts import label

SHOWN = 12
"""The most hyperparameters with a plot."""

TICKS = 12
"""With more numbers than that they stand on an axis of numbers, not one beside the other."""

DECADES = 100.0
"""From this ratio of the largest number to the smallest on, the axis of numbers is logarithmic."""

HEIGHT = 260


def effect_plots(result: Result) -> list[Plot]:
    """A plot for each hyperparameter, the ones that matter most first, all with the same axis of scores."""
    chosen = main_effects(result, SHOWN)
    ends = [end for effect in chosen for level in effect.levels for end in (level.low, level.high)]
    axis = score_axis(result.scoring, extent_of(ends, [level.mean for effect in chosen for level in effect.levels]))
    return [(_over_numbers if effect.are_numbers else _over_names)(effect, axis) for effect in chosen]


def _over_numbers(effect: MainEffect, scores: dict[str, Any]) -> Plot:
    values = [level.value for level in effect.levels]
    few = len(values) <= TICKS
    axis: dict[str, Any] = {"title": {"text": label(effect.parameter)}}
    places = list(map(float, range(len(values)) if few else values))
    if few:
        axis |= {"tickvals": places, "ticktext": [label(value_text(value), 8) for value in values]}
    elif places[0] > 0 and places[-1] / places[0] >= DECADES:
        axis["type"] = "log"
    style = {"mode": "lines+markers" if few else "markers", "line": {"width": 1, "color": "@muted"}}
    means, lines = _means(effect)
    return Plot(
        title=effect.parameter,
        traces=[dots(places, means, "@accent", _hovers(effect), 7, error_y=lines, **style)],
        layout={"xaxis": axis, "yaxis": scores},
        height=HEIGHT,
        notes=_notes(effect),
    )


def _over_names(effect: MainEffect, scores: dict[str, Any]) -> Plot:
    axis, narrow = rows_axis([value_text(level.value) for level in effect.levels])
    means, lines = _means(effect)
    return Plot(
        title=effect.parameter,
        traces=[dots(means, list(range(len(means))), "@accent", _hovers(effect), 7, error_x=lines)],
        layout={"xaxis": scores, "yaxis": axis},
        height=80 + ROW * len(means),
        narrow=narrow,
        notes=_notes(effect),
    )


def _means(effect: MainEffect) -> tuple[list[float], dict[str, Any]]:
    """The means, and their intervals as error bars."""
    means = [level.mean for level in effect.levels]
    return means, whiskers(means, [(level.low, level.high) for level in effect.levels], "@accent")


def _notes(effect: MainEffect) -> list[str]:
    return [f"{effect.weight}.", *effect.notes] if effect.weight else [*effect.notes]


def _hovers(effect: MainEffect) -> list[str]:
    return [
        f"{label(value_text(level.value), 80)}<br>"
        f"{score_text(level.mean)} ({score_text(level.low)} to {score_text(level.high)})<br>"
        f"{level.candidates} candidate{'s' * (level.candidates != 1)}"
        for level in effect.levels
    ]
