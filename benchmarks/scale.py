"""How many workers one process of Gridloom keeps busy: the real one, with workers that are only clocks.

    python benchmarks/scale.py [--workers 10 100 1000 10000] [--seconds 1 10] [--rounds 4]

Search, journal, ranking and pickling are real; a worker answers when a real one would have finished, with results of a usual
size (two histories of 30 epochs, predictions for 75 rows). Every worker gets so many fits as there are `rounds`, two of a
candidate in a batch. Printed are the fits a second that so many workers could do, those that were done between the first and
the last tenth of the run, their ratio (how busy the workers were), and the CPU time of the process a fit. Latency and speed of a
scheduler are not in it: see benchmarks/clusters.py for real ones.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import tempfile
from pathlib import Path

import yaml

PLUGIN = Path(__file__).resolve().parent / "virtual_workers.py"

RUN = """
import json, resource, sys, time
import gridloom
from gridloom.runs.journal import Journal

kept = []
record = Journal.record
def timed(self, finished, shares=()):
    fits = list(finished)
    record(self, fits, shares)
    kept.extend([time.monotonic()] * len(fits))
Journal.record = timed
file, plugin, folder = sys.argv[1:]
started = resource.getrusage(resource.RUSAGE_SELF)
before = started.ru_utime + started.ru_stime
gridloom.run(file, plugins=[plugin], out=folder, n_jobs=int(sys.stdin.read()))
own = resource.getrusage(resource.RUSAGE_SELF)
low, high = len(kept) // 10, len(kept) - len(kept) // 10 - 1
seconds = kept[high] - kept[low]
print(json.dumps({
    "fits": high - low, "seconds": seconds, "cpu": own.ru_utime + own.ru_stime - before, "mib": own.ru_maxrss / 1024
}))
"""


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--workers", type=int, nargs="+", default=[10, 100, 1_000, 10_000])
    parser.add_argument("--seconds", type=float, nargs="+", default=[1.0, 10.0])
    parser.add_argument("--rounds", type=int, default=4)
    given = parser.parse_args()
    print("| workers | seconds a fit | fits/s possible | fits/s done | busy | CPU ms a fit | parent, MiB |")
    print("| ---: | ---: | ---: | ---: | ---: | ---: | ---: |")
    for seconds in given.seconds:
        for workers in given.workers:
            print(line(workers, seconds, given.rounds), flush=True)


def line(workers: int, seconds: float, rounds: int) -> str:
    """One line of the table."""
    experiment = {
        "name": "scale",
        "dataset": "iris",
        "model": "nothing",
        "search": {"space": {"model": {"number": {"low": 1, "high": max(workers * rounds // 2, 20), "step": 1}}}},
        "validation": {"method": "stratified_kfold", "folds": 2},
        "scoring": "accuracy",
        "executor": {"name": "virtual", "workers": workers, "seconds": seconds},
        "reporters": [],
    }
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "scale.yaml"
        file.write_text(yaml.safe_dump(experiment, sort_keys=False))
        command = [sys.executable, "-c", RUN, str(file), str(PLUGIN), folder]
        done = subprocess.run(
            command, input=str(workers), capture_output=True, text=True, check=True, env={**os.environ}
        )
    found = json.loads(done.stdout.splitlines()[-1])
    fits = max(workers * rounds // 2, 20) * 2
    possible, reached = workers / seconds, found["fits"] / found["seconds"]
    cells = f"{possible:,.1f} | {reached:,.1f} | {min(reached / possible, 1):.0%} | {1000 * found['cpu'] / fits:.2f}"
    return f"| {workers:,} | {seconds:g} | {cells} | {found['mib']:.0f} |"


if __name__ == "__main__":
    main()
