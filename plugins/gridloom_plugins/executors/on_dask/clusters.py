"""Where a Dask scheduler is: at an address, or in a cluster that is opened for a run by the class that Dask has for it."""

from __future__ import annotations

import gc
import json
import signal
import threading
import traceback
import warnings
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from multiprocessing import resource_tracker
from pathlib import Path
from typing import Annotated, Any

from annotated_types import Ge

from gridloom import GridloomError, StopRun, nearest
from gridloom_plugins.executors.on_dask.kinds import CLASSES, Kind, KindOfCluster

CLOSE_SECONDS = 10.0
"""How long a cluster may take to close."""

OWN = {"distributed.scheduler.active-memory-manager.start": False}
"""How schedulers that we start differ from others: what a worker has of the data, it keeps while it has nothing to do."""


@dataclass(frozen=True)
class Adaptive:
    """As many workers as there is work, within these bounds."""

    minimum: Annotated[int, Ge(0)]
    maximum: Annotated[int, Ge(1)]

    def __post_init__(self) -> None:
        if self.minimum > self.maximum:
            raise ValueError(f"minimum must be at most maximum, not {self.minimum} and {self.maximum}")


@dataclass(frozen=True)
class Place:
    """A scheduler: what a client of Dask is given to find it, and what messages call it."""

    client_options: Mapping[str, Any]
    told: str
    most_workers: int | None = None
    """To how many workers the cluster grows, where it follows the number of calls."""


def found_place(address: str | None, **options: object) -> Place:
    """The scheduler at an address, or the one that Dask's configuration names; StopRun where there is neither.

    `options` are those that make no sense for a cluster that somebody else has opened.
    """
    if misplaced := next((name for name, value in options.items() if value is not None), None):
        raise StopRun(
            f"executor 'dask': {misplaced} is for a cluster that is opened for the run; name its kind, as in `cluster: "
            f"local`"
        )
    from dask import config

    address = address or config.get("scheduler-address", None) or config.get("scheduler-file", None)
    if not address:
        raise StopRun(
            "executor 'dask' needs workers: give the address of a scheduler, {name: dask, address: tcp://HOST:8786}, "
            "have a cluster opened, {name: dask, cluster: local}, or set DASK_SCHEDULER_ADDRESS"
        )
    if "://" not in address and (address.endswith(".json") or Path(address).is_file()):
        if not Path(address).is_file():
            raise StopRun(f"executor 'dask': there is no scheduler file {address}")
        return Place({"scheduler_file": address}, address)
    return Place({"address": address}, address)


def check_address(where: Place) -> None:
    """StopRun for an address, or a scheduler file, that can be none: Dask's client would take most of a minute to find out."""
    if file := where.client_options.get("scheduler_file"):
        try:
            address = json.loads(Path(file).read_text("utf-8"))["address"]
        except (OSError, ValueError, TypeError, KeyError):
            raise StopRun(
                f"executor 'dask': {file} is not a scheduler file as written by `dask scheduler --scheduler-file`"
            ) from None
    else:
        address = where.client_options["address"]
    if not isinstance(address, str):  # a cluster that was opened for the run
        return
    from distributed.comm.addressing import parse_address, parse_host_port
    from distributed.comm.registry import backends

    try:
        scheme, location = parse_address(address)
        if scheme in ("tcp", "tls"):
            parse_host_port(location)
    except ValueError as error:
        told = f"{error}; " if "port" not in str(error) else ""
        raise StopRun(
            f"executor 'dask': {address!r} is not the address of a scheduler: {told}write its host and port, such as "
            "tcp://head:8786"
        ) from None
    if scheme not in backends and scheme not in ("ws", "wss"):
        raise StopRun(
            f"executor 'dask': {address!r} is not the address of a scheduler: Dask does not know {scheme}://; write "
            f"tcp://HOST:PORT"
        )


@contextmanager
def cluster_place(kind: Kind, workers: int | Adaptive | None, options: Mapping[str, Any]) -> Iterator[Place]:
    """A cluster, opened unless this process has opened the like already, and closed when nobody here uses it any more."""
    known = CLASSES[kind]
    for name in options:
        if name not in known.options:
            raise StopRun(
                f"executor 'dask': unknown option {name!r} in cluster_options of {known.name}; {nearest(name, known.options)}. "
                f"An experiment contains no code: configure what runs on the machines in {known.configuration}"
            )
    if workers is None and kind != "local":
        raise StopRun(
            f"executor 'dask': the {kind} cluster needs a number of workers; write `workers: 10`, "
            "`workers: {minimum: 0, maximum: 10}`, or --n-jobs 10"
        )
    key = repr((kind, sorted(options.items())))
    with _lock, _in_words(known):
        own = _clusters.get(key)
        if own is None:
            own = _clusters[key] = _Own(known, options)
        own.users += 1
    try:
        with _in_words(known):
            own.scale(workers)
        yield Place({"address": own.cluster}, f"the {kind} cluster", getattr(workers, "maximum", None))
    finally:
        with _lock:
            own.users -= 1
            is_last = not own.users
            if is_last:
                del _clusters[key]
        if is_last:
            with suppress(Exception):
                own.cluster.close(timeout=CLOSE_SECONDS)


class _Own:
    """A cluster that is open, and how many sessions use it."""

    def __init__(self, known: KindOfCluster, options: Mapping[str, Any]) -> None:
        from dask import config

        with warnings.catch_warnings(), _without_interrupts(), config.set(OWN):
            warnings.simplefilter("ignore")  # of ports that are taken, and the like
            try:
                self.cluster = known.load()(**{**known.defaults, **options})
            except Exception as error:
                _forget_half_made(error)
                raise
        self.users = 0
        self._workers = 0

    def scale(self, workers: int | Adaptive | None) -> None:
        """Have so many workers started, unless another session has more."""
        if isinstance(workers, Adaptive):
            self.cluster.adapt(minimum=workers.minimum, maximum=workers.maximum)
            return
        from dask.system import CPU_COUNT

        number = workers or CPU_COUNT
        if number > self._workers:
            self._workers = number
            self.cluster.scale(number)


_clusters: dict[str, _Own] = {}
_lock = threading.Lock()


@contextmanager
def _without_interrupts() -> Iterator[None]:
    """Have threads and processes that are started in here, and by these, deaf to a Ctrl-C that all processes of a terminal get.

    Whoever opened the cluster closes it.
    """
    if not hasattr(signal, "pthread_sigmask"):  # on Windows
        yield
        return
    resource_tracker.ensure_running()  # or it would let interrupts through again as it starts
    before = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)


@contextmanager
def _in_words(known: KindOfCluster) -> Iterator[None]:
    """Turn what Dask does not accept, or cannot do, into a sentence."""
    try:
        yield
    except GridloomError:
        raise
    except Exception as error:
        told = " ".join(str(error).split()) or type(error).__name__
        raise StopRun(f"executor 'dask': {known.name} cannot be opened: {told}") from None


def _forget_half_made(error: BaseException) -> None:
    """Let go of a cluster whose constructor has failed, while warnings are ignored: it warns as it goes, and cannot be printed."""
    chained: BaseException | None = error
    while chained is not None:
        traceback.clear_frames(chained.__traceback__)
        chained = chained.__context__
    gc.collect()
