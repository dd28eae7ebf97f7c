"""Fits that do what no fit should, beside healthy ones: what becomes of the run, of its fits, and how long it takes.

    python benchmarks/torture/poison.py [--engine sklearn] [--place builder] [--act NAME ...]

Each kind has a run of its own on two workers: some candidates act in each of their fits. The run must end with exit
code 0, the healthy candidates must score as in a run without the others, those that act must fail by name (or
score, where what they do harms nobody), a second `gridloom run` must change nothing, no process may be left, and
workers.log must be within its bound. A fit that never ends is the user's to stop: its run gets a Ctrl-C.
"""

from __future__ import annotations

import argparse
import json
import signal
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any, get_args

from hostile import ACTS, ENDLESS, FAILS, PLACES
from runs import journaled, start, wait_until, workers_of

PLUGIN = str(Path(__file__).parent / "hostile.py")
EXPERIMENT = """
name: struck
dataset: iris
model: {name: hostile_estimator}
search: {space: {model: {act: ACTS, C: [1.0, 2.0]}}}
validation: {method: stratified_kfold, folds: 3}
reporters: [json]
"""
NETWORKS = """
name: struck
dataset: iris
model: {name: hostile_network, place: PLACE}
engine: ENGINE
training: {epochs: 3, batch_size: 10, targets: labels}
search: {space: {model: {act: ACTS}}}
validation: {method: stratified_kfold, folds: 2}
reporters: [json]
"""
EXPERIMENTS = {"sklearn": EXPERIMENT, "fused": NETWORKS, "scikeras": NETWORKS}
LOG_BYTES = 9 * 2**20
CALLED_BACK = "JaxRuntimeError"
PATIENCE = 5
"""How many seconds a fit that never ends goes on, once the healthy ones are finished."""


def main() -> None:
    """Run and print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--engine", choices=EXPERIMENTS, default="sklearn")
    parser.add_argument("--place", choices=get_args(PLACES), default="builder", help="where a network acts")
    parser.add_argument("--act", choices=ACTS, nargs="*", default=list(ACTS))
    given = parser.parse_args()
    signal.signal(signal.SIGINT, signal.default_int_handler)  # a shell lets what it starts behind `&` ignore Ctrl-C
    text = EXPERIMENTS[given.engine].replace("ENGINE", given.engine).replace("PLACE", given.place)
    calm, seconds = outcome(text, [""])[:2]
    place = "" if given.engine == "sklearn" else f", acting in the {given.place}"
    print(f"engine {given.engine}{place}; without a fit that acts: {seconds:.1f} s\n")
    if ends := [act for act in given.act if act not in ENDLESS]:
        tell_those_that_end(text, ends, calm)
    if goes_on := [act for act in given.act if act in ENDLESS]:
        tell_those_that_go_on(text, goes_on, sum(map(len, calm.values())))


def tell_those_that_end(text: str, acts: Sequence[str], calm: dict[str, Any]) -> None:
    """Print what becomes of them, one a line."""
    print("| a fit does | seconds | exit codes | healthy fits as without it | its own fits | processes left |")
    print("| --- | ---: | --- | --- | --- | ---: |")
    for act in acts:
        found, seconds, codes, left, log = outcome(text, [act, ""])
        alike = "yes" if {key: found.get(key) for key in calm} == calm else "NO"
        own = {str(error) for key, fits in found.items() if key not in calm for _, error in fits}
        word = FAILS.get(act)
        if own and all(CALLED_BACK in error for error in own):
            word = CALLED_BACK  # JAX puts its own error in front of that of a function which a program calls
        right = all(word in error for error in own) if word else own == {"None"}
        told = (f"fail: {word}" if word else "score") if own and right else f"WRONG: {sorted(own)}"[:500]
        told += "" if log < LOG_BYTES else f"; a log of {log:,} bytes"
        print(f"| {act} | {seconds:.1f} | {codes} | {alike} | {told} | {left} |", flush=True)


def tell_those_that_go_on(text: str, acts: Sequence[str], healthy: int) -> None:
    """Print what becomes of them when Ctrl-C comes, one a line."""
    print(
        "| a fit does | seconds from Ctrl-C to the end | exit code | fits kept | processes left | bytes of the log | it says |"
    )
    print("| --- | ---: | ---: | ---: | ---: | ---: | --- |")
    for act in acts:
        with tempfile.TemporaryDirectory() as place:
            folder = Path(place)
            (folder / "experiment.yaml").write_text(text.replace("ACTS", json.dumps(["", act])))
            process = start(folder, "-p", PLUGIN, "-j", "2")
            wait_until(lambda folder=folder: journaled(folder) >= healthy, process)
            time.sleep(PATIENCE)
            process.send_signal(signal.SIGINT)
            started = time.perf_counter()
            said = process.communicate()[0].replace(place, "").splitlines()
            seconds = time.perf_counter() - started
            log = (folder / "runs" / "struck" / "workers.log").stat().st_size
            kept, left = f"{journaled(folder)} of {healthy}", len(workers_of(process))
            words = " / ".join(said)
            print(f"| {act} | {seconds:.1f} | {process.returncode} | {kept} | {left} | {log} | {words} |", flush=True)


def outcome(text: str, acts: Sequence[str]) -> tuple[dict[str, Any], float, str, int, int]:
    """Scores and errors of fits by candidate; seconds; exit codes of the run and of another one; processes left; the log's bytes."""
    with tempfile.TemporaryDirectory() as place:
        folder = Path(place)
        (folder / "experiment.yaml").write_text(text.replace("ACTS", json.dumps(acts)))
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
