"""Samplers and pruners of Optuna, made of what YAML says."""

from __future__ import annotations

from importlib.util import find_spec
from typing import Any

from gridloom_plugins.strategies.optuna_kinds import PRUNER, SAMPLER, Said

NEEDS = {"cmaes": "cmaes", "gp": "torch"}
"""Packages that some samplers need beside Optuna."""


def make_sampler(said: Said, seed: int, wave: int) -> Any:
    """The sampler with this seed. A wave is a population, of samplers that have one, unless the options say how large it is."""
    name, options = SAMPLER.named(said)
    if name in NEEDS and find_spec(NEEDS[name]) is None:
        raise ValueError(f"the sampler '{name}' needs {NEEDS[name]}: pip install {NEEDS[name]}")
    known = SAMPLER.parameters(name)
    ours: dict[str, Any] = {
        key: False for key, item in known.items() if key.startswith("warn_") and item.default is True
    }
    if "population_size" in known and wave > 1:
        ours["population_size"] = wave
    return SAMPLER.make(name, {"seed": seed, **ours, **options})


def make_pruner(said: Said, rungs: list[int]) -> Any:
    """The pruner. Its resources are epochs: unless the options say otherwise, they reach from the first rung to the last."""
    name, options = PRUNER.named(_without_epochs(said))
    ratio = max(2, round((rungs[-1] / rungs[0]) ** (1 / (len(rungs) - 1))))
    ours = {"min_resource": rungs[0], "max_resource": rungs[-1], "reduction_factor": ratio}
    known = PRUNER.parameters(name)
    return PRUNER.make(name, {**{key: value for key, value in ours.items() if key in known}, **options})


def rungs_of(said: Said) -> list[int]:
    """The epochs after which a pruner decides; ValueError where they are not rising whole numbers."""
    epochs = said.get("epochs") if isinstance(said, dict) else None
    if not isinstance(epochs, list) or not all(type(number) is int and number > 0 for number in epochs):
        epochs = []
    if len(epochs) < 2 or epochs != sorted(set(epochs)):  # noqa: PLR2004
        raise ValueError(
            "a pruner needs the epochs after which it decides, increasing up to those of a full training, such as "
            "{name: median, epochs: [5, 20, 100]}"
        )
    return epochs


def valid_sampler(said: Said) -> Said:
    """What was said; ValueError where there is no such sampler."""
    make_sampler(said, 0, 2)
    return said


def valid_pruner(said: Said) -> Said:
    """What was said; ValueError where there is no such pruner."""
    make_pruner(said, rungs_of(said))
    return said


def _without_epochs(said: Said) -> Said:
    return {key: value for key, value in said.items() if key != "epochs"} if isinstance(said, dict) else said
