"""Calls of a job on their way to workers, here or on other machines, and what comes back of them."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import BrokenExecutor, Future
from pathlib import Path
from typing import Any, Protocol, TypeVar, TypeVarTuple

from gridloom.errors import StopRun, named
from gridloom.training.elsewhere import Sent, WorkerShare, done_elsewhere, unpacked
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
        self.shares: dict[str, WorkerShare] = {}
        """What each worker on another machine has done, by its name."""

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
        except (BrokenExecutor, StopRun, KeyboardInterrupt):
            raise
        except BaseException as error:
            raise StopRun(_told(error)) from error
        if not isinstance(sent, Sent):
            raise StopRun(f"a worker has answered with {type(sent).__name__}, so it has another version of Gridloom")
        self.shares.setdefault(sent.worker, WorkerShare(sent.worker)).add(sent)
        return unpacked(sent, job, folder)


def _told(error: BaseException) -> str:
    text = f"a worker cannot do what it is sent: {named(error)}"
    if isinstance(error, ImportError):
        return f"{text}; install Gridloom, and what it needs, where the workers run"
    return text
