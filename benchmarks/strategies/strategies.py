"""Gridloom's strategies beside those of other tools, on known learning curves: regret against what is spent, and ranks.

    pip install '.[bench]'
    python benchmarks/strategies/strategies.py --lcbench FOLDER [--tasks 10] [--seeds 20] [--fulls 64] [--out FOLDER]

FOLDER holds LCBench's surrogate (`model.onnx`, `encoding.json`, `config_space.json`); without it, HPOBench's tables alone are
searched. Every search spends as many epochs (or fits) as `--fulls` full trainings take. Its regret is that of the
candidate that a run would name so far, trained in full: 0 is the best candidate of the task, 1 the median one. Finished
searches are kept in OUT/searches.jsonl, so that the same command resumes. It prints tables, and writes OUT/regret.csv,
OUT/ranks.csv and OUT/strategies.svg.

Nothing is trained. Seconds are those the surrogate gives for training, one fit after the other for everybody, plus the CPU
seconds of the strategy itself: what lanes or workers would save is not in them.
"""

from __future__ import annotations

import argparse
import os
import platform
import sys
import warnings
from collections.abc import Iterator
from pathlib import Path
from typing import Any

os.environ.setdefault("KERAS_BACKEND", "numpy")  # KerasTuner imports Keras

import numpy as np
import searches
from joblib import Parallel, delayed
from kept import Kept
from regret import Scale, regrets, scale_of
from report import report
from surrogates import hpobench, lcbench
from task import Floats, Meter, Task

POINTS = 25
"""Points of the grid of what is spent."""


def main() -> None:
    """Search, print and draw."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--lcbench", type=Path, metavar="FOLDER", help="the folder of LCBench's surrogate")
    parser.add_argument("--tasks", type=int, default=10, help="how many of LCBench's 34 tasks")
    parser.add_argument("--tables", type=int, default=8, help="how many of HPOBench's 8 tasks")
    parser.add_argument("--seeds", type=int, default=20)
    parser.add_argument(
        "--first-seed", type=int, default=0, help="the seed to begin with, where several machines share the work"
    )
    parser.add_argument(
        "--slow-seeds", type=int, default=2, help="seeds of KerasTuner's Gaussian process: minutes a search"
    )
    parser.add_argument("--fulls", type=int, default=64, help="what is spent, in full trainings")
    parser.add_argument("--searches", nargs="+", default=searches.ALL, choices=searches.ALL, metavar="NAME")
    parser.add_argument(
        "--again", nargs="+", default=[], metavar="NAME", help="searches that are not taken as they were kept"
    )
    parser.add_argument("--out", type=Path, default=Path("strategies"), metavar="FOLDER")
    parser.add_argument("--jobs", type=int, default=-1)
    parser.add_argument(
        "--quick", action="store_true", help="2 tasks of each bench, 2 seeds, 16 full trainings: a smoke test"
    )
    given = parser.parse_args()
    warnings.filterwarnings("ignore", message="A worker stopped")  # and another one began: they grow
    if given.quick:
        given.tasks, given.seeds, given.slow_seeds, given.fulls = 2, 2, 1, 16
    tasks = [*spread(lcbench(given.lcbench), given.tasks)] if given.lcbench else []
    tasks += hpobench()[: 2 if given.quick else given.tables]
    kept = Kept(given.out, given.fulls, given.again)
    able = {
        bench: able_on(one, given.searches, given.fulls) for bench, one in {task.bench: task for task in tasks}.items()
    }
    parallel = Parallel(given.jobs, return_as="generator_unordered", batch_size=1)
    scales = kept.scales(tasks, lambda missing: Parallel(given.jobs)(delayed(scale_of)(task) for task in missing))
    jobs = [
        (name, task, seed)
        for seed in range(given.first_seed, given.first_seed + given.seeds)
        for task in tasks
        for name in able[task.bench]
        if (seed < given.first_seed + given.slow_seeds or name not in searches.SLOW)
        and not kept.has(name, task.name, seed)
    ]
    for line in searched(jobs, scales, given.fulls, parallel):
        kept.add(line)
    print(f"{platform.processor() or platform.machine()}, {os.cpu_count()} cores, Python {platform.python_version()}\n")
    report(kept, tasks, given.searches, points(given.fulls), given.out)


def able_on(task: Task, names: list[str], fulls: int) -> list[str]:
    """The searches that can be done on tasks like this one; of the others it is said why not."""
    refused = {name: searches.refusal(name, task, fulls) for name in names}
    for name, why in refused.items():
        if why:
            print(f"{task.bench} without {name}: {why}", file=sys.stderr)
    return [name for name, why in refused.items() if not why]


def spread(tasks: list[Task], count: int) -> list[Task]:
    """So many of the tasks, evenly spread over the list."""
    places = np.linspace(0, len(tasks) - 1, min(count, len(tasks))).round().astype(int)
    return [tasks[place] for place in places]


def searched(jobs: list[Any], scales: dict[str, Scale], fulls: int, parallel: Parallel) -> Iterator[dict[str, Any]]:
    """What each search found, in the order in which they end."""
    calls = (delayed(search)(name, task, scales[task.name], seed, fulls) for name, task, seed in jobs)
    for done, line in enumerate(parallel(calls), 1):
        if done % 50 == 0 or done == len(jobs):
            print(f"{done}/{len(jobs)} searches", file=sys.stderr, flush=True)
        yield line


def search(name: str, task: Task, scale: Scale, seed: int, fulls: int) -> dict[str, Any]:
    """One search: its regrets on the grid of what is spent, counted in units and in seconds."""
    meter = Meter(task, seed, fulls * task.units)
    searches.run(name, meter, fulls)
    own = "kept" if meter.keeps else "anew"
    grid = points(fulls)
    found = {
        "units": regrets(meter.steps, scale, grid * task.units, way=own, by="units"),
        "anew": regrets(meter.steps, scale, grid * task.units, way="anew", by="units"),
        "seconds": regrets(meter.steps, scale, grid * scale.seconds, way=own, by="seconds"),
    }
    in_full = sum(step.units == task.units for step in meter.steps)
    return {
        "search": name,
        "task": task.name,
        "seed": seed,
        "thought": meter.thought,
        "trials": len(meter.steps),
        "in_full": in_full,
        **{key: [round(float(value), 6) for value in values] for key, values in found.items()},
    }


def points(fulls: int) -> Floats:
    """What is spent, in full trainings, evenly on a logarithmic scale."""
    return np.geomspace(1, fulls, POINTS)


if __name__ == "__main__":
    main()
