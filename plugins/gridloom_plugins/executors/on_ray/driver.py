"""The process that is Ray's driver: it passes calls on to Ray, and answers back, and is gone soon after its parent is.

Ray ends its driver when the head of the cluster does not come back, prints to its terminal, changes its environment and its handlers of
signals, and knows one cluster at a time. None of that is to happen to the process that runs an experiment.

It is sent (word, *arguments) and sends the like:

- `call` number, content, keys: a call; it sends `answer` number, content; or `died` number, why; or `wrong` number, why;
- `share` key, content: a value that calls may have;  `forget` key: no more of them will;
- `cancel` numbers: end these calls by force;  `end`: disconnect, and end;
- by itself, `ready` when it is connected or `refused` why when it cannot be, `capacity` number from time to time, and
  `lost` why before it ends.
"""

from __future__ import annotations

import logging
import os
import pickle
import shutil
import sys
import threading
import time
from contextlib import suppress
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any

from gridloom_plugins.executors.on_ray.worker import do

LOOK_SECONDS = 2.0
"""How often it is looked how large the cluster is."""

END_SECONDS = 15.0
"""How long Ray may take to end without a parent, before it is left to itself."""


def main(handle: int, options: dict[str, Any]) -> None:
    """Serve the connection until the other side ends."""
    link = _Link(Connection(handle))
    threading.Thread(target=_outlive_no_parent, args=(os.getppid(), options), daemon=True).start()
    try:
        _connect(options)
    except BaseException as error:
        link.send("refused", " ".join(str(error).split()) or type(error).__name__)
        return
    import ray

    driver = _Driver(link)
    link.send("ready")
    threading.Thread(target=driver.tell_capacity, daemon=True).start()
    try:
        while True:
            word, *arguments = link.receive()
            getattr(driver, word)(*arguments)
    except (EOFError, OSError):  # the other side says so, or is no more
        driver.is_ending = True
        driver.cancel(list(driver.references))
        ray.shutdown()
    except Exception as error:
        link.send("lost", _told(error))
    finally:
        _delete_folder(options)


def _connect(options: dict[str, Any]) -> None:
    """Connect to a cluster, or start one on this machine that ends with this process."""
    import ray

    quiet: dict[str, Any] = {"log_to_driver": False, "logging_level": logging.CRITICAL}
    if options["address"] != "local":
        ray.init(options["address"], **quiet)
        return
    here = {"_temp_dir": options["folder"], "_node_ip_address": "127.0.0.1"}
    ray.init("local", num_cpus=options["cpus"], include_dashboard=False, **here, **quiet)


def _outlive_no_parent(parent: int, options: dict[str, Any]) -> None:
    """End this process soon after its parent, though Ray should still try to reach a head."""
    while os.getppid() == parent:
        time.sleep(LOOK_SECONDS)
    time.sleep(END_SECONDS)
    _delete_folder(options)
    os._exit(1)


def _delete_folder(options: dict[str, Any]) -> None:
    if options["address"] == "local":
        shutil.rmtree(Path(options["folder"]).parent, ignore_errors=True)


class _Link:
    """The connection, to which several threads may write."""

    def __init__(self, connection: Connection[Any, Any]) -> None:
        self.connection = connection
        self._lock = threading.Lock()

    def send(self, *message: Any) -> None:
        with self._lock, suppress(OSError):
            self.connection.send(message)

    def receive(self) -> Any:
        return self.connection.recv()


class _Driver:
    """What Ray has of this process: references to the results of tasks, and to shared values."""

    def __init__(self, link: _Link) -> None:
        import ray

        self.link = link
        self.references: dict[int, Any] = {}
        self.shared: dict[str, Any] = {}
        self.is_ending = False
        self._task = ray.remote(num_cpus=1, max_retries=0)(do)

    def call(self, number: int, content: bytes, keys: list[str]) -> None:
        reference = self._task.remote(content, {key: self.shared[key] for key in keys})
        self.references[number] = reference
        reference.future().add_done_callback(lambda future: self._tell(number, future))

    def share(self, key: str, content: bytes) -> None:
        import ray

        self.shared[key] = ray.put(pickle.loads(content))

    def end(self) -> None:
        """Go the way that this process goes when the other side is no more."""
        raise EOFError

    def forget(self, key: str) -> None:
        self.shared.pop(key, None)

    def cancel(self, numbers: list[int]) -> None:
        import ray

        for number in numbers:
            if (reference := self.references.pop(number, None)) is not None:
                with suppress(Exception):
                    ray.cancel(reference, force=True)

    def _tell(self, number: int, future: Any) -> None:
        """Send what has become of a call."""
        self.references.pop(number, None)
        error = future.exception()
        if error is None:
            self.link.send("answer", number, future.result())
        else:
            self.link.send("died" if _is_death(error) else "wrong", number, _told(error))

    def tell_capacity(self) -> None:
        """Send how many CPUs there are, as often as they change; ends the process when its own node is lost."""
        import ray

        own = None if ray.util.client.ray.is_connected() else ray.get_runtime_context().get_node_id()
        before = None
        while not self.is_ending:
            try:
                nodes = [node for node in ray.nodes() if node["Alive"]]
            except Exception as error:
                self._lose(_told(error))
                return
            if own is not None and own not in [node["NodeID"] for node in nodes]:
                self._lose("the node of this process died")
                return
            count = sum(int(node["Resources"].get("CPU", 0)) for node in nodes)
            if count != before:
                self.link.send("capacity", count)
                before = count
            time.sleep(LOOK_SECONDS)

    def _lose(self, why: str) -> None:
        if not self.is_ending:
            self.link.send("lost", why)
            os._exit(1)


def _is_death(error: BaseException) -> bool:
    """Whether a task has been lost with its worker, its node or its result, and another one would do."""
    from ray import exceptions

    deaths = (
        exceptions.WorkerCrashedError,
        exceptions.OutOfMemoryError,
        exceptions.NodeDiedError,
        exceptions.LocalRayletDiedError,
        exceptions.ObjectLostError,
        exceptions.TaskCancelledError,
    )
    return isinstance(error, deaths)


def _told(error: BaseException) -> str:
    """The reason in Ray's words: the last line of a traceback, else the first lines."""
    lines = [line.strip() for line in str(error).splitlines() if line.strip()]
    if "Traceback" in str(error):
        lines = lines[-1:]
    return " ".join(lines)[:500] or type(error).__name__


if __name__ == "__main__":
    main(int(sys.argv[1]), pickle.loads(bytes.fromhex(sys.argv[2])))
