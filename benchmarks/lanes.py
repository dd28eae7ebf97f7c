"""How long a step of training takes as more networks train side by side: what decides the engine's lanes.

    python benchmarks/lanes.py [--epochs 5] [--lanes 1 4 8 16 32 64]

prints, in Markdown, microseconds a network and step of 32 rows, in one process with one thread, compiling left out: the
best of three trainings. The engine's own choice for 64 or more fits is marked.
"""

from __future__ import annotations

import argparse
import os
import tempfile
import time
from dataclasses import replace
from pathlib import Path
from typing import Any

import yaml
from sizes import MODELS, PLUGIN, experiment_for

from gridloom import Work
from gridloom.experiment.bind import read_experiment
from gridloom.registry.registry import load_registry
from gridloom.testing.training import work_of
from gridloom_plugins.engines import fused

FITS = 64


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--epochs", type=int, default=5)
    parser.add_argument("--lanes", type=int, nargs="+", default=[1, 4, 8, 16, 32, 64])
    given = parser.parse_args()
    os.environ.update(fused.environment({}))
    list(fused.train(work_for(next(iter(MODELS.values())), given.epochs, fits=0)))  # imports Keras as a worker does
    from gridloom_plugins.fused.lanes import lanes_for
    from gridloom_plugins.fused.networks import read_network

    print(f"| network | {' | '.join(f'{lanes} lane(s)' for lanes in given.lanes)} |")
    print(f"| --- | {' | '.join('---:' for _ in given.lanes)} |")
    for name, what in MODELS.items():
        work = work_for(what, given.epochs, FITS)
        chosen = lanes_for(read_network(work, work.fits[0], weighted=False), FITS)
        cells = [
            f"{microseconds(work, lanes, given.epochs):.1f}{' (chosen)' if lanes == chosen else ''}"
            for lanes in given.lanes
        ]
        print(f"| {name} | {' | '.join(cells)} |", flush=True)


def work_for(what: dict[str, Any], epochs: int, fits: int) -> Work:
    """So many fits of one candidate on one split."""
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "lanes.yaml"
        file.write_text(yaml.safe_dump(experiment_for(what, "fused", FITS, epochs)))
        experiment = read_experiment(file, load_registry((str(PLUGIN),)), plugins=(str(PLUGIN),))
    work = work_of(experiment)
    first = work.fits[0]
    return replace(work, fits=[replace(first, replica=replica) for replica in range(fits)])


def microseconds(work: Work, lanes: int, epochs: int) -> float:
    """The microseconds of one step of one network, when so many train side by side."""
    from gridloom_plugins.fused import training
    from gridloom_plugins.fused.ways import way_of_steps

    members = [training.member_of(work, fit) for fit in work.fits[:lanes]]
    network, X = members[0].network, work.data.X.astype("float32")
    program = training.Program(network, lanes, way_of_steps(FITS), X)
    seconds = []
    for _ in range(4):  # the first waits for the compiler
        started = time.perf_counter()
        state, _ = training.train_lanes(work, program, members, X)
        state[0].block_until_ready()
        seconds.append(time.perf_counter() - started)
    steps = network.shape.full_steps + bool(network.shape.last)
    return min(seconds[1:]) / (lanes * epochs * steps) * 1e6


if __name__ == "__main__":
    main()
