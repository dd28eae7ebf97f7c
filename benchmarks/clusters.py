"""The article's four experiments by each executor: seconds, and whether the tables are the same to the byte.

    python benchmarks/clusters.py [loky dask-2 dask-4 ray ...]

`loky` and `ray` have as many processes as there are cores; `dask-2` a scheduler and two workers of one thread each, all of them processes of
this machine, which are there before the run begins. What differs from loky's in `gridloom show` or `results.csv` is named.
"""

from __future__ import annotations

import argparse
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, ExitStack, contextmanager
from functools import partial
from pathlib import Path

from four import FOUR


@contextmanager
def plain(name: str, _: Path) -> Iterator[str]:
    """What stands under `executor:` for one that starts its workers itself."""
    yield name


@contextmanager
def dask(workers: int, folder: Path) -> Iterator[str]:
    """What stands under `executor:` for a Dask cluster with so many workers."""
    file, dask = folder / "scheduler.json", f"{sys.executable} -m distributed.cli.dask_"
    with ExitStack() as stack, (folder / "dask.log").open("w") as log:
        start = partial(_process, stack, log)
        start(f"{dask}scheduler --host 127.0.0.1 --port 0 --no-dashboard --scheduler-file {file}")
        for _ in range(workers):
            start(f"{dask}worker --scheduler-file {file} --nthreads 1 --no-dashboard --local-directory {folder}")
        while (folder / "dask.log").read_text().count("Registered to:") < workers:
            time.sleep(0.1)
        yield f"{{name: dask, address: {file}}}"


def _process(stack: ExitStack, log: object, command: str) -> None:
    process = subprocess.Popen(command.split(), stdout=log, stderr=log)  # type: ignore[call-overload]
    stack.callback(process.wait)
    stack.callback(process.terminate)


EXECUTORS: dict[str, Callable[[Path], AbstractContextManager[str]]] = {
    "loky": partial(plain, "loky"),
    "dask-2": partial(dask, 2),
    "dask-4": partial(dask, 4),
    "ray": partial(plain, "ray"),
}


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("executors", nargs="*", default=list(EXECUTORS))
    names = parser.parse_args().executors
    print(f"| experiment | {', s | '.join(names)}, s | tables |\n| --- |{' ---: |' * len(names)} --- |")
    seconds: dict[str, dict[str, float]] = {}
    tables: dict[str, dict[str, list[bytes]]] = {}
    for name in names:
        with tempfile.TemporaryDirectory() as folder, EXECUTORS[name](Path(folder)) as executor:
            for file in FOUR:
                started = time.perf_counter()
                shown = run(file, executor, Path(folder))
                seconds.setdefault(file.stem, {})[name] = time.perf_counter() - started
                tables.setdefault(file.stem, {})[name] = shown
    for experiment, by_name in seconds.items():
        of = tables[experiment]
        others = [name for name in names if of[name] != of[names[0]]]
        told = "differ: " + ", ".join(others) if others else "same"
        print(f"| {experiment} | {' | '.join(f'{by_name[name]:.1f}' for name in names)} | {told} |")


def run(file: Path, executor: str, folder: Path) -> list[bytes]:
    """Run an experiment; returns what is shown of it, and its table."""
    gridloom("run", file, "--set", f"executor={executor}", "--set", "refit=false", folder=folder)
    shown = gridloom("show", file.stem, folder=folder)
    return [shown, (folder / "runs" / file.stem / "results.csv").read_bytes()]


def gridloom(*arguments: object, folder: Path) -> bytes:
    """What the command prints."""
    command = [sys.executable, "-m", "gridloom", *map(str, arguments)]
    done = subprocess.run(command, cwd=folder, env=os.environ, stdout=subprocess.PIPE, check=True)
    return done.stdout


if __name__ == "__main__":
    main()
