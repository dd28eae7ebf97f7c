"""What belongs to a process of ours, told by name: its shared files, semaphores and workers, and those of dead ones.

A process that is killed together with all its helpers leaves them behind. Names hold its id and when it began, so that
another process of ours can tell whose they are, and that their owner is gone. That takes Linux's /proc; elsewhere
nothing is known.
"""

from __future__ import annotations

import os
import re
import shutil
import signal
import tempfile
from collections.abc import Iterator
from contextlib import suppress
from functools import lru_cache
from pathlib import Path

SHARED_MEMORY = "/dev/shm"  # noqa: S108  (a file system in memory, where Linux has one; names there are hard to guess)

MARK = "GRIDLOOM_WORKER"
"""The environment variable of workers, and of all that they start: the owner, and which worker it is."""

CALL = "-call"
"""How the names of folders end in which a call on another machine writes its files."""

_PROC = Path("/proc")
_STARTED = 19
"""The place of the start time among the fields of /proc/PID/stat that follow the name of the program."""

_OWNER = re.compile(r"(?:^|[.=/])gridloom-(\d+)-(\d+)-(\d+)-")


def owner() -> str:
    """What tells this process in a name: its namespace of ids, its id, and when it began in ticks since the boot."""
    return _owner(os.getpid())


@lru_cache(maxsize=1)
def _owner(process: int) -> str:
    return f"gridloom-{_namespace()}-{process}-{_started(process) or 0}"


def sweep() -> None:
    """Delete what dead processes of ours have left in memory and among temporary files, and end their workers."""
    folders = {SHARED_MEMORY, tempfile.gettempdir(), os.environ.get("JOBLIB_TEMP_FOLDER") or SHARED_MEMORY}
    for folder in map(Path, folders):
        with suppress(OSError):
            for path in folder.iterdir():
                if _is_ours(path.name) and _is_orphan(path.name):
                    with suppress(OSError):
                        shutil.rmtree(path) if path.name.endswith(CALL) else path.unlink()
    for process, mark in _marked():
        if _is_orphan(mark):
            kill(process)


def end_workers(mark: str) -> None:
    """Kill the processes whose mark begins like this: workers of ours, and whatever their calls have started."""
    for process, found in _marked():
        if found.startswith(mark) and process != os.getpid():
            kill(process)


def place_of(name: str) -> Path:
    """Where a small file of this name belongs, which begins with its `owner`."""
    folder = Path(SHARED_MEMORY)
    return (folder if os.access(folder, os.W_OK) else Path(tempfile.gettempdir())) / name


def held_by_workers() -> int:
    """How many bytes of memory workers of this process hold that nobody shares; 0 where there is no /proc."""
    return sum(_private(process) for process, mark in _marked() if mark.startswith(owner()))


def _private(process: int) -> int:
    """The resident bytes of a process that are its own alone."""
    with suppress(OSError, IndexError, ValueError):
        _, resident, shared, *_ = map(int, (_PROC / f"{process}/statm").read_text().split())
        return (resident - shared) * os.sysconf("SC_PAGE_SIZE")
    return 0


def _is_ours(name: str) -> bool:
    return name.startswith("sem.gridloom-") or (name.startswith("gridloom-") and name.endswith((".npy", "-due", CALL)))


def _is_orphan(name: str) -> bool:
    """Whether a name tells its owner, and that one is gone; what belongs to another namespace of ids is nobody's here."""
    found = _OWNER.search(name)
    if found is None:
        return False
    namespace, process, started = map(int, found.groups())
    return bool(started) and namespace == _namespace() and _started(process) != started


@lru_cache(maxsize=1)
def _namespace() -> int:
    try:
        return (_PROC / "self/ns/pid").stat().st_ino
    except OSError:
        return 0


def _started(process: int) -> int | None:
    """When a process began, in ticks since the boot; None where there is no such process, or no telling."""
    try:
        return int((_PROC / f"{process}/stat").read_bytes().rpartition(b")")[2].split()[_STARTED])
    except (OSError, IndexError, ValueError):
        return None


def _marked() -> Iterator[tuple[int, str]]:
    """The processes that have a mark, each with it; of those of others nothing is known."""
    begin = f"{MARK}=".encode()
    for folder in _PROC.glob("[0-9]*"):
        with suppress(OSError):
            for variable in (folder / "environ").read_bytes().split(b"\0"):
                if variable.startswith(begin):
                    yield int(folder.name), variable[len(begin) :].decode(errors="replace")


def kill(process: int) -> None:
    """Kill a process, if it is still there."""
    with suppress(OSError):
        os.kill(process, signal.SIGKILL)
