"""Pairs of hyperparameters as data: a map of their combinations' means."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from gridloom import Pair, Result
from gridloom_plugins.figures.effects import UNKNOWN, effects_of, weights_of
from gridloom_plugins.figures.numbers import short_text

LEVELS = 50
"""A map with more rows or columns says nothing."""


@dataclass(frozen=True)
class PairMap:
    """The means of a pair's combinations, a row for each value of `down` and a column for each of `across`.

    `weight` tells how much the pair's interaction matters, if that is known.
    """

    parameters: tuple[str, str]
    down: str
    across: str
    rows: tuple[str, ...]
    columns: tuple[str, ...]
    means: tuple[tuple[float, ...], ...]
    weight: str


def pair_maps(result: Result, most: int) -> tuple[list[PairMap], int]:
    """At most so many maps, of those pairs first that depend most on each other, and how many pairs have none."""
    effects = effects_of(result)
    if effects is None:
        return [], 0
    values = {effect.parameter: [level.value for level in effect.levels] for effect in effects.parameters}
    weights = weights_of(effects)
    fitting = [pair for pair in effects.pairs if all(len(values[name]) <= LEVELS for name in pair.parameters)]
    chosen = sorted(fitting, key=lambda pair: -weights.get(pair.parameters, UNKNOWN)[0])[:most]
    maps = [_map(pair, values, weights.get(pair.parameters, UNKNOWN)[1]) for pair in chosen]
    return maps, len(effects.pairs) - len(maps)


def _map(pair: Pair, values: dict[str, list[Any]], weight: str) -> PairMap:
    down, across = pair.parameters
    means = pair.means
    if len(values[across]) > len(values[down]):  # a page is higher than it is wide, a phone above all
        down, across = across, down
        means = tuple(zip(*means, strict=True))
    rows, columns = (tuple(short_text(value) for value in values[name]) for name in (down, across))
    return PairMap(pair.parameters, down, across, rows, columns, means, weight)
