"""A process that is Ray's driver, seen from the run: calls go there, and futures end with what comes back."""

from __future__ import annotations

import itertools
import os
import pickle
import shutil
import subprocess
import sys
import tempfile
import threading
import weakref
from collections.abc import Mapping
from concurrent.futures import BrokenExecutor, Future, wait
from contextlib import suppress
from multiprocessing import Pipe
from pathlib import Path
from typing import Any

from gridloom import ClusterLost, StopRun
from gridloom_plugins.executors.answers import settle
from gridloom_plugins.executors.on_ray.worker import Shared, keys_of

END_SECONDS = 20.0
"""How long Ray may take to end, before it is killed."""

RESUME = "finished fits are kept; rerun the command to resume"

_PREFIX = "gridloom-ray-"


class Driver:
    """A driver and its futures; StopRun where it cannot be connected.

    `address` is what `ray.init` takes, with "local" for a cluster of `cpus` processes on this machine that ends with the driver.
    """

    def __init__(self, address: str, cpus: int) -> None:
        self.address = address
        self.capacity = 1
        self.lost: StopRun | None = None
        self._futures: dict[int, Future[Any]] = {}
        self._numbers = itertools.count()
        self._lock = threading.Lock()
        self._is_ready = threading.Event()
        self._folder = _made_folder() if address == "local" else None
        self._connection, other = Pipe()
        options = {"address": address, "cpus": cpus, "folder": str(self._folder and self._folder / "r")}
        with other:
            self._process = subprocess.Popen(  # noqa: S603  (a module of ours)
                [
                    sys.executable,
                    "-P",
                    "-m",
                    "gridloom_plugins.executors.on_ray.driver",
                    str(other.fileno()),
                    _hex(options),
                ],
                stdin=subprocess.DEVNULL,
                stdout=subprocess.DEVNULL,
                stderr=subprocess.DEVNULL,
                pass_fds=[other.fileno()],
                start_new_session=True,  # Ctrl-C is for this process, which tells the driver what to do
            )
        self._listening = threading.Thread(target=self._listen, daemon=True)
        self._listening.start()
        try:
            self._is_ready.wait()
            if self.lost is not None:
                raise self.lost
        except BaseException:
            self.end(END_SECONDS if self.lost else 0.0)
            raise

    def submit(self, call: Any, *args: Any) -> Future[Any]:
        """Send a call on its way."""
        future: Future[Any] = Future()
        future.set_running_or_notify_cancel()
        try:
            content = pickle.dumps((call, *args))
        except Exception as error:
            future.set_exception(error)
            return future
        number = next(self._numbers)
        self._futures[number] = future
        self._send("call", number, content, keys_of(args))
        return future

    def share(self, value: Any) -> Any:
        """Have Ray keep a value, as long as there is what is returned here in its place."""
        handle = Shared(f"{os.getpid()}-{next(self._numbers)}")
        self._send("share", handle.key, pickle.dumps(value))
        weakref.finalize(handle, self._forget, handle.key)
        return handle

    def _forget(self, key: str) -> None:
        with suppress(StopRun):
            self._send("forget", key)

    def cancel(self, futures: list[Future[Any]]) -> None:
        """End calls by force, without reporting what becomes of them."""
        numbers = [number for number, future in list(self._futures.items()) if future in futures]
        for number in numbers:
            self._futures.pop(number, None)
        with suppress(StopRun):
            self._send("cancel", numbers)

    def end(self, seconds: float = END_SECONDS) -> None:
        """Disconnect from Ray, with its cluster where that is of this driver's making."""
        with suppress(StopRun):
            self._send("end")
        try:
            self._process.wait(seconds)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()
        self._listening.join()
        self._connection.close()
        if self._folder is not None:
            shutil.rmtree(self._folder, ignore_errors=True)

    def _send(self, *message: Any) -> None:
        if self.lost is not None:
            raise self.lost
        try:
            with self._lock:
                self._connection.send(message)
        except OSError:
            self._lose("its driver has ended")
            raise self.lost from None  # type: ignore[misc]

    def _listen(self) -> None:
        """End futures with what comes back, until the driver is gone."""
        try:
            while True:
                word, *arguments = self._connection.recv()
                getattr(self, f"_on_{word}")(*arguments)
        except (EOFError, OSError):
            self._lose("its head no longer answers")

    def _on_ready(self) -> None:
        self._is_ready.set()

    def _on_refused(self, why: str) -> None:
        self.lost = ClusterLost(f"there is no usable Ray cluster at the address {self.address!r}: {why}")
        self._is_ready.set()

    def _on_capacity(self, number: int) -> None:
        self.capacity = number

    def _on_answer(self, number: int, content: bytes) -> None:
        if (future := self._futures.pop(number, None)) is not None:
            settle(future, content)

    def _on_died(self, number: int, why: str) -> None:
        if (future := self._futures.pop(number, None)) is not None:
            future.set_exception(BrokenExecutor(why))

    def _on_wrong(self, number: int, why: str) -> None:
        if (future := self._futures.pop(number, None)) is not None:
            text = f"a worker of Ray cannot run its calls: {why}; install Gridloom and its dependencies where it runs"
            future.set_exception(StopRun(text))

    def _on_lost(self, why: str) -> None:
        self._lose(why)

    def _lose(self, why: str) -> None:
        """End all calls, and take no more."""
        if self.lost is None:
            told = "the cluster of this machine" if self.address == "local" else f"the cluster at {self.address!r}"
            self.lost = ClusterLost(f"the connection to Ray, {told}, is lost: {why}; {RESUME}")
        self._is_ready.set()
        while self._futures:
            with suppress(KeyError):
                self._futures.popitem()[1].set_exception(self.lost)


class RaySession:
    """The calls of one session among those of a driver."""

    def __init__(self, driver: Driver) -> None:
        self.driver = driver
        self.share = driver.share
        self._futures: set[Future[Any]] = set()

    def submit(self, call: Any, *args: Any) -> Future[Any]:
        """Send a call on its way."""
        future = self.driver.submit(call, *args)
        self._futures.add(future)
        future.add_done_callback(self._futures.discard)
        return future

    def capacity(self) -> int:
        """How many CPUs the cluster has at present."""
        return self.driver.capacity

    def wait(self) -> None:
        """Wait for all calls."""
        wait(list(self._futures))

    def kill(self) -> None:
        """End all calls."""
        self.driver.cancel(list(self._futures))


def _hex(options: Mapping[str, Any]) -> str:
    return pickle.dumps(options).hex()


def _made_folder() -> Path:
    """A folder that is this user's own, for what Ray writes, and none of those that killed processes have left.

    Its path is short, since sockets are in it.
    """
    base = Path("/tmp") if len(tempfile.gettempdir()) > len("/tmp/long") else Path(tempfile.gettempdir())  # noqa: S108
    for path in base.glob(f"{_PREFIX}*"):
        owner = path.name.removeprefix(_PREFIX).partition("-")[0]
        if owner.isdigit() and not Path(f"/proc/{owner}").exists() and Path("/proc/self").exists():
            shutil.rmtree(path, ignore_errors=True)
    return Path(tempfile.mkdtemp(prefix=f"{_PREFIX}{os.getpid()}-", dir=base))
