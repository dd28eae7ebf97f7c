"""Where the seconds of the article's four experiments go, by the engine `fused` with an empty and with a full cache of programs.

    python benchmarks/timeline.py [--epochs 100]

One cold process each. Parts of the command follow each other; those of workers, of which there is one per core, are the mean over
workers and lie beside the command's. JAX says itself how long it traces and compiles; reading a compiled program from the
cache counts as compiling. Noting it all takes time as well: benchmarks/articles.py has the seconds without.
"""

from __future__ import annotations

import argparse
import os
import sys
import tempfile
from collections import defaultdict
from pathlib import Path

from four import FOUR
from measure import measure

PLUGIN = Path(__file__).resolve().parent / "timeline_plugin.py"
COMMAND = {
    "start": "start of the command, its imports, binding",
    "fits": "waiting for fits",
    "refit": "refits",
    "report": "reports",
}
WORKER = {
    "worker start": "start of a worker, its unpickling",
    "worker imports": "imports of Keras and JAX",
    "tracing": "tracing",
    "compiling": "compiling, or reading compiled programs",
    "rest": "training, drawing, scoring",
}


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--epochs", type=int, default=100)
    given = parser.parse_args()
    with tempfile.TemporaryDirectory() as cache:
        os.environ["JAX_COMPILATION_CACHE_DIR"] = cache
        empty, full = timed(given.epochs), timed(given.epochs)
    print("| part | empty cache, s | full cache, s |")
    print("| --- | ---: | ---: |")
    print(f"| **the command** | {empty['all']:.1f} | {full['all']:.1f} |")
    for part, told in COMMAND.items():
        print(f"| {told} | {empty[part]:.1f} | {full[part]:.1f} |")
    print(
        f"| the rest: scikit-learn's import, data, splits, statistics, journal | {empty['other']:.1f} | {full['other']:.1f} |"
    )
    print("| **a worker** | | |")
    for part, told in WORKER.items():
        print(f"| {told} | {empty[part]:.1f} | {full[part]:.1f} |")


def timed(epochs: int) -> dict[str, float]:
    """The seconds of each part."""
    command = [sys.executable, "-m", "gridloom", "run", *map(str, FOUR), "--engine", "fused", "-p", str(PLUGIN)]
    command += ["--set", f"training.epochs={epochs}", "--fresh"]
    with tempfile.TemporaryDirectory() as folder:
        os.environ["TIMELINE"] = folder
        seconds = measure(command, folder).seconds
        processes = [read(file) for file in Path(folder).glob("*.txt")]
    (parent,) = [found for found in processes if "start" in found]
    workers = [found for found in processes if "batches" in found]
    parts = {part: sum(found[part] for found in workers) / len(workers) for part in {*WORKER, "batches"}}
    parts["rest"] = parts["batches"] - parts["tracing"] - parts["compiling"]
    return {**parent, **parts, "all": seconds, "other": seconds - sum(parent[part] for part in COMMAND)}


def read(file: Path) -> dict[str, float]:
    """The seconds of each part that a process has noted; what lies inside of another note of its part counts once."""
    noted = [line.split("\t") for line in file.read_text().splitlines()]
    found: dict[str, float] = defaultdict(float)
    ends: dict[str, float] = {}
    for part, start, seconds in sorted(((part, float(start), float(seconds)) for part, start, seconds in noted)):
        end = start + seconds
        found[part] += max(0.0, end - max(start, ends.get(part, start)))
        ends[part] = max(end, ends.get(part, end))
    return found


if __name__ == "__main__":
    main()
