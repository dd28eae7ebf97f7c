"""What a worker on another machine does around a call: it shows that it has the same packages, and sends back what it wrote."""

from __future__ import annotations

import hashlib
import os
import platform
import tempfile
import time
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass, replace
from functools import lru_cache
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Generic, TypeVar, TypeVarTuple

from gridloom.core.trials import Status
from gridloom.core.worker_shares import WorkerShare, sign, worker_name
from gridloom.errors import ClusterLost, GridloomError, StopRun, named
from gridloom.training.belongings import CALL, owner
from gridloom.training.job import Job, Outcome
from gridloom.training.worker_log import append

T = TypeVar("T")
Ts = TypeVarTuple("Ts")

MOST_PRINTED = 64 * 1024
"""How much of what a worker prints during a call comes back, in bytes."""

ROOM = 64 * 1024
"""A disk of another machine that does not take so many bytes any more is full."""


@dataclass(frozen=True)
class Sent(Generic[T]):
    """What a call on another machine has returned, and what it wrote there: files by their names in their folder."""

    value: T
    worker: str
    seconds: float
    printed: bytes
    models: Mapping[str, bytes]
    """Those in the folder where the models of fits are kept."""
    files: Mapping[str, bytes]
    """Those in the folder that the call was given."""
    is_last: bool = False
    """Whether the process has grown so much that another is to do the next call."""


def versions_of(packages: Iterable[str]) -> dict[str, str]:
    """The versions that these have here, Python's among them, by name; "not installed" for what is not."""
    return {name: _version(name) for name in packages}


@lru_cache(maxsize=64)
def _version(package: str) -> str:
    if package == "python":
        return platform.python_version()
    try:
        return version(package)
    except PackageNotFoundError:
        return "not installed"


def done_elsewhere(job: Job, max_growth: int, call: Callable[[Job, *Ts], T], *args: *Ts) -> Sent[T]:
    """Do a call in folders of this machine, and return what it returns with what it writes.

    Raises StopRun where this worker cannot do it as the run's own machine would.
    """
    worker, started = worker_name(os.getppid()), time.monotonic()
    try:
        _check_versions(job)
        with tempfile.TemporaryDirectory(suffix=CALL, prefix=f"{owner()}-", ignore_cleanup_errors=True) as folder:
            there = _Folders(Path(folder))
            value = call(there.job_of(job), *there.args_of(args))
            there.check_room(value)
            value, is_last = _without_growth(value, max_growth)
            seconds = time.monotonic() - started
            return Sent(value, worker, seconds, there.printed, there.models, there.files, is_last)
    except (GridloomError, OSError) as error:
        is_told = isinstance(error, GridloomError)
        text = f": {error}" if is_told else f" cannot write a file that it needs: {named(error)}"
        stop = (StopRun if is_told else ClusterLost)(f"the worker {worker}{text}")
        sign(stop, WorkerShare(worker, seconds=time.monotonic() - started))
        raise stop from None


def _without_growth(value: T, max_growth: int) -> tuple[T, bool]:
    """The value for a pool that does not replace workers, and whether this process is to end."""
    if isinstance(value, Outcome) and value.growth > max_growth:
        return replace(value, growth=0), True
    return value, False


def _check_versions(job: Job) -> None:
    here = versions_of(job.packages)
    wrong = [
        f"{name} is {there}, not {job.packages[name]}" for name, there in here.items() if there != job.packages[name]
    ]
    if wrong:
        raise StopRun(
            f"its packages differ from those of the run, so its scores could differ: {'; '.join(wrong)}. Install the "
            f"same versions there, then resume the run"
        )


class _Folders:
    """The folders of a call on this machine, in one that is deleted after it."""

    def __init__(self, root: Path) -> None:
        self._log, self._models, self._folder = root / "log", root / "models", root / "folder"

    def job_of(self, job: Job) -> Job:
        """The job with what is written in these folders, and plugins that are files where this machine has them."""
        models = job.models and replace(job.models, folder=self._models)
        plugins = tuple(
            _plugin_here(plugin, job.plugin_files.get(plugin)) if isinstance(plugin, str) else plugin
            for plugin in job.plugins
        )
        self._models.mkdir()
        self._folder.mkdir()
        return replace(job, log=self._log, models=models, kept_states=None, plugins=plugins)

    def args_of(self, args: tuple[*Ts]) -> tuple[*Ts]:
        """The arguments, with this machine's folder for one of the other machine."""
        return tuple(self._folder if isinstance(one, Path) else one for one in args)  # type: ignore[return-value]

    def check_room(self, value: object) -> None:
        """Raises OSError when fits have failed where the disk takes no more: that may be why."""
        if isinstance(value, Outcome) and any(one and one.status is Status.FAILED for one in value.results):
            (self._folder / "room").write_bytes(bytes(ROOM))
            (self._folder / "room").unlink()

    @property
    def printed(self) -> bytes:
        """The end of what was printed."""
        with suppress(OSError):
            return self._log.read_bytes()[-MOST_PRINTED:]
        return b""

    @property
    def models(self) -> dict[str, bytes]:
        """The files of models of fits."""
        return dict(_files_in(self._models))

    @property
    def files(self) -> dict[str, bytes]:
        """The files that the call has written in the place that it was given."""
        return dict(_files_in(self._folder))


def _files_in(folder: Path) -> Iterator[tuple[str, bytes]]:
    for path in sorted(folder.rglob("*")):
        if path.is_file():
            yield path.relative_to(folder).as_posix(), path.read_bytes()


def _plugin_here(name: str, content: bytes | None) -> str:
    """Where this machine has a plugin that is a file: in its own place, or in one for all calls of this process."""
    if content is None:
        return name
    with suppress(OSError):
        if Path(name).read_bytes() == content:
            return name
    folder = Path(_plugins_folder()) / hashlib.sha256(content).hexdigest()[:12]
    folder.mkdir(exist_ok=True)
    path = folder / Path(name).name
    if not path.exists():
        path.write_bytes(content)
    return str(path)


@lru_cache(maxsize=1)
def _plugins_folder() -> str:
    return tempfile.mkdtemp(prefix="gridloom-plugins-")


def unpacked(sent: Sent[T], job: Job, folder: Path | None) -> T:
    """What a call has returned, once the files that it wrote are in the run's folders, and what it printed in the log."""
    if sent.printed:
        append(job.log, sent.printed)
    if job.models is not None:
        _write(job.models.folder, sent.models)
    if folder is not None:
        _write(folder, sent.files)
    value = sent.value
    if isinstance(value, Outcome) and value.stop is not None:
        value = replace(value, stop=type(value.stop)(f"the worker {sent.worker}: {value.stop}"))
    return value


def _write(folder: Path, files: Mapping[str, bytes]) -> None:
    for name, content in files.items():
        path = folder / name
        if not path.resolve().is_relative_to(folder.resolve()):
            raise StopRun(f"a worker sent a file named {name!r}, which does not belong to the run")
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)


def share_of(sent: Sent[object]) -> WorkerShare:
    """What a worker has done by what it has sent."""
    results = sent.value.results if isinstance(sent.value, Outcome) else ()
    done = [result for result in results if result is not None]
    failed = sum(result.status is Status.FAILED for result in done)
    return WorkerShare(sent.worker, len(done), failed, seconds=sent.seconds)
