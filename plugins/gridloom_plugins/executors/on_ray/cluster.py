"""The executor `ray`: tasks on a cluster of Ray, or on one that is started on this machine for the run."""

from __future__ import annotations

import os
import socket
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from importlib.util import find_spec

from gridloom import ClusterLost, FarSession, Session, StopRun
from gridloom_plugins.executors.on_ray.link import Driver, RaySession

NEEDED = "the executor 'ray' needs Ray: pip install 'gridloom[ray]'"

VARIABLE = "RAY_ADDRESS"
"""Ray's own variable for the address of a cluster."""

REACH_SECONDS = 10.0
"""How long an address may take to answer."""


@contextmanager
def opened(count: int | None, environment: Mapping[str, str], address: str | None = None) -> Iterator[Session]:
    """Train in Ray tasks, each on one CPU; `pip install 'gridloom[ray]'`.

    `address` is the address of a cluster: `auto` on one of its machines, `ray://HOST:10001` from outside, or HOST:PORT
    of its head. By default it is the variable RAY_ADDRESS; if that is not set, or the address is `local`, Ray is
    started on this machine with `--n-jobs` workers and stopped with the run.
    """
    if find_spec("ray") is None:
        raise StopRun(NEEDED)
    place = address or os.environ.get(VARIABLE) or "local"
    _check_reached(place)
    driver = _lend(place, count)
    try:
        session = RaySession(driver)
        try:
            yield FarSession(session.submit, environment, share=session.share, capacity=session.capacity)
        except BaseException:
            session.kill()
            raise
        else:
            session.wait()
    finally:
        _give_back(driver)


def _check_reached(address: str) -> None:
    """StopRun where nothing listens at an address: Ray itself would try for minutes."""
    host, _, port = address.removeprefix("ray://").rpartition(":")
    if not host or not port.isdigit():
        return
    try:
        socket.create_connection((host.strip("[]"), int(port)), REACH_SECONDS).close()
    except OSError as error:
        raise ClusterLost(f"there is no Ray cluster at the address {address!r}: {error.strerror or error}") from None


_drivers: dict[Driver, int] = {}
"""The drivers of sessions that are open, each with their number: Ray takes seconds to start."""

_lock = threading.Lock()


def _lend(address: str, count: int | None) -> Driver:
    """A driver that is connected to the cluster."""
    with _lock:
        found = next((each for each in _drivers if each.address == address and each.lost is None), None)
        driver = found or Driver(address, count or _cores())
        _drivers[driver] = _drivers.get(driver, 0) + 1
        return driver


def _cores() -> int:
    from joblib import cpu_count

    return int(cpu_count())


def _give_back(driver: Driver) -> None:
    with _lock:
        _drivers[driver] -= 1
        if _drivers[driver]:
            return
        del _drivers[driver]
    driver.end()
