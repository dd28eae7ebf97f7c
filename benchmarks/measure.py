"""Wall clock and peak memory of a command with all its descendants."""

from __future__ import annotations

import subprocess
import threading
import time
from collections.abc import Sequence
from dataclasses import dataclass

import psutil

MIB = 1024 * 1024


@dataclass(frozen=True)
class Measured:
    """Seconds from start to end, the largest sum of resident MiB over all processes, seen ten times a second, and what was printed."""

    seconds: float
    peak_mib: float
    output: str = ""


def measure(command: Sequence[str], folder: str) -> Measured:
    """Run a command in a folder; CalledProcessError with its output when it fails."""
    started = time.perf_counter()
    process = subprocess.Popen(command, cwd=folder, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
    peak = 0.0

    def watch() -> None:
        nonlocal peak
        while process.poll() is None:
            peak = max(peak, tree_mib(process.pid))
            time.sleep(0.1)

    watcher = threading.Thread(target=watch)
    watcher.start()
    output, _ = process.communicate()
    seconds = time.perf_counter() - started
    watcher.join()
    if process.returncode:
        raise subprocess.CalledProcessError(process.returncode, command, output)
    return Measured(seconds, peak, output)


def tree_mib(pid: int) -> float:
    """The resident MiB of a process and its descendants; 0 once it has ended."""
    try:
        root = psutil.Process(pid)
        return sum(resident(child) for child in [root, *root.children(recursive=True)])
    except psutil.NoSuchProcess:
        return 0.0


def resident(process: psutil.Process) -> float:
    """The resident MiB of one process; 0 once it has ended."""
    try:
        return float(process.memory_info().rss) / MIB
    except psutil.NoSuchProcess:
        return 0.0
