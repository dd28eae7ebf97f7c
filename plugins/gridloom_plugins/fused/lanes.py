"""How many networks train side by side in a program.

Small networks gain by company, since every operation costs a microsecond whatever its size. Middling ones gain when
there are many, as long as their arrays fit a core's cache. Large ones, and wherever there are convolutions, are no
faster side by side than one after the other. benchmarks/lanes.py shows it.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from gridloom_plugins.fused.networks import Network

FEWEST, MANY, MOST = 4, 8, 64
FULL = 32
"""Fits of a candidate beyond which they train long enough for more lanes, and for more care in compiling, to pay."""
SMALL = 64 * 1024
"""Bytes of a step's arrays up to which a few networks side by side are faster than one after the other."""
CACHE = 4 * 1024 * 1024
"""Bytes of all lanes' arrays that still fit a core's cache, for the most part."""


def most_lanes(fits: int) -> int:
    """The lanes for the smallest networks: a power of two up to FULL, beyond that what leaves fewest of them empty."""
    if fits <= FULL:
        return max(FEWEST, 1 << (fits - 1).bit_length())
    return math.ceil(fits / math.ceil(fits / MOST))


def lanes_for(network: Network, fits: int) -> int:
    """The lanes for networks of this structure, of which `fits` or a multiple are to be trained.

    It depends on nothing else, so that a fit is computed in the same way whatever others there are.
    """
    if any("conv_general_dilated" in step.computing.primitives for step in network.steps):
        return 1
    bytes_each = max(step.computing.temporary_bytes for step in network.steps)
    fitting = 1 << max(0, (CACHE // max(bytes_each, 1)).bit_length() - 1)
    lanes = min(most_lanes(fits), fitting)
    return lanes if bytes_each <= SMALL or lanes >= MANY else 1
