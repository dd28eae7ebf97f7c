"""How much longer a run takes when one of its workers is killed: 189 fits by the engine `fused`, on all cores.

    python benchmarks/torture/killed_worker.py [--epochs 100] [--rounds 3]

Each round runs the same experiment undisturbed, and once more with a worker killed (SIGKILL) when a third of the fits are
journaled. The tables must be the same byte for byte.
"""

from __future__ import annotations

import argparse
import statistics
import tempfile
import time
from pathlib import Path

from runs import FUSED, journaled, start, strike, table, wait_until

FITS = 189


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--epochs", type=int, default=100)
    parser.add_argument("--rounds", type=int, default=3)
    given = parser.parse_args()
    pairs = [(one_run(given.epochs, kills=False), one_run(given.epochs, kills=True)) for _ in range(given.rounds)]
    calm, struck = ([run[0] for run in runs] for runs in zip(*pairs, strict=True))
    alike = sum(one[1] == other[1] for one, other in pairs)
    print(f"{FITS} fits of {given.epochs} epochs, {given.rounds} rounds\n")
    print("| run | seconds (median) |\n| --- | ---: |")
    print(f"| undisturbed | {statistics.median(calm):.1f} |\n| one worker killed | {statistics.median(struck):.1f} |")
    ratio = statistics.median(struck) / statistics.median(calm)
    print(f"\n{ratio:.2f} times as long; equal tables: {alike} of {given.rounds}")


def one_run(epochs: int, *, kills: bool) -> tuple[float, str]:
    """Seconds that a run takes, and its table."""
    with tempfile.TemporaryDirectory() as place:
        folder = Path(place)
        (folder / "experiment.yaml").write_text(FUSED.replace("EPOCHS", str(epochs)))
        started = time.perf_counter()
        process = start(folder)
        if kills:
            wait_until(lambda: journaled(folder) >= FITS // 3, process)
            strike(process, "worker")
        output, _ = process.communicate()
        seconds = time.perf_counter() - started
        if process.returncode:
            raise SystemExit(output)
        return seconds, table(folder)


if __name__ == "__main__":
    main()
