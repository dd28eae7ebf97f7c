"""The article's four scripts for Keras 3 and SciKeras, by scikit-learn's GridSearchCV and by `gridloom.sklearn`'s.

    python benchmarks/dropin.py [--epochs 100] [--most 24]

Cold processes in turn, on all cores, with an empty cache of compiled programs; one import differs (benchmarks/rivals/article.py). By
scikit-learn, a script with more candidates than `--most` is run with every so many of them, so that about so many are left, and its seconds are
multiplied by the fits that are missing; such rows are marked. Printed are the seconds of `search.fit` and of the whole process, which imports
TensorFlow first, their ratios, and both best parameters and scores.
"""

from __future__ import annotations

import argparse
import os
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path

from measure import measure

ROOT = Path(__file__).resolve().parent.parent
DATA = ROOT / "plugins/gridloom_plugins/datasets/pima.csv"
SCRIPT = ROOT / "benchmarks/rivals/article.py"
CANDIDATES = {"weight_initialization": 8, "activation": 8, "dropout": 50, "neurons": 7}
FOLDS = 3


@dataclass(frozen=True)
class Timed:
    """Seconds of `search.fit`, those of the whole process, and the line with what was best."""

    fit: float
    process: float
    best: str


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--epochs", type=int, default=100)
    parser.add_argument("--most", type=int, default=24)
    parser.add_argument("--scripts", nargs="*", default=list(CANDIDATES), choices=list(CANDIDATES))
    given = parser.parse_args()
    print(
        "| script | fits | `fit`: scikit-learn, s | gridloom.sklearn, s | times faster | process, times faster | best by each |"
    )
    print("| --- | ---: | ---: | ---: | ---: | ---: | --- |")
    for script in given.scripts:
        count = CANDIDATES[script]
        every = max(1, round(count / given.most))
        theirs = timed("sklearn.model_selection", script, given.epochs, every)
        ours = timed("gridloom.sklearn", script, given.epochs, 1)
        trained = len(range(0, count, every)) * FOLDS + 1
        fits = count * FOLDS + 1
        fit = theirs.fit * fits / trained
        process = theirs.process - theirs.fit + fit
        mark = "" if every == 1 else f" (from {trained} fits)"
        print(
            f"| {script} | {fits} | {fit:.0f}{mark} | {ours.fit:.1f} | {fit / ours.fit:.0f} | "
            f"{process / ours.process:.0f} | {theirs.best}; {ours.best} |",
            flush=True,
        )


def timed(module: str, script: str, epochs: int, every: int) -> Timed:
    """One process of the script, with GridSearchCV from the module."""
    with tempfile.TemporaryDirectory() as folder:
        os.environ["JAX_COMPILATION_CACHE_DIR"] = str(Path(folder) / "cache")
        command = [sys.executable, str(SCRIPT), module, script, str(DATA), str(epochs), str(every)]
        measured = measure(command, folder)
    said = dict(line.split(": ", 1) for line in measured.output.splitlines() if line.startswith(("Best:", "Seconds")))
    return Timed(float(said["Seconds of fit"]), measured.seconds, said["Best"])


if __name__ == "__main__":
    main()
