"""What a new experiment says of strategies: the one that it uses, and when to choose another."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from gridloom.authoring.yaml_lines import pair
from gridloom.registry.records import Strategy
from gridloom.registry.registry import Registry

WHEN: Mapping[str, str] = {
    "grid": "few combinations: all are trained, and each is compared with every other",
    "random": "many combinations, and short trainings",
    "sobol": "the same, but evenly spread: best with 16, 32 or 64 candidates",
    "latin_hypercube": "the same, but evenly spread over each range, for any number of candidates",
    "halving": "bad candidates show early, and you know how early",
    "hyperband": "bad candidates show early, but you do not know how early",
    "race": "scores vary from seed to seed; set validation: seeds as well",
    "bayesian": "long trainings, and few hyperparameters",
    "optuna": "a particular sampler or pruner of Optuna",
    "zoom": "a few ranges, of which you want the best values",
}
"""When to choose a built-in strategy."""


def strategy_lines(chosen: Mapping[str, Any], registry: Registry) -> Iterator[str]:
    """The first lines of `search:`, after a comment on all strategies; `chosen` has a `name` and maybe options."""
    yield "# Strategies, and when to choose them:"
    names = [item.record.name for item in registry.of_kind(Strategy)]
    for name in dict.fromkeys([*(name for name in WHEN if name in names), *names]):
        yield f"#   {name}: {WHEN.get(name) or _summary(name, registry)}"
    yield "search:"
    yield f"  {pair('strategy', chosen if len(chosen) > 1 else chosen['name'])}"


def _summary(name: str, registry: Registry) -> str:
    return next(item.record.summary for item in registry.of_kind(Strategy) if item.record.name == name)
