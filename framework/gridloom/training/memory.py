"""What the system says of memory: how much is free for this process, and whether it has killed others for lack of it.

Both come from the control group of a process (the limits of a container, or of a batch system), in either version that
Linux has, and by /proc for the whole machine. Elsewhere nothing is known.
"""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import BrokenExecutor
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from gridloom.core.trials import SMALLER

PROC = Path("/proc")
GROUPS = Path("/sys/fs/cgroup")

LACK = f"the system killed the worker for lack of memory (the OOM killer); {SMALLER}"


class KilledForMemory(BrokenExecutor):
    """The system has killed the worker, since there was no memory left."""


@dataclass(frozen=True)
class _Version:
    """The names of files of a control group."""

    limit: str
    used: str
    cached: str
    """What of the memory that is used would be given back: a line of memory.stat."""
    events: str
    """The file with a line `oom_kill`."""


_SECOND = _Version("memory.max", "memory.current", "inactive_file", "memory.events")
_FIRST = _Version("memory.limit_in_bytes", "memory.usage_in_bytes", "total_inactive_file", "memory.oom_control")


def free_memory() -> int | None:
    """How many bytes this process and those it starts may still have; None where the system does not tell."""
    found = [_counted(PROC / "meminfo", "MemAvailable:", unit=1024)]
    found += [_left(folder, version) for folder, version in _groups("self")]
    return min((number for number in found if number is not None), default=None)


@dataclass(frozen=True)
class Kills:
    """How many processes the system had killed for lack of memory, of the group of a process or of the whole machine."""

    file: Path | None
    number: int

    @classmethod
    def around(cls, process: int) -> Kills:
        """As it is now, for a process that lives."""
        for folder, version in _groups(str(process)):
            file = folder / version.events
            if (number := _counted(file, "oom_kill")) is not None:
                return cls(file, number)
        file = PROC / "vmstat"
        number = _counted(file, "oom_kill")
        return cls(None, 0) if number is None else cls(file, number)

    @property
    def has_grown(self) -> bool:
        """Whether there are more by now."""
        return self.file is not None and (_counted(self.file, "oom_kill") or 0) > self.number


def _groups(process: str) -> Iterator[tuple[Path, _Version]]:
    """The folders of the groups that count a process's memory, the innermost first, and what their files are called."""
    with suppress(OSError):
        for line in (PROC / process / "cgroup").read_text().splitlines():
            _, controllers, path = line.split(":", 2)
            if not controllers:
                yield from _upwards(GROUPS, path, _SECOND)
            elif "memory" in controllers.split(","):
                yield from _upwards(GROUPS / "memory", path, _FIRST)


def _upwards(root: Path, path: str, version: _Version) -> Iterator[tuple[Path, _Version]]:
    """A group and all around it; in a container they may be mounted as if the innermost were the root."""
    folder = root / path.strip("/")
    for place in (folder, *folder.parents):
        if not place.is_relative_to(root):
            return
        if (place / version.used).is_file():
            yield place, version


def _left(folder: Path, version: _Version) -> int | None:
    """How many bytes a group may still have; None where it has no limit."""
    try:
        limit, used = (int((folder / name).read_text()) for name in (version.limit, version.used))
    except (OSError, ValueError):  # "max"
        return None
    return max(0, limit - used + (_counted(folder / "memory.stat", version.cached) or 0))


def _counted(file: Path, name: str, unit: int = 1) -> int | None:
    """The number behind a name in a file of lines; None where there is none."""
    with suppress(OSError, ValueError, IndexError):
        for line in file.read_text().splitlines():
            words = line.split()
            if words and words[0] == name:
                return int(words[1]) * unit
    return None
