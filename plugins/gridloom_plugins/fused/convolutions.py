"""Convolutions and their gradients as products of matrices: XLA for CPUs has slow loops for most gradients.

A convolution is a sum over the places of its kernel: the images, moved by the place, times the kernel's matrix there.
Where the output has fewer places than the kernel, as in the gradient of a kernel, each place of the output is one product
of a window with the whole kernel. Chellapilla, Puri and Simard, "High performance convolutional neural networks for
document processing", 2006, unroll windows into one matrix instead, which costs more memory than it saves time here.
"""

from __future__ import annotations

import functools
import math
import operator
from collections.abc import Iterator, Sequence
from typing import Any

import jax.numpy as jnp
import numpy as np
from jax import lax

MOST_PRODUCTS = 128
"""The most products that a convolution may be: each makes the program longer."""


def convolution(equation: Any, images: Any, kernel: Any) -> Any:
    """What `conv_general_dilated` computes; None for one of more than MOST_PRODUCTS."""
    given = equation.params
    lhs, rhs, out = given["dimension_numbers"]
    images = lax.transpose(images, (lhs[0], *lhs[2:], lhs[1]))  # batch, places, channels
    kernel = lax.transpose(kernel, (*rhs[2:], rhs[1], rhs[0]))  # places, channels, filters
    edges = [(low, high, step - 1) for (low, high), step in zip(given["padding"], given["lhs_dilation"], strict=True)]
    images = lax.pad(images, np.zeros((), images.dtype), [(0, 0, 0), *edges, (0, 0, 0)])
    groups = given["feature_group_count"], given["batch_group_count"]
    places, sizes = [equation.outvars[0].aval.shape[axis] for axis in out[2:]], kernel.shape[:-2]
    strides, dilations = given["window_strides"], given["rhs_dilation"]
    if min(math.prod(sizes), math.prod(places)) > MOST_PRODUCTS:
        return None
    if math.prod(sizes) <= math.prod(places):
        matrices = kernel.reshape(-1, 1, *kernel.shape[-2:])
        moved = _cut(images, sizes, dilations, places, strides)
        parts = [_product(part[:, :, None], matrix, groups) for part, matrix in zip(moved, matrices, strict=True)]
        outputs = functools.reduce(operator.add, parts)
    else:
        whole = kernel.reshape(-1, *kernel.shape[-2:])
        windows = _cut(images, places, strides, sizes, dilations)
        outputs = jnp.concatenate([_product(window[:, None], whole, groups) for window in windows], axis=1)
    outputs = outputs.reshape(-1, *places, kernel.shape[-1])
    return lax.transpose(outputs, np.argsort((out[0], *out[2:], out[1])))


def _cut(
    images: Any, places: Sequence[int], steps: Sequence[int], sizes: Sequence[int], spread: Sequence[int]
) -> Iterator[Any]:
    """For each place, so many steps from the first one, what lies there in the images: (batch, size, channels)."""
    for place in np.ndindex(*places):
        first = [at * step for at, step in zip(place, steps, strict=True)]
        ends = [at + (size - 1) * step + 1 for at, size, step in zip(first, sizes, spread, strict=True)]
        part = lax.slice(images, [0, *first, 0], [len(images), *ends, images.shape[-1]], [1, *spread, 1])
        yield part.reshape(len(images), -1, images.shape[-1])


def _product(windows: Any, kernel: Any, groups: tuple[int, int]) -> Any:
    """Windows (batch, places, size, channels) times a kernel (size, channels, filters): (batch, places, filters).

    Each of several groups of channels, or of images, has filters of its own.
    """
    of_channels, of_images = groups
    batch, places, size, channels = windows.shape
    if of_channels == of_images == 1:
        product = windows.reshape(batch * places, -1) @ kernel.reshape(size * channels, -1)
        return product.reshape(batch, places, -1)
    filters = kernel.reshape(size, kernel.shape[1], of_channels * of_images, -1)
    if of_channels > 1:
        products = jnp.einsum("bpkgc,kcgf->bpgf", windows.reshape(batch, places, size, of_channels, -1), filters)
    else:
        products = jnp.einsum("gbpkc,kcgf->bpgf", windows.reshape(of_images, -1, places, size, channels), filters)
    return products.reshape(*products.shape[:2], -1)
