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

    `count` is how many calls are in flight at most, and None for as many as there are workers at any time. Every worker has the
    variables of `environment` before it imports anything, and none of them is this process. `open` raises
    `gridloom.ClusterLost` where there is no such cluster.

    Left normally, the session lets its workers end, after the calls that they still do. Left by an exception, of
    which Ctrl-C is one, it kills them at once and returns when they are gone or bound to go; calls that have not
    come back are lost, and nobody waits for their futures. A session that is dropped without having been left was
    left by an exception, as `contextlib.contextmanager` has it. When this process is killed itself, the workers end soon
    after. A session may stay open for a long time with nothing to do: it may let its workers go meanwhile, and
    start others when a call comes.

    Fits that exceed `time_limit` end their workers: by whoever started them, as `gridloom.open_processes` does, else by themselves,
    which is a death as any other.

    - `far`: whether workers may be on other machines: they then write no files of the run, but send everything back, and have
      to show that they have the same packages and plugins. `gridloom.FarSession` does the rest.
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
