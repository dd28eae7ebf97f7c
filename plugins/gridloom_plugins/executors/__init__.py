"""The built-in executors."""

from __future__ import annotations

from collections.abc import Iterator

from gridloom import Executor, hookimpl, open_processes
from gridloom_plugins.executors.on_dask.opening import opened as open_dask
from gridloom_plugins.executors.on_ray.cluster import opened as open_ray
from gridloom_plugins.executors.on_slurm.jobs import opened as open_submitit


@hookimpl
def gridloom_executors() -> Iterator[Executor]:
    """Processes of this machine, and clusters."""
    yield Executor("loky", "Processes on this machine, by default one per core.", open_processes)
    yield Executor("dask", "Workers of a Dask cluster, on any machines.", open_dask, far=True)
    yield Executor("submitit", "SLURM jobs, each with one worker, submitted by submitit.", open_submitit, far=True)
    yield Executor("ray", "Ray tasks, on a cluster or on this machine.", open_ray, far=True)
