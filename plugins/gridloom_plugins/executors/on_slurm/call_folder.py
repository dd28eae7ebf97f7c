"""A folder on a shared file system by which calls travel to workers, and answers back.

Every file is written under another name and then renamed, so nobody reads half of one; a worker claims a call by renaming it.
Nothing depends on the clocks of two machines, or on locks.
"""

from __future__ import annotations

import os
import pickle
import shutil
import socket
import stat
import tempfile
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from uuid import uuid4

_PARTS = ("calls", "taken", "answers", "shared", "signs", "new")

_SIGN = "{:020d} {:<8}"
"""A sign of life: a number that grows, and a word; as long as the one before, which it replaces in its place."""

OPEN, LEFT, KILLED = "open", "left", "killed"
"""The words of a session: there may be more calls; there are none; what is being done is to stop."""

_SESSION = "session"


@dataclass(frozen=True)
class CallFolder:
    """The folder of a session, which its user alone can enter: what is unpickled comes from there and nowhere else."""

    path: Path

    @classmethod
    def make(cls, base: Path) -> CallFolder:
        """A new one in the folder `base`, which is made if need be; OSError where that cannot be written to."""
        base.mkdir(mode=0o700, parents=True, exist_ok=True)
        _sweep(base)
        made = cls(Path(tempfile.mkdtemp(prefix=f"{_owner(os.getpid())}-", dir=base)))
        for part in _PARTS:
            (made.path / part).mkdir(mode=0o700)
        return made

    def check(self) -> None:
        """PermissionError unless it is this user's, and closed to all others."""
        found = self.path.lstat()
        if not stat.S_ISDIR(found.st_mode) or found.st_uid != os.geteuid() or found.st_mode & 0o077:
            raise PermissionError(f"{self.path} is accessible to others, so it is not read")

    def put(self, part: str, name: str, content: bytes) -> Path:
        """Write a file as a whole."""
        new, path = self.path / "new" / uuid4().hex, self.path / part / name
        new.write_bytes(content)
        new.replace(path)
        return path

    def names(self, part: str) -> list[str]:
        """The files there are, in order; FileNotFoundError where the folder is gone."""
        folder = self.path / part
        folder.chmod(0o700)  # a network file system then asks the server, and does not answer from its memory
        return sorted(path.name for path in folder.iterdir())

    def claim(self, worker: str) -> str | None:
        """The name of a call that is this worker's from now on, if one waits."""
        for name in self.names("calls"):
            target = self.path / "taken" / f"{name}@{worker}"
            try:
                (self.path / "calls" / name).rename(target)
            except FileNotFoundError:  # another worker has it, unless the server's own answer was lost
                if not target.exists():
                    continue
            return name
        return None

    def taken(self, name: str, worker: str) -> Any:
        """A call that a worker has claimed."""
        with (self.path / "taken" / f"{name}@{worker}").open("rb") as file:
            return pickle.load(file)

    def answer(self, name: str, worker: str, content: bytes) -> None:
        """Write what has become of a call."""
        self.put("answers", name, content)
        (self.path / "taken" / f"{name}@{worker}").unlink(missing_ok=True)

    def claims(self) -> list[tuple[str, str]]:
        """The calls that workers have, each with its worker."""
        return [(name, worker) for name, _, worker in (file.partition("@") for file in self.names("taken"))]

    def give_sign(self, number: int, word: str = "", of: str = _SESSION) -> None:
        """Show that the session, or a worker, is alive."""
        content = _SIGN.format(number, word).encode()
        path = self.path / "signs" / of
        handle = os.open(path, os.O_WRONLY | os.O_CREAT, 0o600)
        try:
            os.pwrite(handle, content, 0)
        finally:
            os.close(handle)

    def sign(self, of: str = _SESSION) -> tuple[bytes, str]:
        """The latest sign of life, and its word; FileNotFoundError where there is none."""
        content = (self.path / "signs" / of).read_bytes()
        return content, content[21:].decode().strip()

    def signs(self) -> dict[str, bytes]:
        """The latest sign of every worker there has been."""
        return {name: self.sign(name)[0] for name in self.names("signs") if name != _SESSION}

    def delete(self) -> None:
        """Delete it, and the folder that it is in where that is empty then."""
        for _ in range(3):  # somebody may be writing
            shutil.rmtree(self.path, ignore_errors=True)
            if not self.path.exists():
                break
        with suppress(OSError):
            self.path.parent.rmdir()


def _owner(process: int) -> str:
    return f"{socket.gethostname()}-{process}"


def _sweep(base: Path) -> None:
    """Delete the folders of processes of this machine that are gone."""
    for path in base.glob(f"{socket.gethostname()}-*-*"):
        process = path.name[len(socket.gethostname()) + 1 :].partition("-")[0]
        if process.isdigit() and not _is_alive(int(process)):
            shutil.rmtree(path, ignore_errors=True)


def _is_alive(process: int) -> bool:
    try:
        os.kill(process, 0)
    except ProcessLookupError:
        return False
    except OSError:
        return True
    return True
