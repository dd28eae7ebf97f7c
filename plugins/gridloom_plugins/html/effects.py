"""The section `effects`: the mean over all candidates that share a value, for every value of a hyperparameter."""

from __future__ import annotations

from typing import Any

from gridloom import Result
from gridloom_plugins.figures.effects import MainEffect, main_effects
from gridloom_plugins.figures.numbers import short_text
from gridloom_plugins.figures.texts import score_text
from gridloom_plugins.html.plots import ROW, Plot, dots, extent_of, rows_axis, score_axis, values_axis, whiskers
from gridloom_plugins.html.texts import label

SHOWN = 12
"""The most hyperparameters with a plot."""

JOINED = 12
"""The means of more values, each of a candidate or two, are not joined by a line, and their intervals are faint."""

HEIGHT = 260


def effect_plots(result: Result) -> list[Plot]:
    """A plot for each hyperparameter, the ones that matter most first, all with the same axis of scores."""
    chosen = main_effects(result, SHOWN)
    ends = [end for effect in chosen for level in effect.levels for end in (level.low, level.high)]
    axis = score_axis(result.scoring, extent_of(ends, [level.mean for effect in chosen for level in effect.levels]))
    return [(_over_numbers if effect.axis.is_of_numbers else _over_names)(effect, axis) for effect in chosen]


def _over_numbers(effect: MainEffect, scores: dict[str, Any]) -> Plot:
    places = [effect.axis.place(level.value) for level in effect.levels]
    is_joined = len(places) <= JOINED
    means, lines = _means(effect)
    faint = {} if is_joined else {"color": "@accent-band"}
    style = {"mode": "lines+markers" if is_joined else "markers", "line": {"width": 1, "color": "@muted"}}
    return Plot(
        title=effect.parameter,
        traces=[dots(places, means, "@accent", _hovers(effect), 7 if is_joined else 6, error_y=lines | faint, **style)],
        layout={"xaxis": values_axis(effect.parameter, effect.axis), "yaxis": scores},
        height=HEIGHT,
        notes=_notes(effect),
    )


def _over_names(effect: MainEffect, scores: dict[str, Any]) -> Plot:
    axis, narrow = rows_axis([short_text(level.value) for level in effect.levels])
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
        f"{label(short_text(level.value), 80)}<br>"
        f"{score_text(level.mean)} ({score_text(level.low)} to {score_text(level.high)})<br>"
        f"{level.candidates} candidate{'s' * (level.candidates != 1)}"
        for level in effect.levels
    ]
