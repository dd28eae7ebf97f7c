"""The article's four experiments by `gridloom run` with the engine `fused`, against GridSearchCV with SciKeras.

    python benchmarks/articles.py [--epochs 100] [--rounds 3]

Cold processes in turn, on all cores: Gridloom runs all four (219 fits and the best of each refitted) with an empty
cache of compiled programs and then with a full one; GridSearchCV runs the neurons experiment (21 fits) in full, and the
other 198 fits and 4 refits are taken to last as long each. The medians of the rounds are printed.
"""

from __future__ import annotations

import argparse
import os
import statistics
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path

from four import FOUR
from measure import Measured, measure

ROOT = Path(__file__).resolve().parent.parent
DATA = ROOT / "plugins/gridloom_plugins/datasets/pima.csv"
ALL, MEASURED = 219 + 4, 21


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--epochs", type=int, default=100)
    parser.add_argument("--rounds", type=int, default=3)
    given = parser.parse_args()
    epochs = given.epochs
    cold, warm, theirs = map(median, zip(*(one_round(epochs) for _ in range(given.rounds)), strict=True))
    whole = theirs.seconds * ALL / MEASURED
    print(f"the article's experiments, {epochs} epochs, medians of {given.rounds} rounds\n")
    print("| way | fits | seconds | peak MiB | times faster |")
    print("| --- | ---: | ---: | ---: | ---: |")
    print(
        f"| GridSearchCV + SciKeras, n_jobs=-1, neurons | {MEASURED} | {theirs.seconds:.1f} | {theirs.peak_mib:.0f} | |"
    )
    print(f"| the same, extrapolated by fits | {ALL} | {whole:.0f} | | 1 |")
    for name, found in (("empty", cold), ("full", warm)):
        ratio = whole / found.seconds
        print(f"| gridloom run, {name} cache | {ALL} | {found.seconds:.1f} | {found.peak_mib:.0f} | {ratio:.0f} |")


def one_round(epochs: int) -> tuple[Measured, Measured, Measured]:
    """Gridloom with an empty and with a full cache, then GridSearchCV."""
    theirs = [sys.executable, str(ROOT / "benchmarks/rivals/gridsearchcv.py"), str(DATA), str(epochs)]
    ours = [sys.executable, "-m", "gridloom", "run", *map(str, FOUR), "--engine", "fused"]
    ours += ["--set", f"training.epochs={epochs}", "--fresh"]
    with tempfile.TemporaryDirectory() as folder:
        os.environ["JAX_COMPILATION_CACHE_DIR"] = str(Path(folder) / "cache")
        return measure(ours, folder), measure(ours, folder), measure(theirs, folder)


def median(rounds: Sequence[Measured]) -> Measured:
    """The medians of seconds and of MiB."""
    seconds, mib = zip(*((one.seconds, one.peak_mib) for one in rounds), strict=True)
    return Measured(statistics.median(seconds), statistics.median(mib))


if __name__ == "__main__":
    main()
