"""Calls on their way to the workers of a Dask cluster and back: what becomes of them, and of what they have in common."""

from __future__ import annotations

import asyncio
import logging
import operator
import pickle
import threading
import time
import warnings
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import BrokenExecutor, CancelledError, Future, InvalidStateError, wait
from contextlib import contextmanager, suppress
from functools import partial, reduce
from types import TracebackType
from typing import TYPE_CHECKING, Any, Self
from uuid import uuid4

from gridloom import ClusterLost, StopRun
from gridloom_plugins.executors.on_dask.calls import Call, Packed, Place, packed
from gridloom_plugins.executors.on_dask.clusters import CLOSE_SECONDS, check_address
from gridloom_plugins.executors.on_dask.clusters import Place as Where

if TYPE_CHECKING:
    from distributed import Client

CONNECT_SECONDS = 20.0
"""How long a scheduler may take to answer at the beginning."""

PATIENCE_SECONDS = 5.0
"""After so long without a worker it is said that one is waited for."""

SCATTER_SECONDS, SCATTER_RATE = 60.0, 1e6
"""How long a value may take on its way to a worker: so many seconds, and another one for so many bytes."""

SCATTER_TRIES = 3
"""How often it is sent: a worker may be lost as it gets it."""

CAPACITY_SECONDS = 0.5
"""How often a scheduler is asked for its workers at most."""


@contextmanager
def client_of(where: Where) -> Iterator[Client]:
    """A client of the scheduler; ClusterLost where there is none, StopRun for what is no address of one."""
    check_address(where)
    from distributed import Client

    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # of other versions: each worker checks those that matter
            client = Client(**where.client_options, timeout=CONNECT_SECONDS, set_as_default=False, name="gridloom")
    except Exception as error:
        told = " ".join(str(error).split()) or type(error).__name__
        raise ClusterLost(
            f"executor 'dask': there is no scheduler at {where.told}: {told}; start one, or correct the address"
        ) from None
    try:
        yield client
    finally:
        with suppress(Exception):
            client.close(CLOSE_SECONDS)


class Shared:
    """A value that calls have in common, which a worker holds for the others."""

    def __init__(self, value: object) -> None:
        self.value = value
        self.task: Any = None
        """Dask's future of what the workers hold."""

    @property
    def is_held(self) -> bool:
        """Whether a worker holds it, as far as the scheduler has told."""
        return self.task is not None and self.task.status == "finished"


