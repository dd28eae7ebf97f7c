"""Parallel coordinates as data: each candidate as a line through its values, ending at its mean."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from gridloom import Result, Trial
from gridloom_plugins.figures.axes import Axis, axis_of
from gridloom_plugins.figures.candidates import varied
from gridloom_plugins.figures.effects import UNKNOWN, effects_of, weights_of
from gridloom_plugins.figures.scales import declared_scales

GROUPS = (("the best tenth", 0.1), ("the best quarter", 0.25), ("the best half", 0.5), ("the others", 1.0))
"""The groups of candidates that share a colour, and which share of the candidates are in them or better."""


@dataclass(frozen=True)
class Line:
    """A candidate: its place in the ranking from 0, its trial, its group, and where it crosses each axis.

    A crossing is a share of the axis, or None where the candidate lacks the parameter.
    """

    place: int
    trial: Trial
    group: int
    shares: tuple[float | None, ...]


@dataclass(frozen=True)
class Parallel:
    """The parameters with their axes, those that matter most last, beside the means; the lines, best first."""

    names: tuple[str, ...]
    axes: tuple[Axis, ...]
    lines: tuple[Line, ...]
    candidates: int
    parameters: int


def parallel(result: Result, most: int, parameters: int) -> Parallel | None:
    """At most so many of the best candidates and of the parameters; None where fewer than two of either differ."""
    trials = result.ranked[:most]
    differing = varied(trials)
    if len(trials) < 2 or len(differing) < 2:  # noqa: PLR2004
        return None
    names = _ordered(result, differing)[:parameters][::-1]
    in_order = sorted(trials, key=lambda trial: trial.number)
    scales = declared_scales(result)
    axes = [
        axis_of((trial.params[name] for trial in in_order if name in trial.params), scales.get(name)) for name in names
    ]
    lines = [
        Line(place, trial, _group(place, len(trials)), _shares(trial, names, axes))
        for place, trial in enumerate(trials)
    ]
    return Parallel(tuple(names), tuple(axes), tuple(lines), len(result.ranked), len(differing))


def _ordered(result: Result, names: Sequence[str]) -> list[str]:
    """The parameters that matter most first, where that is known."""
    effects = effects_of(result)
    weights = weights_of(effects) if effects else {}
    return sorted(names, key=lambda name: -weights.get((name,), UNKNOWN)[0])


def _group(place: int, count: int) -> int:
    return next(number for number, (_, share) in enumerate(GROUPS) if place < max(1.0, share * count))


def _shares(trial: Trial, names: Sequence[str], axes: Sequence[Axis]) -> tuple[float | None, ...]:
    return tuple(
        axis.share(trial.params[name]) if name in trial.params else None for name, axis in zip(names, axes, strict=True)
    )
