"""Runs whose disk fills up, and runs whose folder is deleted: how they end, and what is kept.

    python benchmarks/torture/disk.py [--rounds 5]

- full: no file can grow beyond a random size between 40 and 300 KB (RLIMIT_FSIZE). The run must end with exit code 4, or 0 where all
  fits found room, without a traceback, and say how many fits are kept; without the limit it must be gone on with to the same
  table, byte for byte, as a run that was not disturbed.
- deleted: `runs/struck` is deleted when some fits are journaled. The run must end with exit code 4 and say so.
"""

from __future__ import annotations

import argparse
import random
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

from runs import journaled, start, table, wait_until

EXPERIMENT = """
name: struck
dataset: iris
model: logistic_regression
search: {space: {model: {C: {low: 0.01, high: 100, count: 200, scale: log}}}}
validation: {method: stratified_kfold, folds: 3, seeds: 2}
reporters: [csv]
"""

MACHINE = 4
"""The exit code of a machine that fails."""

LIMITED = (
    "import resource, signal, sys; signal.signal(signal.SIGXFSZ, signal.SIG_IGN);"
    "resource.setrlimit(resource.RLIMIT_FSIZE, (int(sys.argv[1]),) * 2); sys.argv = ['gridloom', 'run', 'experiment.yaml'];"
    "from gridloom.cli import main; main()"
)


def main() -> None:
    """Fill, delete and print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rounds", type=int, default=5)
    given = parser.parse_args()
    rng = random.Random(0)  # noqa: S311
    with tempfile.TemporaryDirectory() as place:
        process = prepared(Path(place))
        process.communicate()
        right = table(Path(place))
    print("| what happens | rounds | as it must be | otherwise |\n| --- | ---: | ---: | --- |")
    for name, strike in (("full", full), ("deleted", deleted)):
        found = [strike(rng, right) for _ in range(given.rounds)]
        wrong = [one for one in found if one]
        print(f"| {name} | {given.rounds} | {len(found) - len(wrong)} | {'; '.join(wrong)} |", flush=True)


def prepared(folder: Path) -> subprocess.Popen[str]:
    """The run in a folder, started."""
    (folder / "experiment.yaml").write_text(EXPERIMENT)
    return start(folder)


def full(rng: random.Random, right: str) -> str:
    """What is wrong with a run whose files cannot grow; empty where nothing is."""
    with tempfile.TemporaryDirectory() as place:
        folder = Path(place)
        (folder / "experiment.yaml").write_text(EXPERIMENT)
        command = [sys.executable, "-c", LIMITED, str(rng.randint(40_000, 300_000))]
        done = subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False)
        if (
            done.returncode not in (0, 4)
            or "Traceback" in done.stderr
            or (done.returncode and "kept" not in done.stderr)
        ):
            return f"exit code {done.returncode}: {done.stderr[-300:]}"
        process = start(folder)
        output, _ = process.communicate()
        return "" if process.returncode == 0 and table(folder) == right else f"not gone on with: {output[-300:]}"


def deleted(rng: random.Random, _: str) -> str:
    """What is wrong with a run whose folder is deleted; empty where nothing is."""
    with tempfile.TemporaryDirectory() as place:
        folder = Path(place)
        process = prepared(folder)
        goal = rng.randint(1, 600)
        wait_until(lambda: journaled(folder) >= goal, process)
        shutil.rmtree(folder / "runs" / "struck")
        output, _ = process.communicate()
        told = "was deleted, moved or replaced" in output
        return "" if process.returncode == MACHINE and told else f"exit code {process.returncode}: {output[-300:]}"


if __name__ == "__main__":
    main()