class Calls:
    """The calls of a session that have not come back; left by an exception, they are cancelled."""

    def __init__(self, client: Client, where: Where) -> None:
        self._client = client
        self._told = where.told
        self._most_workers = where.most_workers
        self._executor = client.get_executor(pure=False, retries=0)
        self._running: dict[str, Future[Any]] = {}
        """The futures of those who wait for calls, by the keys that Dask knows the calls by."""
        self.ending: Callable[[], Any] = bool
        """What workers call at the end."""
        self._asked = (float("-inf"), 0)
        """When the scheduler was asked for its workers last, and how many calls they can do at once."""

    def __enter__(self) -> Self:
        self._client.subscribe_topic("all", self._note)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        if kind is None:
            wait(list(self._running.values()))
        if self._client.status != "running":  # the scheduler is lost
            return
        with suppress(Exception):
            self._client.unsubscribe_topic("all")
            self._client.cancel(self._tasks(list(self._running)))
        ending = threading.Thread(target=self._end_processes, daemon=True)
        ending.start()
        ending.join(CLOSE_SECONDS)

    def _end_processes(self) -> None:
        """Have every worker end the processes that wait for calls."""
        with suppress(Exception):  # workers may lack Gridloom
            self._client.run(self.ending, on_error="ignore")

    def share(self, value: object) -> Shared:
        """What stands for a value in calls."""
        return Shared(value)

    def submit(self, function: Callable[..., Any], *args: Any) -> Future[Any]:
        """Have a worker do a call, once there is one; raises StopRun when the scheduler is lost."""
        values = list(dict.fromkeys(one for one in args if isinstance(one, Shared)))
        places = [Place(values.index(one)) if isinstance(one, Shared) else one for one in args]
        text = pickle.dumps(Call(function, tuple(places)), protocol=pickle.HIGHEST_PROTOCOL)
        key = f"gridloom-{uuid4().hex}"
        future = self._running[key] = Future[Any]()
        with self._scheduler(key):
            held = [self._held(one) for one in values]
            # pickle.loads(text)(held), in words that a scheduler without Gridloom can read
            of_dask = self._executor.submit(reduce, operator.call, [text, held], pickle.loads, key=key)
        of_dask.add_done_callback(lambda done: self._pass_on(key, lambda: self._result_of(done)))
        return future

    @property
    def capacity(self) -> int:
        """How many calls the workers can do at once, those included that come when there are calls for them."""
        if time.monotonic() - self._asked[0] > CAPACITY_SECONDS:
            with suppress(Exception):  # a lost scheduler: the calls that run tell of it
                threads = self._client.nthreads()
                most = (self._most_workers or 0) * max(threads.values(), default=1)
                self._asked = time.monotonic(), max(sum(threads.values()), most)
        return self._asked[1]

    def _held(self, shared: Shared) -> Any:
        """Dask's future of a value, which is sent anew if no worker holds it any more."""
        for _ in range(SCATTER_TRIES):
            if shared.is_held:
                return shared.task
            self._wait_for_worker()
            with suppress(
                OSError
            ):  # the worker is lost meanwhile, for which Dask may wait for ever; or the scheduler is
                shared.task = self._sent(*packed(shared.value))
        raise ClusterLost("executor 'dask': no worker accepts the data; rerun the command to resume")

    def _sent(self, content: Packed, size: int) -> Any:
        """Dask's future of a value that a worker has; TimeoutError where that takes too long."""
        sending = self._client.scatter(content, hash=False, asynchronous=True)
        sent = asyncio.run_coroutine_threadsafe(sending, self._client.loop.asyncio_loop)
        try:
            return sent.result(SCATTER_SECONDS + size / SCATTER_RATE)
        finally:
            sent.cancel()

    def _wait_for_worker(self) -> None:
        """Wait until there is a worker, with something to do for a cluster that starts workers when there is."""
        if not self._client.nthreads():
            waiting = self._client.submit(int, pure=False)
            with suppress(TimeoutError):
                waiting.result(timeout=PATIENCE_SECONDS)
                return
            logging.getLogger("gridloom").warning(
                "executor 'dask': no worker is connected to the scheduler at %s yet; waiting for one (Ctrl-C stops the "
                "run, which can be resumed)",
                self._told,
            )
            waiting.result()

    @contextmanager
    def _scheduler(self, key: str) -> Iterator[None]:
        """Turn what happens when the scheduler is lost before it has a call into StopRun."""
        try:
            yield
        except BaseException as error:
            self._running.pop(key, None)
            if isinstance(error, (OSError, CancelledError)) or (
                isinstance(error, Exception) and self._client.status != "running"
            ):
                raise self._lost() from None
            raise

    def _lost(self) -> StopRun:
        return ClusterLost(
            f"executor 'dask': the scheduler at {self._told} no longer answers. Finished fits are kept; rerun the "
            f"command to resume, with this executor or another"
        )

    def _pass_on(self, key: str, result: Callable[[], Any]) -> None:
        """Pass on what became of a call, unless it has been."""
        future = self._running.pop(key, None)
        with suppress(InvalidStateError):  # whoever waited has cancelled it
            if future is not None:
                try:
                    future.set_result(result())
                except BaseException as error:
                    future.set_exception(error)

    def _result_of(self, of_dask: Future[Any]) -> Any:
        from distributed import KilledWorker

        try:
            return of_dask.result()
        except KilledWorker as error:
            raise BrokenExecutor(str(error)) from None
        except CancelledError:
            if self._client.status != "running":
                raise self._lost() from None
            raise BrokenExecutor("Dask has cancelled the call: the data that it needs are lost, for example") from None

    async def _note(self, event: tuple[float, Any]) -> None:
        """When a worker is lost, end the calls that it had: Dask would repeat them, and maybe lose another worker."""
        _, told = event
        if told.get("action") != "remove-worker" or told.get("expected"):
            return
        keys = [key for key in told["processing-tasks"] if key in self._running]
        for key in keys:
            self._pass_on(key, partial(_fail, f"the worker {told['worker']} is lost"))
        await self._client.cancel(self._tasks(keys), asynchronous=True)

    def _tasks(self, keys: Iterable[str]) -> list[Any]:
        from distributed import Future as Task

        return [Task(key, self._client) for key in keys]


def _fail(why: str) -> None:
    raise BrokenExecutor(why)
