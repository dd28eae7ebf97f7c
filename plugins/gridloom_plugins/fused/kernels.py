"""Equal results by faster ways: what XLA for CPUs does badly with the small arrays of many small networks."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np
from jax import lax

from gridloom_plugins.fused.convolutions import convolution

_ROTATIONS = ((13, 15, 26, 6), (17, 29, 16, 24))
_PARITY = 0x1BD11BDA


def random_bits(equation: Any, key: Any) -> Any:
    """What `random_bits` draws, as one loop over the numbers instead of JAX's loop over the rounds.

    Threefry-2x32 with 20 rounds: Salmon et al., "Parallel random numbers: as easy as 1, 2, 3", SC 2011. Each number is
    the encrypted number of its place, as under `jax_threefry_partitionable`. None for other generators and widths.
    """
    shape = equation.params["shape"]
    usual = jax.config.jax_threefry_partitionable and str(jax.random.key_impl(key)) == "threefry2x32"
    if not usual or key.shape or equation.params["bit_width"] != np.iinfo(np.uint32).bits:
        return None
    flat = threefry(jax.random.key_data(key), math.prod(shape))
    return jax.lax.optimization_barrier(flat).reshape(shape)


def threefry(key: Any, count: int) -> Any:
    """So many random 32-bit numbers (at most 2**32) from a key of two numbers."""
    first, second = lax.index_in_dim(key, 0, keepdims=False), lax.index_in_dim(key, 1, keepdims=False)
    third = lax.bitwise_xor(lax.bitwise_xor(first, second), np.uint32(_PARITY))
    shape = (count,)
    schedule = [lax.broadcast(part, shape) for part in (first, second, third)]
    left, right = schedule[0], lax.add(lax.iota(np.uint32, count), schedule[1])
    for group in range(5):
        for rotation in _ROTATIONS[group % 2]:
            left = lax.add(left, right)
            high, low = (np.full(shape, shift, np.uint32) for shift in (rotation, 32 - rotation))
            turned = lax.bitwise_or(lax.shift_left(right, high), lax.shift_right_logical(right, low))
            right = lax.bitwise_xor(turned, left)
        left = lax.add(left, schedule[(group + 1) % 3])
        right = lax.add(lax.add(right, schedule[(group + 2) % 3]), np.full(shape, group + 1, np.uint32))
    return lax.bitwise_xor(left, right)


def dot_general(equation: Any, left: Any, right: Any) -> Any:
    """The product of two matrices over their first axes, as in the gradient of a kernel, over last and first instead.

    XLA takes four to eight times as long for a first axis, and the barrier keeps it from going back to that. The
    operands change places, since the gradient is transposed next. None for any other product.
    """
    contracting, batch = equation.params["dimension_numbers"]
    if left.ndim != 2 or right.ndim != 2 or batch != ((), ()) or tuple(map(tuple, contracting)) != ((0,), (0,)):  # noqa: PLR2004
        return None
    parameters = {**equation.params, "dimension_numbers": (((1,), (0,)), batch)}
    turned = jax.lax.optimization_barrier(jnp.transpose(right))
    return jnp.transpose(equation.primitive.bind(turned, left, **parameters))


KERNELS: dict[str, Callable[..., Any]] = {
    "random_bits": random_bits,
    "dot_general": dot_general,
    "conv_general_dilated": convolution,
}
"""By the primitive that each stands for."""
