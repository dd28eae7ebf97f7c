"""The file of a journal: its tables, how it is made, and how it is opened by those who only read."""

from __future__ import annotations

import os
import sqlite3
from contextlib import suppress
from pathlib import Path

FORMAT = 2
"""The version of the tables; journals of format 1 are read, not written."""

TABLES = f"""
BEGIN;
CREATE TABLE manifest (format INTEGER NOT NULL, content TEXT NOT NULL, checksum INTEGER NOT NULL);
CREATE TABLE fits (
    number INTEGER PRIMARY KEY,
    key BLOB NOT NULL UNIQUE,
    candidate TEXT NOT NULL,
    repeat INTEGER NOT NULL,
    fold INTEGER NOT NULL,
    replica INTEGER NOT NULL,
    outer_fold INTEGER,
    budget TEXT NOT NULL,
    scores TEXT NOT NULL,
    history BLOB,
    predicted BLOB,
    fit_seconds REAL NOT NULL,
    score_seconds REAL NOT NULL,
    error TEXT,
    traceback TEXT,
    checksum INTEGER NOT NULL
);
PRAGMA user_version = {FORMAT};
COMMIT;
"""


def create(path: Path) -> None:
    """Make an empty journal under another name and give it its own when it is whole.

    So a journal without content was never made by us: something has cut it off.
    """
    unfinished = path.with_name(f"{path.name}.new")
    unfinished.unlink(missing_ok=True)
    try:
        database = sqlite3.connect(unfinished, isolation_level=None)
        try:
            database.execute("PRAGMA journal_mode = WAL")
            database.execute("PRAGMA synchronous = FULL")
            database.executescript(TABLES)
        finally:
            database.close()
        unfinished.rename(path)
    except BaseException:
        for ending in ("", "-wal", "-shm"):
            with suppress(OSError):
                Path(f"{unfinished}{ending}").unlink()
        raise
    if os.name == "posix":
        folder = os.open(path.parent, os.O_RDONLY)
        try:
            os.fsync(folder)
        finally:
            os.close(folder)


def reading_mode(path: Path) -> str:
    """How to open a journal that is only read: readers of a WAL database write files beside it, too.

    Who may not write to the journal cannot delete them, and leaves them there; or where nobody made them, does without.
    """
    if all(os.access(place, os.W_OK) for place in (path, path.parent)):
        return "mode=rw"
    return "mode=ro" if os.access(path.parent, os.W_OK) or Path(f"{path}-wal").exists() else "immutable=1"
