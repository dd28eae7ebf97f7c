"""The executor `dask`: workers of a Dask cluster that there is, or that is opened for a run."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from importlib.util import find_spec
from typing import Annotated, Any

from annotated_types import Ge

from gridloom import FarSession, GridloomError, Session, StopRun
from gridloom_plugins.executors.on_dask.clusters import Adaptive, Place, cluster_place, found_place
from gridloom_plugins.executors.on_dask.kinds import Kind


@contextmanager
def opened(
    count: int | None,
    environment: Mapping[str, str],
    address: str | None = None,
    cluster: Kind | None = None,
    workers: Annotated[int, Ge(1)] | Adaptive | None = None,
    cluster_options: dict[str, Any] | None = None,
) -> Iterator[Session]:
    """Workers of a Dask cluster, on any machines; `pip install 'gridloom[dask]'`.

    `address` is the address of the scheduler (`tcp://host:8786`), or its scheduler file (`scheduler.json`); without it
    and `cluster`, it is taken from Dask's own configuration, such as the variable DASK_SCHEDULER_ADDRESS.

    `cluster` opens one for the run instead, and closes it afterwards: local, slurm, pbs, sge, lsf, htcondor, oar or
    moab (by dask-jobqueue) or kubernetes (by dask-kubernetes). `workers` is the number of its workers, or `{minimum: 0,
    maximum: 40}` to adapt it to the work; by default it is `--n-jobs`. `cluster_options` are the options of Dask's own
    class, such as `{queue: short, cores: 4, memory: 8GB}`; others are taken from Dask's own configuration.
    """
    if find_spec("distributed") is None:
        raise GridloomError("the executor 'dask' needs Dask: pip install 'gridloom[dask]'")
    from gridloom_plugins.executors.on_dask.quiet import quiet

    with ExitStack() as stack:
        stack.enter_context(quiet())
        if cluster is None:
            place = found_place(address, workers=workers, cluster_options=cluster_options)
        elif address is None:
            place = stack.enter_context(cluster_place(cluster, workers or count, cluster_options or {}))
        else:
            raise StopRun("executor 'dask': use either address or cluster, not both")
        yield stack.enter_context(_session(place, environment))


@contextmanager
def _session(place: Place, environment: Mapping[str, str]) -> Iterator[Session]:
    from gridloom_plugins.executors.on_dask.calls import is_wanted
    from gridloom_plugins.executors.on_dask.client import Calls, client_of

    with client_of(place) as client, Calls(client, place) as calls:
        session = FarSession(
            calls.submit, environment, is_wanted=is_wanted, share=calls.share, capacity=lambda: calls.capacity
        )
        calls.ending = session.ending
        yield session
