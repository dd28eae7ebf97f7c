"""The states of generators of random numbers that a search draws from, so that it can be begun again with the same draws."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from copy import deepcopy
from numbers import Integral
from typing import Any

import numpy as np

from gridloom.sklearn.reasons import NotFused

DEEPEST = 6
"""A splitter, a distribution or an estimator in the parameters of a search has its generator within so many steps."""


class RandomStates:
    """What NumPy's global generator, and those that this object refers to, are in; `restore` puts them back."""

    def __init__(self, thing: Any) -> None:
        self._global = np.random.get_state()  # noqa: NPY002  (scikit-learn draws from it)
        found = {id(generator): generator for generator in _generators(thing, set(), DEEPEST)}
        self._states = [(generator, deepcopy(_state(generator))) for generator in found.values()]

    def restore(self) -> None:
        """Have all of them draw again what they have drawn since."""
        np.random.set_state(self._global)  # noqa: NPY002
        for generator, state in self._states:
            if isinstance(generator, np.random.Generator):
                generator.bit_generator.state = state
            else:
                generator.set_state(state)


def seed_of(random_state: Any) -> int:
    """The seed that an estimator's `random_state` stands for: a number, or what a copy of a generator draws; NotFused for others.

    With None it is one that NumPy's global generator would draw.
    """
    if isinstance(random_state, Integral) and int(random_state) >= 0:
        return int(random_state)
    if isinstance(random_state, np.random.RandomState):
        return int(deepcopy(random_state).randint(2**31 - 1))
    if random_state is None:
        return _drawn_seed()
    raise NotFused(f"random_state={random_state!r} is no seed, which is a whole number from 0")


def _drawn_seed() -> int:
    """A seed that NumPy's global generator would draw, which it then does not: scikit-learn draws from it as if it were alone."""
    state = np.random.get_state()  # noqa: NPY002
    seed = int(np.random.randint(2**31 - 1))  # noqa: NPY002
    np.random.set_state(state)  # noqa: NPY002
    return seed


def _state(generator: Any) -> Any:
    if isinstance(generator, np.random.Generator):
        return generator.bit_generator.state
    return generator.get_state()


def _generators(thing: Any, seen: set[int], steps: int) -> Iterator[Any]:
    """The generators among a thing, what it has as attributes, and what is in it."""
    if isinstance(thing, np.random.RandomState | np.random.Generator):
        yield thing
    if steps == 0 or id(thing) in seen or isinstance(thing, str | bytes | int | float | np.ndarray | type):
        return
    seen.add(id(thing))
    if isinstance(thing, Mapping):
        inner = [*thing.values()]
    elif isinstance(thing, list | tuple | set | frozenset):
        inner = [*thing]
    else:
        inner = [*getattr(thing, "__dict__", {}).values()]
    for value in inner:
        yield from _generators(value, seen, steps - 1)
