"""What the torture scripts share: experiments, processes to strike, and tables to compare byte by byte."""

from __future__ import annotations

import csv
import os
import signal
import sqlite3
import subprocess
import sys
import time
from collections.abc import Callable
from contextlib import closing, suppress
from pathlib import Path

SKLEARN = """
name: struck
dataset: digits
model: random_forest
search: {space: {model: {trees: [20, 30, 40, 50], max_depth: [2, 4, 8, 16]}}}
validation: {method: kfold, folds: 3, seeds: 3}
reporters: [csv]
"""

FUSED = """
name: struck
dataset: pima
model: {name: mlp, hidden: [12], activation: linear, initializer: uniform, dropout: 0.2, max_norm: 4}
training: {epochs: EPOCHS, batch_size: 10, optimizer: adam}
search: {space: {neurons: {neurons: [1, 5, 10, 15, 20, 25, 30]}}}
validation: {method: kfold, folds: 3, shuffle: false, seeds: 9}
engine: fused
reporters: [csv]
"""

STOPPING = """
name: struck
dataset: {name: pima, sample: 300}
model: {name: mlp, hidden: [12]}
training:
  batch_size: 10
  validation: 0.2
  callbacks:
    - {name: early_stopping, patience: 3, restore_best_weights: true}
    - {name: reduce_lr_on_plateau, patience: 2}
search: {space: {training: {epochs: [5, EPOCHS]}, callbacks: {early_stopping: {patience: [1, 4]}}, neurons: {neurons: [2, 8, 20]}}}
validation: {method: kfold, folds: 3, seeds: SEEDS}
engine: ENGINE
reporters: [csv, histories]
"""

HALVED = (
    STOPPING.replace("search: {", "search: {strategy: {name: halving, epochs: 3}, ")
    .replace("epochs: [5, EPOCHS]", "learning_rate: [0.001, 0.01]")
    .replace("batch_size: 10", "batch_size: 10\n  epochs: EPOCHS")
)
"""Fits go on from the states that trainings with fewer epochs have left."""

ENGINES = {
    "sklearn": SKLEARN,
    "fused": FUSED,
    "fused-stopping": STOPPING.replace("ENGINE", "fused").replace("SEEDS", "5"),
    "fused-halving": HALVED.replace("ENGINE", "fused").replace("SEEDS", "5"),
    "scikeras-stopping": STOPPING.replace("ENGINE", "scikeras").replace("SEEDS", "1"),
}

TIMES = ("mean_fit_seconds", "mean_score_seconds", "fit_seconds", "score_seconds")
"""Columns of results.csv that no two runs share."""


def start(folder: Path, *options: str) -> subprocess.Popen[str]:
    """`gridloom run` of experiment.yaml in the folder, in a process group of its own."""
    command = [sys.executable, "-m", "gridloom", "run", "experiment.yaml", *options]
    return subprocess.Popen(
        command, cwd=folder, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, start_new_session=True
    )


def journaled(folder: Path) -> int:
    """The number of finished fits of the run in the folder."""
    file = folder / "runs" / "struck" / "journal.sqlite"
    with suppress(sqlite3.Error), closing(sqlite3.connect(f"file:{file}?mode=ro", uri=True)) as database:
        return int(database.execute("SELECT COUNT(*) FROM fits").fetchone()[0])
    return 0


def wait_until(condition: Callable[[], bool], process: subprocess.Popen[str]) -> None:
    """Wait until the condition holds or the process has ended."""
    while not condition() and process.poll() is None:
        time.sleep(0.02)


def workers_of(process: subprocess.Popen[str]) -> list[int]:
    """The ids of the worker processes of a run, by the mark in their environment."""
    found = []
    for folder in Path("/proc").glob("[0-9]*"):
        with suppress(OSError):
            if f"-{process.pid}-".encode() in _mark((folder / "environ").read_bytes()):
                found.append(int(folder.name))
    return found


def _mark(environment: bytes) -> bytes:
    return next((item for item in environment.split(b"\0") if item.startswith(b"GRIDLOOM_WORKER=")), b"")


def strike(process: subprocess.Popen[str], whom: str) -> None:
    """Kill -9 the parent, one of its workers, or the whole group."""
    with suppress(ProcessLookupError):
        if whom == "parent":
            os.kill(process.pid, signal.SIGKILL)
        elif whom == "group":
            os.killpg(process.pid, signal.SIGKILL)
        elif workers := workers_of(process):
            os.kill(workers[0], signal.SIGKILL)


def table(folder: Path) -> str:
    """results.csv of the run in the folder, without times, and the histories of all fits, where they are reported."""
    with (folder / "runs" / "struck" / "results.csv").open(newline="") as file:
        rows = [{key: value for key, value in row.items() if key not in TIMES} for row in csv.DictReader(file)]
    histories = folder / "runs" / "struck" / "histories.json"
    return "\n".join([*map(str, rows), histories.read_text() if histories.exists() else ""])
