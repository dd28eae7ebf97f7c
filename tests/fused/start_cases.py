"""Draws the start values of networks for many seeds.

Run by `serving`, in a process with the environment of a worker.
"""

from __future__ import annotations

from pathlib import Path

import fused.quiet  # noqa: F401  (first)

# isort: split
import numpy as np

from fused import starting
from fused.works import make_work
from gridloom_plugins.fused.networks import read_network

SEEDS = (1, 2, 3, 4, 5, 6)


def main(folder):
    found = {}
    for name in (*starting.INITIALIZERS, *starting.SURVIVING):
        network = read(folder, name)
        for seed in SEEDS:
            found |= {f"{name}/{seed}/{place}": value for place, value in enumerate(network.start.values(seed))}
        again = read(folder, name).start.values(SEEDS[0])
        found |= {f"{name}/again/{place}": value for place, value in enumerate(again)}
    np.savez(Path(folder) / "starts.npz", **found)


def read(folder, name):
    work = make_work(folder, {"model": {"name": [name]}}, plugin=starting.__file__, model="starting", dataset="wine")
    return read_network(work, work.fits[0], weighted=False)
