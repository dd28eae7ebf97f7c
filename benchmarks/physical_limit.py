"""How fast the four experiments could be: the same fits by a loop in C, see c_loop.c, with all cores.

    python benchmarks/physical_limit.py [--epochs 100] [--seeds 20] [--threads N] [--only dropout]

prints seconds, fits and microseconds per step, those of `gridloom run` beside them, with an empty and then a full cache of
programs, and, to show that the C program learns, the mean accuracy of each experiment on the rows held out. Of the C loop
only compiling and starting are left out. The training part of ours is the sum of the fits' own seconds by the clock, so
other programs that keep the cores busy add to it, and so do our own that are compiled meanwhile.
"""

from __future__ import annotations

import argparse
import itertools
import json
import math
import os
import platform
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml
from four import FOUR

ROOT = Path(__file__).resolve().parent.parent
DATA = ROOT / "plugins/gridloom_plugins/datasets/pima.csv"
SOURCE = ROOT / "benchmarks/c_loop.c"
FLAGS = ("-std=gnu11", "-O3", "-march=native", "-ffast-math", "-fopenmp-simd")
FOLDS, STEPS = 3, 52
"""The splits of a candidate, and the batches of an epoch."""


@dataclass(frozen=True)
class Loop:
    """Seconds by the clock and of all threads' processors, and each fit's accuracy and last loss, by experiment."""

    seconds: float
    cpu_seconds: float
    fits: dict[str, list[tuple[float, float]]]

    @property
    def n_fits(self) -> int:
        """The number of fits of all experiments."""
        return sum(map(len, self.fits.values()))


