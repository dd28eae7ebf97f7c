"""How many networks train side by side in a program.

Small networks gain by company, since every operation costs a microsecond whatever its size; once a step's arrays fill a
core's cache, and wherever there are convolutions, side by side is no faster than one after the other. The size of the
cache here is a usual one; benchmarks/sizes.py compares networks of several sizes.
"""

from __future__ import annotations

from gridloom_plugins.fused.networks import Network

FEWEST, MOST = 4, 32
CACHE = 2 * 1024 * 1024
"""Bytes of a step's arrays that still fit a core's cache."""


def lanes_for(network: Network, fits: int) -> int:
    """A power of two for networks of this structure, of which `fits` or a multiple are to be trained.

    It depends on nothing else, so that a fit is computed in the same way whatever others there are.
    """
    if any("conv_general_dilated" in step.computing.primitives for step in network.steps):
        return 1
    bytes_each = max(step.computing.temporary_bytes for step in network.steps)
    fitting = 1 << max(0, (CACHE // max(bytes_each, 1)).bit_length() - 1)
    wanted = max(FEWEST, 1 << (fits - 1).bit_length())
    return max(1, min(wanted, fitting, MOST))
