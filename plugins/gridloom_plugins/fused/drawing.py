"""Initial values made by numpy while a network is built.

Keras makes them with JAX, which compiles a program for every shape and distribution: a sixth of a second each for a few
hundred random numbers, a hundredth for zeros. Here Keras's initializers do what they always do, on arrays from numpy,
with numbers of the same distributions.
"""

from __future__ import annotations

import inspect
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any
from unittest.mock import patch

import keras
import numpy as np
from keras.src.backend.jax import numpy as keras_numpy
from keras.src.backend.jax import random as keras_random
from scipy.special import ndtr, ndtri

Draw = Callable[[np.random.Generator, tuple[int, ...], float, float], Any]


def _uniform(rng: np.random.Generator, shape: tuple[int, ...], low: float, high: float) -> Any:
    return rng.uniform(low, high, shape)


def _normal(rng: np.random.Generator, shape: tuple[int, ...], mean: float, deviation: float) -> Any:
    return rng.normal(mean, deviation, shape)


def _truncated_normal(rng: np.random.Generator, shape: tuple[int, ...], mean: float, deviation: float) -> Any:
    """Normal numbers within two standard deviations, by the inverse of their distribution function."""
    return mean + deviation * ndtri(rng.uniform(ndtr(-2), ndtr(2), shape))


_DRAWS: dict[str, Draw] = {"uniform": _uniform, "normal": _normal, "truncated_normal": _truncated_normal}


@contextmanager
def drawn_by_numpy() -> Iterator[None]:
    """Let what Keras draws with a whole number for a seed, as initializers do, come from numpy, and zeros and ones."""
    random: dict[str, Any] = {name: _instead(getattr(keras_random, name), draw) for name, draw in _DRAWS.items()}
    with patch.multiple(keras_random, **random), patch.multiple(keras_numpy, zeros=_zeros, ones=_ones):
        yield


def _zeros(shape: tuple[int, ...], dtype: str | None = None) -> Any:
    return np.zeros(shape, dtype or keras.config.floatx())


def _ones(shape: tuple[int, ...], dtype: str | None = None) -> Any:
    return np.ones(shape, dtype or keras.config.floatx())


def _instead(original: Callable[..., Any], draw: Draw) -> Callable[..., Any]:
    signature = inspect.signature(original)

    def drawn(*arguments: Any, **named: Any) -> Any:
        bound = signature.bind(*arguments, **named)
        bound.apply_defaults()
        shape, first, second, dtype, seed = bound.arguments.values()
        if not isinstance(seed, int):
            return original(*arguments, **named)
        numbers = draw(np.random.default_rng(seed), tuple(shape), float(first), float(second))
        return np.asarray(numbers, dtype or keras.config.floatx())

    return drawn
