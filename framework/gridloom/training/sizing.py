"""How many workers a run has on this machine, and what to say of the memory that they take."""

from __future__ import annotations

from joblib import cpu_count

from gridloom.core.spelling import spelled_option
from gridloom.training.belongings import held_by_workers
from gridloom.training.memory import free_memory

MOST_WORKERS = 100_000
"""How many workers may be asked for."""


def worker_count(n_jobs: int) -> int:
    """How many workers `n_jobs` stands for: -1 is one for every core, -2 one less, and so on.

    Raises ValueError for 0, and for more than MOST_WORKERS.
    """
    if n_jobs == 0:
        raise ValueError("n_jobs must be a number of workers, or -1 for one per core; 0 is not allowed")
    if n_jobs > MOST_WORKERS:
        raise ValueError(f"n_jobs is the number of workers; at most {MOST_WORKERS:,} are allowed")
    return n_jobs if n_jobs > 0 else max(1, cpu_count() + 1 + n_jobs)


def count_with_room(n_jobs: int, each: int) -> tuple[int, str]:
    """How many workers there will be that take so many bytes each, and what to say of it; one at least.

    Numbers below 0 leave it open, so that no more start than memory has room for; others are what they say.
    """
    wanted, free = worker_count(n_jobs), free_memory()
    if free is None or wanted * each <= free:
        return wanted, ""
    free += held_by_workers()  # they go on, or end before others start
    if wanted * each <= free:
        return wanted, ""
    room = max(1, free // each)
    takes = f"each needs about {_gib(each)}, and {_gib(free)} are free"
    if wanted == room:  # one
        return wanted, f"memory is short: a worker needs about {_gib(each)}, and {_gib(free)} are free"
    if n_jobs > 0:
        return wanted, f"memory is short for {wanted:,} workers: {takes}; {spelled_option('n_jobs', room)} fits"
    workers = "1 worker" if room == 1 else f"{room:,} workers"
    return room, f"{workers}, not {wanted:,}: {takes}; {spelled_option('n_jobs', wanted)} starts {wanted:,} anyway"


def _gib(size: int) -> str:
    return f"{size / 2**30:.1f} GiB"
