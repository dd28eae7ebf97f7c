"""What a reporter writes into the folder of a run: the files and folders there that are new or other than before."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

from gridloom.core.file_names import is_kept_by_run

State = Mapping[str, tuple[int, int]]
"""When each file and folder was written last, and which file on disk it is, by name."""


def state_of(folder: Path) -> State:
    """What is there now, without what the run itself keeps; nothing if the folder cannot be read."""
    try:
        found = {path.name: path.lstat() for path in folder.iterdir() if not is_kept_by_run(path.name)}
    except OSError:
        return {}
    return {name: (status.st_mtime_ns, status.st_ino) for name, status in found.items()}


def written_since(before: State, folder: Path) -> Sequence[Path]:
    """The files and folders that were written since, by name."""
    return [folder / name for name, state in sorted(state_of(folder).items()) if before.get(name) != state]
