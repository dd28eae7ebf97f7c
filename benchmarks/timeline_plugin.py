"""A plugin for benchmarks/timeline.py: notes how long the parts of `gridloom run` take, in its process and in its workers.

Each process appends lines "part start seconds" to a file of its own in the folder that the variable TIMELINE names.
"""

from __future__ import annotations

import functools
import os
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import gridloom

FOLDER = Path(os.environ["TIMELINE"])
COMPILING = "/jax/core/compile/backend_compile_duration"
TRACING = ("/jax/core/compile/jaxpr_trace_duration", "/jax/core/compile/jaxpr_to_mlir_module_duration")


def note(part: str, seconds: float) -> None:
    """Append a line for what ends now."""
    with (FOLDER / f"{os.getpid()}.txt").open("a") as file:
        file.write(f"{part}\t{time.perf_counter() - seconds}\t{seconds}\n")


def age() -> float:
    """How many seconds ago this process began, by Linux's clock since the start, which psutil rounds to a second."""
    began = int(Path("/proc/self/stat").read_text().rpartition(")")[2].split()[19]) / os.sysconf("SC_CLK_TCK")
    return time.clock_gettime(time.CLOCK_BOOTTIME) - began


@contextmanager
def noting(part: str) -> Iterator[None]:
    """Note how long the block takes."""
    started = time.perf_counter()
    try:
        yield
    finally:
        note(part, time.perf_counter() - started)


def noted(part: str, function: Callable[..., Any]) -> Callable[..., Any]:
    """The function, whose seconds are noted."""

    @functools.wraps(function)
    def call(*given: Any, **named: Any) -> Any:
        with noting(part):
            return function(*given, **named)

    return call


def in_the_command() -> None:
    """Note what the command does: its start, its waiting for fits, its refits, and each experiment."""
    from gridloom.runs import runner
    from gridloom.training import pool

    note("start", age())
    runner.refit_best = noted("refit", runner.refit_best)  # type: ignore[attr-defined]
    runner.report = noted("report", runner.report)  # type: ignore[attr-defined]
    run = pool.Workers.run

    def waiting(*given: Any, **named: Any) -> Iterator[Any]:
        batches = run(*given, **named)
        while True:
            started = time.perf_counter()
            batch = next(batches, None)
            note("fits", time.perf_counter() - started)
            if batch is None:
                return
            yield batch

    pool.Workers.run = waiting  # type: ignore[method-assign]


def in_a_worker() -> None:
    """Note what a worker does: its start and imports, then tracing and compiling, as JAX says, and whole batches."""
    from gridloom.training import worker
    from gridloom_plugins.engines import fused

    note("worker start", age())
    with noting("worker imports"):
        fused._prepare()  # noqa: SLF001  (a measurement)
    import jax

    def heard(event: str, seconds: float, **_: Any) -> None:
        part = "compiling" if event == COMPILING else "tracing" if event in TRACING else ""
        if part:
            note(part, seconds)

    jax.monitoring.register_event_duration_secs_listener(heard)
    worker._trained = noted("batches", worker._trained)  # noqa: SLF001


@gridloom.hookimpl
def gridloom_families() -> Iterator[gridloom.Family]:
    """None: it is loaded for what it notes."""
    yield from ()


if "loky" in Path("/proc/self/cmdline").read_text():
    in_a_worker()
else:
    in_the_command()
