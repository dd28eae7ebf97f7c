"""How long large data take: `fused`, `scikeras` and plain Keras on the same networks and folds, and the peak memory.

    python benchmarks/large_tables.py [--epochs 2] [--units 16 32]

prints, in Markdown, the seconds of whole runs (cold processes, an empty cache of programs), one after the other on the
same machine, and how many times as long as `fused` each takes. Plain Keras trains in one process, on all cores.
"""

from __future__ import annotations

import argparse
import os
import sys
import tempfile
from pathlib import Path

import yaml
from measure import Measured, measure

FOLDER = Path(__file__).resolve().parent
DATA = {"table": "300,000 x 20", "pictures": "60,000 x 28 x 28"}
BATCH_SIZE = 256
PLAIN = """
import sys

sys.path.insert(0, sys.argv[1])
import keras
import large_data
import numpy as np
from sklearn.model_selection import KFold

data = getattr(large_data, sys.argv[2])()
X = data.X.astype("float32")
for units in map(int, sys.argv[4:]):
    scores = []
    for train, test in KFold(2, shuffle=True, random_state=0).split(X):
        model = large_data.build(data.task, units)
        model.fit(X[train], data.y[train], epochs=int(sys.argv[3]), batch_size=256, verbose=0)
        found = model.predict(X[test], batch_size=1024, verbose=0).argmax(axis=1)
        scores.append((found == data.y[test]).mean())
    print(units, np.mean(scores))
"""


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--epochs", type=int, default=2)
    parser.add_argument("--units", type=int, nargs="+", default=[16, 32])
    given = parser.parse_args()
    print(f"{2 * len(given.units)} fits of {given.epochs} epochs\n")
    print("| data | way | seconds | times `fused` | peak MiB |")
    print("| --- | --- | ---: | ---: | ---: |")
    for name, size in DATA.items():
        ways = {engine: gridloom_run(name, engine, given.epochs, given.units) for engine in ("fused", "scikeras")}
        ways["plain Keras"] = plain_run(name, given.epochs, given.units)
        for way, found in ways.items():
            ratio = found.seconds / ways["fused"].seconds
            print(f"| {size} | {way} | {found.seconds:.1f} | {ratio:.2f} | {found.peak_mib:.0f} |", flush=True)


def gridloom_run(name: str, engine: str, epochs: int, units: list[int]) -> Measured:
    """A whole run in a new folder."""
    experiment = {
        "name": "large",
        "dataset": name,
        "model": "flat",
        "training": {"epochs": epochs, "batch_size": BATCH_SIZE},
        "search": {"space": {"model": {"units": units}}},
        "validation": {"method": "kfold", "folds": 2},
        "engine": engine,
    }
    with tempfile.TemporaryDirectory() as folder:
        os.environ["JAX_COMPILATION_CACHE_DIR"] = str(Path(folder) / "cache")
        (Path(folder) / "large.yaml").write_text(yaml.safe_dump(experiment))
        plugin = str(FOLDER / "large_data.py")
        return measure([sys.executable, "-m", "gridloom", "run", "large.yaml", "-p", plugin], folder)


def plain_run(name: str, epochs: int, units: list[int]) -> Measured:
    """The same fits by a script."""
    os.environ |= {"KERAS_BACKEND": "tensorflow", "TF_CPP_MIN_LOG_LEVEL": "3", "CUDA_VISIBLE_DEVICES": "-1"}
    with tempfile.TemporaryDirectory() as folder:
        (Path(folder) / "plain.py").write_text(PLAIN)
        return measure([sys.executable, "plain.py", str(FOLDER), name, str(epochs), *map(str, units)], folder)


if __name__ == "__main__":
    main()
