"""What preprocessing inside the splits costs, and the same search by GridSearchCV over a Pipeline with SciKeras.

    python benchmarks/pipeline.py [--epochs 100] [--rounds 3]

Cold processes in turn, on all cores, programs cached: Gridloom runs the article's four experiments (219 fits) with the engine
`fused`, without preprocessing and with `[impute, standardize]` in each split; GridSearchCV runs the neurons experiment (21 fits) with
a Pipeline of SimpleImputer, StandardScaler and SciKeras, and Gridloom the same 21 fits. The medians of the rounds are printed.
"""

from __future__ import annotations

import argparse
import os
import sys
import tempfile
from pathlib import Path

from articles import median
from four import FOUR
from measure import Measured, measure

ROOT = Path(__file__).resolve().parent.parent
DATA = ROOT / "plugins/gridloom_plugins/datasets/pima.csv"
STEPS = "preprocess=[impute, standardize]"


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--epochs", type=int, default=100)
    parser.add_argument("--rounds", type=int, default=3)
    given = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        os.environ["JAX_COMPILATION_CACHE_DIR"] = str(Path(folder) / "cache")
        one_round(folder, given.epochs)  # fills the cache
        rounds = [one_round(folder, given.epochs) for _ in range(given.rounds)]
    plain, prepared, ours, theirs = map(median, zip(*rounds, strict=True))
    print(f"preprocessing inside the splits, {given.epochs} epochs, medians of {given.rounds} rounds\n")
    print("| way | fits | seconds | peak MiB | ratio |")
    print("| --- | ---: | ---: | ---: | ---: |")
    for name, fits, found, base in (
        ("gridloom, the four experiments", 219, plain, plain),
        (f"the same with {STEPS.partition('=')[2]}", 219, prepared, plain),
        ("GridSearchCV over a Pipeline with SciKeras, neurons", 21, theirs, theirs),
        ("gridloom, the same 21 fits", 21, ours, theirs),
    ):
        print(f"| {name} | {fits} | {found.seconds:.1f} | {found.peak_mib:.0f} | {found.seconds / base.seconds:.3f} |")


def one_round(folder: str, epochs: int) -> tuple[Measured, Measured, Measured, Measured]:
    """Gridloom without and with steps, on one experiment with steps, then GridSearchCV."""
    run = [sys.executable, "-m", "gridloom", "run"]
    keys = ["--engine", "fused", "--set", f"training.epochs={epochs}", "--set", "refit=false", "--fresh"]
    steps = ["--set", STEPS]
    theirs = [sys.executable, str(ROOT / "benchmarks/rivals/gridsearchcv.py"), str(DATA), str(epochs), "--prepares"]
    return (
        measure([*run, *map(str, FOUR), *keys], folder),
        measure([*run, *map(str, FOUR), *keys, *steps], folder),
        measure([*run, str(ROOT / "experiments/neurons.yaml"), *keys, *steps], folder),
        measure(theirs, folder),
    )


if __name__ == "__main__":
    main()
