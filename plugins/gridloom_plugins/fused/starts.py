"""What a network's variables begin with, for any seed, without building the network again.

Building a Keras model takes ten times as long as training it here. So a model is built once a candidate, every
variable's initializer is found and asked again with other seeds, and what no initializer explains is looked at harder.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from gridloom_plugins.fused.drawing import drawn_by_numpy
from gridloom_plugins.networks.given import initializers_of, makes

Value = NDArray[Any]
Draw = Callable[[int], Value]
"""From a variable's own seed (0 to 2**31 - 1) to the value it begins with."""


@dataclass(frozen=True)
class Start:
    """The values that a candidate's variables begin with."""

    draws: Sequence[Draw] | None
    """One a variable; None when only building the network again tells."""
    rebuild: Callable[[int], list[Value]]

    def values(self, seed: int) -> list[Value]:
        """One value a variable for the seed of a fit."""
        if self.draws is None:
            return self.rebuild(seed)
        seeds = np.random.SeedSequence(seed).generate_state(len(self.draws)) >> np.uint32(1)
        with drawn_by_numpy():
            return [draw(int(own)) for draw, own in zip(self.draws, seeds, strict=True)]


def find_start(model: Any, variables: Sequence[Any], rebuild: Callable[[int], list[Value]]) -> Start:
    """The start of a freshly built model; `rebuild` builds another for a seed and returns its variables' values."""
    seeded = set(_seed_variables(model))
    with drawn_by_numpy():
        draws = [_seed_draw(variable) if id(variable) in seeded else _draw(model, variable) for variable in variables]
    if None in draws:
        first, second = rebuild(1), rebuild(2)
        for place, draw in enumerate(draws):
            if draw is None and np.array_equal(first[place], second[place]):
                draws[place] = _always(first[place])
    known = [draw for draw in draws if draw is not None]
    return Start(known if len(known) == len(draws) else None, rebuild)


def _draw(model: Any, variable: Any) -> Draw | None:
    """How to draw the variable anew, if one of its layer's initializers made its value."""
    value = np.asarray(variable)
    for initializer in initializers_of(model, variable):
        if not makes(initializer, variable):
            continue
        config = initializer.get_config()
        if config.get("seed", 0) is not None:  # a custom one may be random and not tell
            return _always(value) if type(initializer).__module__.startswith("keras.") else None
        return _drawn_by(type(initializer), config, variable.shape, variable.dtype)
    return None


def _drawn_by(kind: Any, config: dict[str, Any], shape: Sequence[int], dtype: str) -> Draw:
    return lambda seed: np.asarray(kind.from_config({**config, "seed": seed})(shape, dtype))


def _always(value: Value) -> Draw:
    return lambda _: value


def _seed_draw(variable: Any) -> Draw:
    dtype = np.asarray(variable).dtype
    return lambda seed: np.array([seed, 0], dtype)


def _seed_variables(model: Any) -> Iterator[int]:
    """The states of the random generators that have no seed of their own, by identity."""
    for layer in model._flatten_layers():
        for generator in layer._seed_generators:
            if generator.get_config()["seed"] is None:
                yield id(generator.state)
