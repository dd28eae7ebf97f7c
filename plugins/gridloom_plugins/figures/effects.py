"""Main effects as data: the mean over all candidates that share a value, for every value of a hyperparameter."""

from __future__ import annotations

from dataclasses import dataclass

from gridloom import Effect, Effects, Level, Result, Share
from gridloom_plugins.figures.axes import Axis, axis_of
from gridloom_plugins.figures.bounds import bounds_of
from gridloom_plugins.figures.curves import spread_out
from gridloom_plugins.figures.scales import declared_scales
from gridloom_plugins.figures.texts import percent, score_text

VALUES = 300
"""The most values of a hyperparameter that are shown."""

NO_EFFECT = "no detectable effect"

LEAST = 0.005
"""Smaller importances would be shown as 0.00, and those below 0 are noise."""

UNKNOWN = (0.0, "")
"""The weight of what has no share and no importance."""


@dataclass(frozen=True)
class MainEffect:
    """What the values of a hyperparameter score, and in words how much it matters, if that is known.

    `axis` holds the values of `levels`; `notes` say what a figure does not show.
    """

    parameter: str
    weight: str
    levels: tuple[Level, ...]
    axis: Axis
    notes: tuple[str, ...]


def effects_of(result: Result) -> Effects | None:
    """What the hyperparameters do; None where none differs, or nothing can be said."""
    answer = result.summary.answer
    return answer.effects if answer else None


def main_effects(result: Result, most: int) -> list[MainEffect]:
    """The main effects of at most so many hyperparameters, the ones that matter most first."""
    effects = effects_of(result)
    if effects is None:
        return []
    weights = weights_of(effects)
    chosen = sorted(effects.parameters, key=lambda effect: -weights.get((effect.parameter,), UNKNOWN)[0])[:most]
    return [_main_effect(result, effect, weights.get((effect.parameter,), UNKNOWN)[1]) for effect in chosen]


def weights_of(effects: Effects) -> dict[tuple[str, ...], tuple[float, str]]:
    """By parameters: how much they matter, and that in words."""
    weights: dict[tuple[str, ...], tuple[float, str]] = {
        (found.parameter,): (found.loss, _importance_text(found.loss))
        for found in (effects.importances.parameters if effects.importances else ())
    }
    for part in effects.shares or ():
        if part.parameters:
            weights[part.parameters] = (part.share, _share_text(part))
    return weights


def _importance_text(loss: float) -> str:
    """How much less of the variance a random forest explains without knowing a value; less than can be shown is nothing."""
    return NO_EFFECT if loss < LEAST else f"permutation importance {score_text(loss, 2)}"


def _share_text(part: Share) -> str:
    """A share of the variance beside that of noise alone, as far as there is more to it than noise."""
    if part.share <= part.noise:
        return NO_EFFECT
    return f"{percent(part.share)} of the variance, noise {percent(part.noise)}"


def _main_effect(result: Result, effect: Effect, weight: str) -> MainEffect:
    levels = [effect.levels[place] for place in spread_out(len(effect.levels), VALUES)]
    few = len(levels) < len(effect.levels)
    notes = [f"{len(levels)} of {len(effect.levels):,} values are shown."] if few else []
    notes.append(bounds_of(result).note(result.scoring, levels))
    return MainEffect(
        parameter=effect.parameter,
        weight=weight,
        levels=tuple(levels),
        axis=axis_of((level.value for level in levels), declared_scales(result).get(effect.parameter)),
        notes=tuple(filter(None, notes)),
    )
