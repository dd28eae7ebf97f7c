"""The table of a journal that says what each worker on another machine has done; runs that had none have no such table."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable

from gridloom.core.worker_shares import WorkerShare

_TABLE = """
CREATE TABLE IF NOT EXISTS workers (
    name TEXT PRIMARY KEY,
    fits INTEGER NOT NULL,
    failed INTEGER NOT NULL,
    deaths INTEGER NOT NULL,
    seconds REAL NOT NULL
)
"""
_ADD = """
INSERT INTO workers VALUES (?, ?, ?, ?, ?) ON CONFLICT (name) DO UPDATE SET
    fits = fits + excluded.fits, failed = failed + excluded.failed,
    deaths = deaths + excluded.deaths, seconds = seconds + excluded.seconds
"""


def add_shares(database: sqlite3.Connection, shares: Iterable[WorkerShare]) -> None:
    """Add what workers have done to what the same ones had done before."""
    database.execute(_TABLE)
    rows = [(share.name, share.fits, share.failed, share.deaths, share.seconds) for share in shares]
    database.executemany(_ADD, rows)


def read_shares(database: sqlite3.Connection) -> list[WorkerShare]:
    """What each worker has done, by their names; empty where there is no table."""
    if not _is_there(database):
        return []
    rows = database.execute("SELECT name, fits, failed, deaths, seconds FROM workers ORDER BY name")
    return [
        WorkerShare(str(name), int(fits), int(failed), int(deaths), float(seconds))
        for name, fits, failed, deaths, seconds in rows
    ]


def forget_shares(database: sqlite3.Connection) -> None:
    """Delete what is there."""
    if _is_there(database):
        database.execute("DELETE FROM workers")


def _is_there(database: sqlite3.Connection) -> bool:
    return database.execute("SELECT 1 FROM sqlite_master WHERE name = 'workers'").fetchone() is not None
