"""Whether the engines agree: all 73 candidates with many seeds by `fused`, some by `scikeras`, and the published scores.

    python benchmarks/agreement.py [--seeds 20] [--subset 4] [--subset-seeds 3]

prints Markdown: each candidate's mean accuracy by `fused`, the interval in which one run of that kind falls in 99 of
100 cases, the published score and whether it lies inside; then z, the difference of the engines' means in standard
errors, for a subset. A run is one seed: its score is the mean over the folds. docs/statistics.md names the interval.
"""

from __future__ import annotations

import argparse
import csv
import json
import math
import statistics
import subprocess
import sys
import tempfile
import time
from collections import defaultdict
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
from four import FOUR

from gridloom.results.statistics.published import check_published

ROOT = Path(__file__).resolve().parent.parent
LEVEL = 0.99

Key = tuple[str, str]
"""An experiment and a candidate's parameters as JSON."""
Runs = dict[Key, list[float]]
"""One score a seed."""


def main() -> None:
    """Train, compare, print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--seeds", type=int, default=20)
    parser.add_argument("--subset", type=int, default=4, help="candidates by scikeras, spread over the 73")
    parser.add_argument("--subset-seeds", type=int, default=3)
    given = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        started = time.perf_counter()
        fused = runs_by("fused", Path(folder) / "fused", FOUR, given.seeds)
        seconds = time.perf_counter() - started
        fits = 3 * sum(len(runs) for runs in fused.values())
        print(f"{len(fused)} candidates x 3 folds x {given.seeds} seeds = {fits} fits by fused in {seconds:.0f} s\n")
        print_published(fused)
        chosen = list(fused)[:: max(1, len(fused) // given.subset)][: given.subset]
        print_agreement(fused, by_scikeras(chosen, Path(folder), given.subset_seeds))


def runs_by(engine: str, out: Path, files: Sequence[Path], seeds: int, *settings: str) -> Runs:
    """The scores of all candidates in these experiments by an engine."""
    command = [sys.executable, "-m", "gridloom", "run", *map(str, files), "--engine", engine, "--out", str(out)]
    changes = [f"validation.seeds={seeds}", "reporters=[json]", "refit=false", *settings]
    subprocess.run([*command, *(part for change in changes for part in ("--set", change))], check=True)
    runs: Runs = {}
    for file in files:
        result = json.loads((out / file.stem / "results.json").read_text())
        for trial in result["trials"]:
            by_seed: dict[int, list[float]] = defaultdict(list)
            for fit in trial["fits"]:
                by_seed[fit["replica"]].append(fit["score"])
            runs[file.stem, key(trial["candidate"])] = [statistics.mean(scores) for scores in by_seed.values()]
    return runs


def by_scikeras(chosen: Sequence[Key], folder: Path, seeds: int) -> Runs:
    """The scores of the chosen candidates by `scikeras`, each as an experiment of its own."""
    runs: Runs = {}
    for number, (name, parameters) in enumerate(chosen):
        space = json.dumps({name: {key: [value] for key, value in json.loads(parameters).items()}})
        file = ROOT / "experiments" / f"{name}.yaml"
        runs |= runs_by("scikeras", folder / f"scikeras{number}", [file], seeds, f"search.space={space}")
    return runs


def key(candidate: dict[str, dict[str, Any]]) -> str:
    """The parameters of all groups as JSON."""
    return json.dumps({name: value for group in candidate.values() for name, value in group.items()})


def print_published(fused: Runs) -> None:
    """The table of all candidates, and how many published scores lie inside."""
    print("| experiment | candidate | mean | 99 % interval of one run | published | inside |")
    print("| --- | --- | ---: | ---: | ---: | --- |")
    inside = total = 0
    with (ROOT / "experiments/published/scores.csv").open(newline="") as file:
        published = {
            (row["experiment"], row["parameters"]): float(row["mean_accuracy"]) for row in csv.DictReader(file)
        }
    for (experiment, parameters), runs in fused.items():
        found = check_published(published[experiment, parameters], np.array(runs), LEVEL)
        inside, total = inside + bool(found.inside), total + 1
        interval = f"{found.low:.4f} to {found.high:.4f}"
        cells = f"{statistics.mean(runs):.4f} | {interval} | {found.score:.4f} | {'yes' if found.inside else 'no'}"
        print(f"| {experiment} | `{parameters}` | {cells} |")
    print(f"\n{inside} of {total} published scores lie inside.\n")


def print_agreement(fused: Runs, scikeras: Runs) -> None:
    """The table of both engines' means, and the largest z."""
    print("| experiment | candidate | fused | scikeras | z |")
    print("| --- | --- | ---: | ---: | ---: |")
    largest = 0.0
    for (experiment, parameters), others in scikeras.items():
        runs = fused[experiment, parameters]
        # few seeds tell little of their own spread, so both engines' runs are taken to scatter alike
        spread = statistics.stdev(runs) * math.sqrt(1 / len(runs) + 1 / len(others))
        difference = statistics.mean(runs) - statistics.mean(others)
        z = difference / spread if spread else (0.0 if difference == 0 else math.inf)
        largest = max(largest, abs(z))
        means = f"{statistics.mean(runs):.4f} | {statistics.mean(others):.4f}"
        print(f"| {experiment} | `{parameters}` | {means} | {z:+.2f} |")
    print(f"\nThe largest difference is {largest:.2f} standard errors.")


if __name__ == "__main__":
    main()
