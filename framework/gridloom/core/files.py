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
    """Write a whole file: text as UTF-8, with line ends unchanged.

    The file is written under another name in the same folder and then replaces what is there: readers see the old
    content or the new one, a link is replaced and not followed, and writing never waits at a pipe.

    Raises OSError if the file cannot be written, IsADirectoryError if a folder has this name; then what was there is
    unchanged.
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
    """Create a folder for files of a report if it does not exist; NotADirectoryError for a link or a file."""
    path.mkdir(parents=True, exist_ok=True)
    if path.is_symlink():
        raise NotADirectoryError(errno.ENOTDIR, "is a link, which may lead anywhere", str(path))


def refuse_other_than_file(path: Path) -> None:
    """Raise OSError if a link, a pipe or a folder is in the place where another program is to write a file."""
    with suppress(FileNotFoundError):
        if not stat.S_ISREG(path.lstat().st_mode):
            raise OSError(errno.EINVAL, "is not a regular file", str(path))


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
