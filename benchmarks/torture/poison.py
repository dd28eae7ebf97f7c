"""Fits that do what no fit should, beside healthy ones: what becomes of the run, of its fits, and how long it takes.

    python benchmarks/torture/poison.py [--engine sklearn] [--act NAME ...]

Each kind has a run of its own on two workers: one candidate of three acts in each of its three fits. The run must end with
exit code 0, the healthy candidates must score as in a run without the third, the one that acts must fail by name (or
score, where what it does harms nobody), a second `gridloom run` must change nothing, no process may be left, and
workers.log must be within its bound.
"""

from __future__ import annotations

import argparse
import json
import tempfile
import time
from pathlib import Path
from typing import Any

from hostile import ACTS, FAILS
from runs import start, workers_of

PLUGIN = str(Path(__file__).parent / "hostile.py")
EXPERIMENT = """
name: struck
dataset: iris
model: MODEL
ENGINE
search: {space: {model: {act: ACTS, C: [1.0, 2.0]}}}
validation: {method: stratified_kfold, folds: 3}
reporters: [json]
"""
ENGINES = {
    "sklearn": ("hostile_estimator", ""),
    "fused": ("hostile_network", "engine: fused\ntraining: {epochs: 3, batch_size: 10}"),
}
LOG_BYTES = 9 * 2**20


def main() -> None:
    """Run and print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--engine", choices=ENGINES, default="sklearn")
    parser.add_argument("--act", choices=ACTS, nargs="*", default=list(ACTS))
    given = parser.parse_args()
    calm, seconds = outcome(given.engine, [""])[:2]
    print(f"engine {given.engine}; without a fit that acts: {seconds:.1f} s\n")
    print("| a fit does | seconds | exit codes | healthy fits as without it | its own fits | processes left |")
    print("| --- | ---: | --- | --- | --- | ---: |")
    for act in given.act:
        found, seconds, codes, left, log = outcome(given.engine, ["", act])
        alike = "yes" if {key: found[key] for key in calm if key in found} == calm else "NO"
        own = {str(error) for key, fits in found.items() if act in key for _, error in fits}
        word = FAILS.get(act)
        right = all(word in error for error in own) if word else own == {"None"}
        told = (f"fail: {word}" if word else "score") if own and right else f"WRONG: {sorted(own)}"
        told += "" if log < LOG_BYTES else f"; a log of {log:,} bytes"
        print(f"| {act} | {seconds:.1f} | {codes} | {alike} | {told} | {left} |", flush=True)


def outcome(engine: str, acts: list[str]) -> tuple[dict[str, Any], float, str, int, int]:
    """Scores and errors of fits by candidate; seconds; exit codes of the run and of another one; processes left; the log's bytes."""
    with tempfile.TemporaryDirectory() as place:
        folder = Path(place)
        model, more = ENGINES[engine]
        text = EXPERIMENT.replace("MODEL", model).replace("ENGINE", more).replace("ACTS", json.dumps(acts))
        (folder / "experiment.yaml").write_text(text)
        codes, left, seconds = [], 0, []
        for _ in range(2):
            started = time.perf_counter()
            process = start(folder, "-p", PLUGIN, "-j", "2")
            process.communicate()
            seconds.append(time.perf_counter() - started)
            codes.append(str(process.returncode))
            left += len(workers_of(process))
        file = folder / "runs" / "struck" / "results.json"
        trials = json.loads(file.read_text())["trials"] if file.exists() else []
        log = folder / "runs" / "struck" / "workers.log"
        found = {
            json.dumps(trial["candidate"]): [(fit["scores"], fit["error"]) for fit in trial["fits"]] for trial in trials
        }
        return found, seconds[0], ", ".join(codes), left, log.stat().st_size if log.exists() else 0


if __name__ == "__main__":
    main()
