"""Executors: where fits are trained."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import KW_ONLY, dataclass
from typing import TYPE_CHECKING, ClassVar

from gridloom.registry.record import Record

if TYPE_CHECKING:
    from gridloom.core.session import Session


@dataclass(frozen=True)
class Executor(Record):
    """An executor: `open(count, environment, **options)` returns a context manager for a `gridloom.Session` of workers.

    `count` is the largest number of calls in flight, or None for as many as there are workers at any time. Every worker
    has the variables of `environment` before it imports anything, and is not this process. `open` raises
    `gridloom.ClusterLost` if there is no such cluster.

    When the context exits normally, workers finish their calls and end. When it exits with an exception, including
    Ctrl-C, the session kills them immediately and returns when they are gone or certain to end; calls that have not
    returned are lost, and nothing waits for their futures. A session that is garbage-collected without exiting counts
    as exited with an exception, as with `contextlib.contextmanager`. If this process is killed, the workers end soon
    after. A session may be idle for a long time: it may then release its workers, and start others when a call comes.

    Workers whose fit exceeds `time_limit` are ended by the process that started them, as `gridloom.open_processes`
    does, or end themselves; both count as any other death of a worker.

    - `far`: whether workers may be on other machines: they then write no files of the run but send everything back, and
    must have the same packages and plugins. `gridloom.FarSession` does the rest.
    """

    open: Callable[..., AbstractContextManager[Session]]
    _: KW_ONLY
    far: bool = False

    kind: ClassVar[str] = "executor"
    word: ClassVar[str] = "executor"
    hook: ClassVar[str] = "gridloom_executors"
    place: ClassVar[tuple[str, ...]] = ("executor",)
    fixed: ClassVar[int] = 2

    @property
    def function(self) -> Callable[..., AbstractContextManager[Session]]:
        """The `open` function."""
        return self.open
