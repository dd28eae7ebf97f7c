"""How large data travel to the workers of a Dask cluster: bytes, seconds, memory.

    python benchmarks/travelling_data.py [--mib 500] [--workers 4]

A plugin makes data of so many MiB, and scikit-learn's DummyClassifier is trained on them, 16 fits. The scheduler and the workers, of one
thread each, are processes of this machine. From whom each worker had the data is what distributed has noted there; bytes are
those that its sockets have received (`ss`). Memory is resident MiB, the most seen four times a second: of the process itself, and
of the process that trains for it, which maps the worker's copy of the data, so that both count it.
"""

from __future__ import annotations

import argparse
import re
import subprocess
import sys
import tempfile
import time
from collections import defaultdict
from contextlib import closing, suppress
from pathlib import Path
from sqlite3 import Error, connect

import psutil
from clusters import dask
from measure import MIB, resident

PLUGIN = """
import gridloom, numpy as np

def load(mib: int):
    rows = mib * 1024 * 1024 // (8 * 100)
    X = np.random.default_rng(0).normal(size=(rows, 100))
    return gridloom.Data(X=X, y=np.arange(rows) % 2)

def build(number: int = 0):
    from sklearn.dummy import DummyClassifier
    return DummyClassifier()

@gridloom.hookimpl
def gridloom_datasets():
    yield gridloom.Dataset("large", "As large as it is to be.", load)

@gridloom.hookimpl
def gridloom_model_builders():
    yield gridloom.ModelBuilder("nothing", "Learns nothing.", build, makes="estimator")
"""

EXPERIMENT = """
name: large
dataset: {{name: large, mib: {mib}}}
model: nothing
search: {{space: {{model: {{number: [1, 2, 3, 4, 5, 6, 7, 8]}}}}}}
validation: {{method: kfold, folds: 2}}
executor: {executor}
reporters: [csv]
"""


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--mib", type=int, default=500)
    parser.add_argument("--workers", type=int, default=4)
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory() as name, dask(arguments.workers, Path(name)) as executor:
        folder = Path(name)
        (folder / "large.py").write_text(PLUGIN, "utf-8")
        (folder / "large.yaml").write_text(EXPERIMENT.format(mib=arguments.mib, executor=executor), "utf-8")
        print_measured(folder)


def print_measured(folder: Path) -> None:
    """Run the experiment, and print what was seen meanwhile."""
    names = roles(folder)
    own, child, received = defaultdict[int, float](float), defaultdict[int, float](float), defaultdict[str, int](int)
    started, first = time.perf_counter(), 0.0
    command = [sys.executable, "-m", "gridloom", "run", "large.yaml", "-p", "large.py"]
    with subprocess.Popen(command, cwd=folder) as run:
        while run.poll() is None:
            time.sleep(0.25)
            if not first and finished(folder / "runs/large/journal.sqlite"):
                first = time.perf_counter() - started
            for pid in [*names, run.pid]:
                with suppress(psutil.NoSuchProcess):
                    process = psutil.Process(pid)
                    own[pid] = max(own[pid], resident(process))
                    child[pid] = max(child[pid], *(resident(one) for one in process.children(recursive=True)), 0.0)
            note_received(received)
    print(f"first fit after {first:.1f} s, all after {time.perf_counter() - started:.1f} s")
    print(
        "| process | received, MiB | data from | itself, MiB | trains for it, MiB |\n| --- | ---: | --- | ---: | ---: |"
    )
    senders = data_from(folder)
    for pid, name in [*names.items(), (run.pid, "gridloom run")]:
        mib = sum(size for key, size in received.items() if key.startswith(f"{pid} ")) / MIB
        print(f"| {name} | {mib:.0f} | {senders.get(pid, '')} | {own[pid]:.0f} | {child[pid]:.0f} |")


def roles(folder: Path) -> dict[int, str]:
    """The processes of the scheduler and of the workers, by their ids; those of nannies are not among them."""
    from distributed import Client

    with Client(scheduler_file=folder / "scheduler.json", set_as_default=False) as client:
        workers = client.run(lambda: __import__("os").getpid())
        scheduler = client.run_on_scheduler(lambda: __import__("os").getpid())
    return {scheduler: "scheduler"} | {pid: f"worker {number}" for number, pid in enumerate(workers.values(), 1)}


def data_from(folder: Path) -> dict[int, str]:
    """From whom each worker had the data, as distributed has noted."""
    from distributed import Client

    def noted(dask_worker: object) -> tuple[int, list[str]]:
        import os

        return os.getpid(), [entry["who"] for entry in dask_worker.transfer_incoming_log]  # type: ignore[attr-defined]

    with Client(scheduler_file=folder / "scheduler.json", set_as_default=False) as client:
        found = client.run(noted)
    numbers = {address: f"worker {number}" for number, address in enumerate(found, 1)}
    return {pid: ", ".join(numbers[one] for one in who) or "the scheduler" for pid, who in found.values()}


def finished(journal: Path) -> int:
    """How many fits are finished."""
    with suppress(Error), closing(connect(f"file:{journal}?mode=ro", uri=True)) as file:
        (number,) = file.execute("SELECT COUNT(*) FROM fits").fetchone()
        return int(number)
    return 0


def note_received(received: dict[str, int]) -> None:
    """Note how many bytes each open connection has received so far."""
    shown = subprocess.run(["ss", "-tnipOH"], capture_output=True, text=True, check=True).stdout  # noqa: S607
    for line in shown.splitlines():
        if (size := re.search(r"bytes_received:(\d+)", line)) and (pid := re.search(r"pid=(\d+)", line)):
            received[f"{pid[1]} {' '.join(line.split()[3:5])}"] = int(size[1])


if __name__ == "__main__":
    main()
