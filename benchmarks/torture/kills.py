"""Runs that are killed (SIGKILL) again and again, and gone on with: parent, one worker, or the whole process group.

    python benchmarks/torture/kills.py [--rounds 5] [--epochs 30] [--seed 0] [--engine fused] [--killed group]

For each engine the same experiment runs undisturbed once. A round strikes at a random moment, three times, each time when some
more fits are journaled, and lets the run be gone on with until it ends. Then its table must be the same, byte for byte, and no process,
no file in /dev/shm and no state of a training may be left of it.
"""

from __future__ import annotations

import argparse
import random
import tempfile
import time
from pathlib import Path

from runs import ENGINES, journaled, start, strike, table, wait_until, workers_of

KILLED = ("parent", "worker", "group")
STRIKES = 3
FITS = {"sklearn": 144, "fused": 189, "fused-stopping": 180, "fused-halving": 270, "scikeras-stopping": 36}


def main() -> None:
    """Strike and print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--epochs", type=int, default=30)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--engine", nargs="+", choices=ENGINES, default=[*ENGINES])
    parser.add_argument("--killed", nargs="+", choices=KILLED, default=[*KILLED])
    given = parser.parse_args()
    rng = random.Random(given.seed)  # noqa: S311
    print("| engine | killed | rounds | kills | equal tables | processes left | files left |")
    print("| --- | --- | ---: | ---: | ---: | ---: | ---: |")
    for engine in given.engine:
        right = calm(ENGINES[engine].replace("EPOCHS", str(given.epochs)))
        for whom in given.killed:
            found = [one_round(engine, given.epochs, whom, rng) for _ in range(given.rounds)]
            kills, tables, processes, files = zip(*found, strict=True)
            alike = sum(one == right for one in tables)
            print(
                f"| {engine} | {whom} | {given.rounds} | {sum(kills)} | {alike} | {sum(processes)} | {sum(files)} |",
                flush=True,
            )


def calm(text: str) -> str:
    """The table of a run that nobody disturbs."""
    with tempfile.TemporaryDirectory() as place:
        (Path(place) / "experiment.yaml").write_text(text)
        output, _ = (process := start(Path(place))).communicate()
        if process.returncode:
            raise SystemExit(output)
        return table(Path(place))


def one_round(engine: str, epochs: int, whom: str, rng: random.Random) -> tuple[int, str, int, int]:
    """How often it was killed, the table in the end (or how it ended), and what was left: processes, files."""
    with tempfile.TemporaryDirectory() as place:
        folder = Path(place)
        (folder / "experiment.yaml").write_text(ENGINES[engine].replace("EPOCHS", str(epochs)))
        kills, started = 0, []
        for _ in range(STRIKES):
            process = start(folder)
            started.append(process)
            goal = journaled(folder) + rng.randint(0, FITS[engine] // (STRIKES + 1))
            wait_until(
                lambda process=process, goal=goal: bool(workers_of(process)) and journaled(folder) >= goal, process
            )
            time.sleep(rng.random())
            if process.poll() is None:
                strike(process, whom)
                kills += 1
            output, _ = process.communicate()
            if process.returncode > 0:
                return kills, f"exit code {process.returncode}: {output}", 0, 0
        last = start(folder)
        started.append(last)
        output, _ = last.communicate()
        found = table(folder) if last.returncode == 0 else output
        time.sleep(0.5)
        left = sum(len(workers_of(process)) for process in started)
        names = [path.name for path in Path("/dev/shm").iterdir()]  # noqa: S108
        files = sum(f"-{process.pid}-" in name for process in started for name in names)
        files += (folder / "runs" / "struck" / "states").exists()
        return kills, found, left, files


if __name__ == "__main__":
    main()
