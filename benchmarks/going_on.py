"""What successive halving and hyperband save by going on from the states of shorter trainings, with the engine `fused`.

    python benchmarks/going_on.py [--rounds 3]

Each search is run with one worker in cold processes, in turn from states and anew, programs cached. Both must come to the same
scores. Epochs are those of all fits, seconds those that fits report, and those of the whole command, by the clock and of the
processor; medians of the rounds.
"""

from __future__ import annotations

import argparse
import json
import os
import resource
import sys
import tempfile
from pathlib import Path
from statistics import median
from typing import Any

from measure import measure

PIMA = """
dataset: pima
preprocess: [standardize]
model: {name: mlp, hidden: [12]}
training: {epochs: 300, batch_size: 10}
search:
  strategy: STRATEGY
  space:
    training: {learning_rate: [0.001, 0.01, 0.1]}
    dropout: {dropout_rate: [0.0, 0.2, 0.4]}
    neurons: {neurons: [6, 12, 24]}
"""

DIGITS = """
dataset: digits
model: {name: mlp, hidden: [256]}
training: {epochs: 200, batch_size: 32}
search:
  strategy: STRATEGY
  space:
    training: {learning_rate: [0.0003, 0.001, 0.003]}
    dropout: {dropout_rate: [0.1, 0.2, 0.4], weight_constraint: [2, 3, 4]}
"""

REST = """
name: NAME
validation: {method: stratified_kfold, folds: 3}
seed: 7
engine: fused
reporters: [json]
"""

HALVING, HYPERBAND = "{name: halving, epochs: 7}", "{name: hyperband, epochs: 11}"
SEARCHES = {
    "Pima, 300 epochs, halving": PIMA.replace("STRATEGY", HALVING),
    "Pima, 300 epochs, hyperband": PIMA.replace("STRATEGY", HYPERBAND),
    "digits, 200 epochs, halving": DIGITS.replace("STRATEGY", HALVING),
}

ANEW = """
import gridloom
from gridloom_plugins.engines.fused import ENGINE

object.__setattr__(ENGINE, "resumes", False)


@gridloom.hookimpl
def gridloom_reporters():
    yield from ()
"""
"""A plugin that lets nobody know that the engine goes on."""


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rounds", type=int, default=3)
    rounds = parser.parse_args().rounds
    print("| search | | epochs | seconds of fits | seconds of the run | of the processor |")
    print("| --- | --- | ---: | ---: | ---: | ---: |")
    for name, text in SEARCHES.items():
        with tempfile.TemporaryDirectory() as folder:
            os.environ["JAX_COMPILATION_CACHE_DIR"] = str(Path(folder) / "cache")
            (Path(folder) / "anew.py").write_text(ANEW)
            for way in ("anew", "states"):
                (Path(folder) / f"{way}.yaml").write_text(text + REST.replace("NAME", way))
            run(folder, "anew")  # fills the cache
            found = {way: [] for way in ("anew", "states")}
            for _ in range(rounds):
                for way, runs in found.items():
                    runs.append(run(folder, way))
            trials = {way: trials_of(folder, way) for way in found}
        if means(trials["anew"]) != means(trials["states"]):
            raise SystemExit(f"{name}: other scores from states than anew")
        for way, runs in found.items():
            seconds = " | ".join(f"{median(values):.1f}" for values in zip(*runs, strict=True))
            print(f"| {name} | {way} | {epochs(trials[way], way):,} | {seconds} |", flush=True)


def run(folder: str, way: str) -> tuple[float, float, float]:
    """The seconds of all fits, and of the command by the clock and of the processor."""
    before = processor_seconds()
    command = [sys.executable, "-m", "gridloom", "run", f"{way}.yaml", "-j", "1", "--fresh"]
    seconds = measure(command + (["-p", "anew.py"] if way == "anew" else []), folder).seconds
    fits = sum(fit["fit_seconds"] for trial in trials_of(folder, way) for fit in trial["fits"])
    return fits, seconds, processor_seconds() - before


def processor_seconds() -> float:
    """The seconds of the processor that all commands so far have taken."""
    found = resource.getrusage(resource.RUSAGE_CHILDREN)
    return found.ru_utime + found.ru_stime


def trials_of(folder: str, way: str) -> list[dict[str, Any]]:
    """The trials of a run, as its report has them."""
    trials: list[dict[str, Any]] = json.loads((Path(folder) / "runs" / way / "results.json").read_text())["trials"]
    return trials


def means(trials: list[dict[str, Any]]) -> list[float]:
    """The score of each trial."""
    return [trial["mean"] for trial in trials]


def epochs(trials: list[dict[str, Any]], way: str) -> int:
    """How many epochs the fits of all trials were trained: from states, what a trial of fewer epochs had is not trained again."""
    trained, found = 0, {}
    for trial in trials:
        candidate, number = json.dumps(trial["candidate"]), round(trial["epochs"] * len(trial["fits"]))
        trained += number - (found.get(candidate, 0) if way == "states" else 0)
        found[candidate] = number
    return trained


if __name__ == "__main__":
    main()
