"""The neurons experiment by GridSearchCV with SciKeras and by `gridloom run`: wall clock, peak memory, ratio.

Each is a cold process, in turn, with all cores; the same 21 fits, no refit. Usage:

    python benchmarks/reference.py [--epochs 10] [--rounds 3]
"""

from __future__ import annotations

import argparse
import statistics
import sys
import tempfile
from pathlib import Path

from measure import Measured, measure

ROOT = Path(__file__).resolve().parent.parent
DATA = ROOT / "plugins/gridloom_plugins/datasets/pima.csv"


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--epochs", type=int, default=10)
    parser.add_argument("--rounds", type=int, default=3)
    arguments = parser.parse_args()
    epochs = arguments.epochs
    theirs = [sys.executable, str(ROOT / "benchmarks/rivals/gridsearchcv.py"), str(DATA), str(epochs)]
    ours = [sys.executable, "-m", "gridloom", "run", str(ROOT / "experiments/neurons.yaml")]
    ours += ["--engine", "scikeras", "--set", f"training.epochs={epochs}", "--set", "reporters=[console]"]
    print(f"neurons experiment, 21 fits of {epochs} epochs, cold processes in turn")
    print(f"{'round':>5} {'GridSearchCV':>24} {'gridloom run':>24} {'ratio':>7}")
    ratios = []
    for number in range(1, arguments.rounds + 1):
        with tempfile.TemporaryDirectory() as folder:
            reference, gridloom = measure(theirs, folder), measure(ours, folder)
        ratios.append(gridloom.seconds / reference.seconds)
        print(f"{number:>5} {shown(reference):>24} {shown(gridloom):>24} {ratios[-1]:>7.2f}", flush=True)
    print(f"median ratio of the times, ours to theirs: {statistics.median(ratios):.2f}")


def shown(measured: Measured) -> str:
    """Seconds and MiB."""
    return f"{measured.seconds:.1f} s {measured.peak_mib:.0f} MiB"


if __name__ == "__main__":
    main()
