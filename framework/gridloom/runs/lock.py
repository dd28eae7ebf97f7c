"""The lock of a run: one process at a time writes to its directory."""

from __future__ import annotations

import sqlite3
from pathlib import Path

from gridloom.core.regular_files import kind_of
from gridloom.core.spelling import spelled_option
from gridloom.errors import RunRefused, StorageError
from gridloom.runs.sqlite_words import in_words


class RunLock:
    """Held while a process writes to a run's directory; the system releases it when the process dies.

    It is an exclusive SQLite transaction on a file of its own, since that works on every system.
    """

    def __init__(self, path: Path) -> None:
        """Take the lock, or raise RunRefused when another process holds it."""
        if kind := kind_of(path):
            raise StorageError(f"{path} is {kind}, not the lock of a run; delete it")
        try:
            self._database = sqlite3.connect(path, timeout=0, isolation_level=None)
            self._database.execute("BEGIN EXCLUSIVE")
        except sqlite3.Error as error:
            if "locked" in str(error):
                raise RunRefused(
                    f"another process is running in {path.parent}; wait for it, or use {spelled_option('out', None)}"
                ) from None
            raise StorageError(f"{path} cannot be locked: {in_words(error)}") from error

    def release(self) -> None:
        """Let others write."""
        self._database.close()
