"""How the memory of workers grows over the fits of a run: the dropout grid, 50 structures x 4 folds = 200 fits.

python benchmarks/memory.py [--epochs 2]
"""

from __future__ import annotations

import argparse
import sqlite3
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import psutil
from measure import resident

ROOT = Path(__file__).resolve().parent.parent


def main() -> None:
    """Run the grid in one worker and print its resident memory by the number of finished fits."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--epochs", type=int, default=2)
    epochs = parser.parse_args().epochs
    command = [sys.executable, "-m", "gridloom", "run", str(ROOT / "experiments/dropout.yaml"), "--n-jobs", "1"]
    command += ["--engine", "scikeras", "--set", f"training.epochs={epochs}", "--set", "validation.folds=4"]
    with tempfile.TemporaryDirectory() as folder:
        process = subprocess.Popen(command, cwd=folder, stdout=subprocess.DEVNULL)
        readings = dict(watch(process, Path(folder) / "runs/dropout/journal.sqlite"))
        if process.wait():
            sys.exit("the run failed")
    for fits, mib in readings.items():
        print(f"after {fits:>3} fits: {mib:.0f} MiB in the worker")
    early = next(mib for fits, mib in readings.items() if fits >= 20)  # noqa: PLR2004
    last = list(readings.values())[-1]
    print(f"from 20 fits to the end: {last - early:+.0f} MiB; the most: {max(readings.values()) - early:+.0f} MiB")


def watch(process: subprocess.Popen[bytes], journal: Path):  # noqa: ANN201
    """Yield (finished fits, MiB of the largest worker) whenever twenty more fits are finished."""
    due = 20
    while process.poll() is None:
        time.sleep(0.1)
        done = finished(journal)
        workers = psutil.Process(process.pid).children(recursive=True)
        mib = max((resident(worker) for worker in workers), default=0.0)
        if done >= due and mib:
            yield done, mib
            due = done - done % 20 + 20


def finished(journal: Path) -> int:
    """How many fits the journal holds."""
    if not journal.exists():
        return 0
    database = sqlite3.connect(f"file:{journal}?mode=ro", uri=True)
    try:
        (count,) = database.execute("SELECT COUNT(*) FROM fits").fetchone()
    except sqlite3.OperationalError:
        return 0
    finally:
        database.close()
    return int(count)


if __name__ == "__main__":
    main()
