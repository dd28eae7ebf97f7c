"""The built-in executors."""

from __future__ import annotations

from collections.abc import Iterator

from gridloom import Executor, hookimpl, open_processes
from gridloom_plugins.executors.dask import opened as open_dask


@hookimpl
def gridloom_executors() -> Iterator[Executor]:
    """Processes of this machine, and clusters."""
    yield Executor(
        "loky", "Processes of this machine, one for every core unless n_jobs says otherwise.", open_processes
    )
    yield Executor("dask", "Workers of a Dask cluster, on any machines.", open_dask, far=True)
