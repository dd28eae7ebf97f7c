"""What a Dask worker does for a run: it unpickles a call, gives it what calls have in common, and does it while it is wanted."""

from __future__ import annotations

import pickle
import threading
from collections.abc import Callable, Sequence
from concurrent.futures import BrokenExecutor
from dataclasses import dataclass
from functools import partial
from typing import Any
from weakref import WeakKeyDictionary

Packed = partial[Any]
"""A pickled value as workers hold it and pass it on: the call that unpickles it, of types that a worker without Gridloom knows."""


@dataclass(frozen=True)
class Place:
    """Stands among the arguments of a call for a value that travels on its own."""

    number: int


@dataclass(frozen=True)
class Call:
    """A call as it travels."""

    function: Callable[..., Any]
    args: tuple[Any, ...]

    def __call__(self, values: Sequence[Packed]) -> Any:
        """What the call returns or raises, with these values in their places."""
        args = [_value_of(values[one.number]) if isinstance(one, Place) else one for one in self.args]
        try:
            return self.function(*args)
        except (SystemExit, KeyboardInterrupt) as error:  # either would end the worker
            raise BrokenExecutor(f"the process ended itself: {type(error).__name__}") from None


def packed(value: object) -> tuple[Packed, int]:
    """The value, pickled without a copy of its large arrays, and how many bytes these have.

    Dask takes it for small, and so gives calls to whichever worker has nothing to do. It would rather let workers wait than send
    them what another has, as if that were to be sent for every call.
    """
    import numpy as np

    buffers: list[pickle.PickleBuffer] = []
    text = pickle.dumps(value, protocol=5, buffer_callback=buffers.append)
    arrays = [np.frombuffer(one.raw(), np.uint8) for one in buffers]
    return partial(pickle.loads, text, buffers=arrays), sum(array.nbytes for array in arrays)


_values: WeakKeyDictionary[Packed, Any] = WeakKeyDictionary()
_lock = threading.Lock()


def _value_of(held: Packed) -> Any:
    """The value, the same object in all calls for as long as the worker holds it."""
    with _lock:
        if held not in _values:
            _values[held] = held()
        return _values[held]


def is_wanted() -> bool:
    """Whether the scheduler still wants the task that this thread of a worker does."""
    from distributed import Status, get_worker

    worker = get_worker()
    task = worker.state.tasks.get(worker.get_current_task())
    is_leaving = worker.status in {Status.closing, Status.closed, Status.failed}
    return not is_leaving and task is not None and task.state in {"executing", "long-running"}