def main() -> None:
    """Run the loop and print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--epochs", type=int, default=100)
    parser.add_argument("--seeds", type=int, default=20)
    parser.add_argument("--threads", type=int, default=os.cpu_count())
    parser.add_argument("--only", choices=[path.stem for path in FOUR])
    given = parser.parse_args()
    loop = run(given.epochs, given.seeds, given.threads, given.only)
    print(f"{'experiment':<12} {'fits':>5} {'accuracy':>9} {'loss':>7}")
    for name, fits in loop.fits.items():
        accuracy, loss = (statistics.fmean(values) for values in zip(*fits, strict=True))
        print(f"{name:<12} {len(fits):>5} {accuracy:>9.4f} {loss:>7.4f}")
    steps = loop.n_fits * given.epochs * STEPS
    with tempfile.TemporaryDirectory() as cache:
        ours = {name: gridloom(given.epochs, given.seeds, given.only, cache) for name in ("empty", "full")}
    print(
        f"{loop.n_fits} fits of {given.epochs} epochs in {loop.seconds:.2f} s with {given.threads} thread(s), "
        f"{loop.seconds / steps * 1e6:.3f} µs a step; CPU time {loop.cpu_seconds:.2f} s, "
        f"{loop.cpu_seconds / steps * 1e6:.3f} µs a step"
    )
    for name, own in ours.items():
        print(
            f"gridloom run, {name} cache: {own.seconds:.1f} s; {own.training:.1f} s of its workers were training, "
            f"{own.training / steps * 1e6:.3f} µs a step, {own.training / loop.cpu_seconds:.1f} times the CPU time of C"
        )


@dataclass(frozen=True)
class Ours:
    """Seconds of `gridloom run` by the clock, and the sum of the fits' own: all workers', without compiling."""

    seconds: float
    training: float


def gridloom(epochs: int, seeds: int, only: str | None, cache: str) -> Ours:
    """Run the same fits by the engine `fused`, which keeps programs in the folder `cache`."""
    names = [only] if only else sorted({name for name, _ in candidates()})
    with tempfile.TemporaryDirectory() as folder:
        command = [sys.executable, "-m", "gridloom", "run", *(str(ROOT / f"experiments/{name}.yaml") for name in names)]
        changes = (f"validation.seeds={seeds}", f"training.epochs={epochs}", "reporters=[json]", "refit=false")
        command += ["--engine", "fused", *(part for change in changes for part in ("--set", change))]
        environment = os.environ | {"JAX_COMPILATION_CACHE_DIR": cache}
        started = time.perf_counter()
        subprocess.run(command, cwd=folder, env=environment, check=True)
        seconds = time.perf_counter() - started
        results = [json.loads((Path(folder) / "runs" / name / "results.json").read_text()) for name in names]
    trials = [trial for result in results for trial in result["trials"]]
    return Ours(seconds, sum(fit["fit_seconds"] for trial in trials for fit in trial["fits"]))


def run(epochs: int, seeds: int, threads: int, only: str | None = None) -> Loop:
    """Compile and run the C program on the candidates of all experiments, or of one."""
    listed = [(name, line) for name, line in candidates() if only in (None, name)]
    with tempfile.TemporaryDirectory() as folder:
        program = compiled(Path(folder))
        command = [str(program), str(DATA), str(epochs), str(seeds), str(threads)]
        given = "".join(line + "\n" for _, line in listed)
        done = subprocess.run(command, input=given, capture_output=True, text=True, check=False)
    if done.returncode:
        sys.exit(done.stderr.strip() or f"the C program ended with {done.returncode}")
    *lines, last = done.stdout.splitlines()
    fits: dict[str, list[tuple[float, float]]] = {}
    names = (name for name, _ in listed for _ in range(FOLDS * seeds))
    for name, line in zip(names, lines, strict=True):
        accuracy, loss = map(float, line.split())
        fits.setdefault(name, []).append((accuracy, loss))
    return Loop(*map(float, last.split()), fits)


def compiled(folder: Path) -> Path:
    """The C program, compiled into this folder; ends the benchmark where there is no compiler."""
    compiler = next(filter(None, map(shutil.which, ("cc", "gcc", "clang"))), None)
    if compiler is None:
        sys.exit("this benchmark needs a C compiler: cc, gcc or clang on the PATH")
    # compilers keep to 256 bits by default even where the processor has 512
    wide = ["-mprefer-vector-width=512"] if platform.machine() in ("x86_64", "AMD64") else []
    program = folder / "c_loop"
    command = [compiler, *FLAGS, *wide, str(SOURCE), "-o", str(program), "-lm", "-lpthread"]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode:
        sys.exit(f"{' '.join(command)}\n{done.stderr}")
    return program


def candidates() -> Iterator[tuple[str, str]]:
    """The experiment, and the line that c_loop.c reads, of each candidate of the four experiments."""
    for path in FOUR:
        page = yaml.safe_load(path.read_text())
        values = {name: choices for family in page["search"]["space"].values() for name, choices in family.items()}
        for chosen in itertools.product(*values.values()):
            yield page["name"], line_of({**page["model"], **dict(zip(values, chosen, strict=True))})


def line_of(options: dict[str, Any]) -> str:
    """One candidate for c_loop.c, of the builder's options and the families' values."""
    units = options.get("neurons", options["hidden"][0])
    activation = options.get("activation", "relu")
    rate = options.get("dropout_rate", options.get("dropout", 0))
    norm = options.get("weight_constraint", options.get("max_norm", 0))
    mode = options.get("init_mode", options.get("initializer", "glorot_uniform"))
    return f"{units} {activation} {rate} {norm} {limit(mode, 8, units)} {limit(mode, units, 1)}"


def limit(mode: str, inputs: int, outputs: int) -> float:
    """The limit of a uniform distribution with the variance that Keras's initializer has."""
    kind = mode.removesuffix("_uniform").removesuffix("_normal")
    return {
        "zero": 0.0,
        "uniform": 0.05,
        "normal": 0.05 * math.sqrt(3),
        "lecun": math.sqrt(3 / inputs),
        "glorot": math.sqrt(6 / (inputs + outputs)),
        "he": math.sqrt(6 / inputs),
    }[kind]


if __name__ == "__main__":
    main()
