"""Files of a run: written as a whole or not at all, never through a link, and known again when they are replaced."""

from __future__ import annotations

import errno
import os
import stat
import tempfile
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path


def write_file(path: Path, content: str | bytes) -> None:
    """Write a file as a whole: text as UTF-8, with line ends as they are.

    It is written under another name in the same folder and takes the place of what is there: a reader finds the old
    content or the new one, a link is replaced and not followed, and nobody waits for a pipe's other end.

    Raises OSError where the folder or its file system does not let us, IsADirectoryError for a folder at this place;
    then what was there is still there.
    """
    data = content.encode(errors="backslashreplace") if isinstance(content, str) else content
    if path.is_dir() and not path.is_symlink():
        raise IsADirectoryError(errno.EISDIR, "is a folder", str(path))
    handle, name = tempfile.mkstemp(prefix=f".{path.name[:64]}.", suffix=".new", dir=path.parent)
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(data)
        Path(name).chmod(_mode_for(path))
        Path(name).replace(path)
    except BaseException:
        with suppress(OSError):
            Path(name).unlink()
        raise


def make_folder(path: Path) -> None:
    """Make a folder for files of a report, unless it is there; NotADirectoryError for a link or anything else there."""
    path.mkdir(parents=True, exist_ok=True)
    if path.is_symlink():
        raise NotADirectoryError(errno.ENOTDIR, "is a link, which might lead anywhere", str(path))


def refuse_other_than_file(path: Path) -> None:
    """Raise OSError for a place where another program is to write a file, if a link, a pipe or a folder is there."""
    with suppress(FileNotFoundError):
        if not stat.S_ISREG(path.lstat().st_mode):
            raise OSError(errno.EINVAL, "is no plain file", str(path))


def _mode_for(path: Path) -> int:
    """The permissions of the file that is replaced, or those of any new file."""
    with suppress(FileNotFoundError):
        found = path.lstat().st_mode
        if stat.S_ISREG(found):
            return stat.S_IMODE(found)
    return 0o666 & ~umask()


def umask() -> int:
    """The permissions that new files of this process do not get; the system tells it only as it is set."""
    current = os.umask(0o077)
    os.umask(current)
    return current


@dataclass(frozen=True)
class Identity:
    """A file as the system knows it, whatever its name: to notice that another one has taken its place."""

    path: Path
    device: int
    number: int

    @classmethod
    def of(cls, path: Path) -> Identity:
        """The file that is at this place now; OSError where there is none."""
        found = path.stat()
        return cls(path.resolve(), found.st_dev, found.st_ino)

    @property
    def is_there(self) -> bool:
        """Whether the same file is at its place still."""
        try:
            found = self.path.stat()
        except OSError:
            return False
        return stat.S_ISREG(found.st_mode) and (found.st_dev, found.st_ino) == (self.device, self.number)
