"""Where names belong that are not keys of an experiment's top level."""

from __future__ import annotations

from gridloom.experiment.bind_training import BESIDE
from gridloom.experiment.keys import not_of_experiments, search_keys, stop_keys
from gridloom.experiment.split_methods import METHODS, method_options
from gridloom.experiment.splits import validation_keys
from gridloom.registry.options import Options, belonging
from gridloom.registry.records import Engine, Family, Strategy
from gridloom.registry.registry import Registry


def elsewhere(registry: Registry) -> dict[str, str]:
    """Advice on names that are not keys of an experiment, but belong under one, or are options of a run."""
    strategies = [name for item in registry.of_kind(Strategy) for name in item.record.options.known]
    found = belonging(strategies, "search.strategy") | belonging(Options(stop_keys, 0).known, "search.stop")
    found |= not_of_experiments() | belonging(Options(search_keys, 0).known, "search")
    found |= belonging(Options(validation_keys, 0).known, "validation")
    for method in METHODS:
        found |= belonging((option.name for option in method_options(method)), "validation")
    found |= belonging(BESIDE.known, "training")
    for engine in registry.of_kind(Engine):
        found |= belonging((option.name for option in engine.record.training_options or ()), "training")
    families = belonging((family.record.name for family in registry.of_kind(Family)), "search.space")
    return (
        families | found
    )  # a value of a setting such as learning_rate is said for the training, and lists are searched
