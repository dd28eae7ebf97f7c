"""The article's four scripts for Keras 3 and SciKeras, by scikit-learn's GridSearchCV and by `gridloom.sklearn`'s.

    python benchmarks/dropin.py [--epochs 100] [--most 24]

Cold processes in turn, on all cores, with an empty cache of compiled programs; one import differs (benchmarks/rivals/article.py). By
scikit-learn, a script with more candidates than `--most` is run with every so many of them, so that about so many are left, and its seconds are
multiplied by the fits that are missing; such rows are marked. Printed are the seconds of `search.fit`, by Gridloom those of a second one in the
same process as well, whose workers have started and whose programs are compiled; the ratio of the whole processes of one search, which import
TensorFlow first; and both best parameters and scores.
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
    """Seconds of the first and of the last `search.fit`, those of the process with a single one, and the line with what was best."""

    fit: float
    again: float
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
        "| script | fits | scikit-learn, s | gridloom.sklearn, s | again, s | times faster | again | process | best by each |"
    )
    print("| --- | ---: | ---: | ---: | ---: | ---: | ---: | ---: | --- |")
    for script in given.scripts:
        count = CANDIDATES[script]
        every = max(1, round(count / given.most))
        theirs = timed("sklearn.model_selection", script, given.epochs, every, 1)
        ours = timed("gridloom.sklearn", script, given.epochs, 1, 2)
        trained = len(range(0, count, every)) * FOLDS + 1
        fits = count * FOLDS + 1
        fit = theirs.fit * fits / trained
        process = theirs.process - theirs.fit + fit
        mark = "" if every == 1 else f" (from {trained} fits)"
        print(
            f"| {script} | {fits} | {fit:.0f}{mark} | {ours.fit:.1f} | {ours.again:.1f} | {fit / ours.fit:.0f} | "
            f"{fit / ours.again:.0f} | {process / ours.process:.0f} | {theirs.best}; {ours.best} |",
            flush=True,
        )


def timed(module: str, script: str, epochs: int, every: int, times: int) -> Timed:
    """One process of the script, with GridSearchCV from the module, which searches so many times."""
    with tempfile.TemporaryDirectory() as folder:
        os.environ["JAX_COMPILATION_CACHE_DIR"] = str(Path(folder) / "cache")
        command = [sys.executable, str(SCRIPT), module, script, str(DATA), *map(str, (epochs, every, times))]
        measured = measure(command, folder)
    lines = [line.split(": ", 1) for line in measured.output.splitlines() if line.startswith(("Best:", "Seconds:"))]
    seconds = [float(said) for name, said in lines if name == "Seconds"]
    return Timed(seconds[0], seconds[-1], measured.seconds - sum(seconds[1:]), dict(lines)["Best"])


if __name__ == "__main__":
    main()
