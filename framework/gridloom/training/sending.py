"""Calls of a job on their way to workers, here or on other machines, and what comes back of them."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import BrokenExecutor, Future
from pathlib import Path
from typing import Any, Protocol, TypeVar, TypeVarTuple

from gridloom.core.worker_shares import WorkerShare, signed_by
from gridloom.errors import StopRun, named
from gridloom.training.elsewhere import Sent, done_elsewhere, share_of, unpacked
from gridloom.training.job import Job

T = TypeVar("T")
Ts = TypeVarTuple("Ts")


class Submits(Protocol):
    """Who takes a call with the job that many calls have in common."""

    def submit(self, call: Callable[..., Any], job: Job, /, *args: Any) -> Future[Any]:
        """Hand in the call."""


class Sender:
    """Sends calls to workers, those on other machines (`far`) so that they write nothing of the run themselves."""

    def __init__(self, *, far: bool, max_growth: int) -> None:
        self.far = far
        self.max_growth = max_growth
        self._shares: dict[str, WorkerShare] = {}

    def submit(self, to: Submits, call: Callable[[Job, *Ts], T], job: Job, *args: *Ts) -> Future[Any]:
        """Hand in a call; `received` tells what it returns."""
        if self.far:
            return to.submit(done_elsewhere, job, self.max_growth, call, *args)
        return to.submit(call, job, *args)

    def received(self, future: Future[Any], job: Job, folder: Path | None = None) -> Any:
        """What a call has returned, what it wrote being where it belongs; raises what it raised.

        What else goes wrong with workers on other machines is a StopRun: nothing that they do would be right.
        """
        if not self.far:
            return future.result()
        try:
            sent = future.result()
        except (BrokenExecutor, StopRun, KeyboardInterrupt) as error:
            if share := signed_by(error):
                self._count(share)
            raise
        except BaseException as error:
            raise StopRun(_told(error)) from error
        if not isinstance(sent, Sent):
            raise StopRun(f"a worker returned {type(sent).__name__}, so it has another version of Gridloom")
        self._count(share_of(sent))
        return unpacked(sent, job, folder)

    def taken(self) -> list[WorkerShare]:
        """What workers on other machines have done since this was last asked for."""
        found, self._shares = self._shares, {}
        return [*found.values()]

    def _count(self, share: WorkerShare) -> None:
        before = self._shares.get(share.name)
        self._shares[share.name] = share if before is None else before + share


def _told(error: BaseException) -> str:
    text = f"a worker cannot run its calls: {named(error)}"
    if isinstance(error, ImportError):
        return f"{text}; install Gridloom and its dependencies where the workers run"
    return text
