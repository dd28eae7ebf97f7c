"""The tables of a journal beside its fits, each made when there is something to keep in it: what workers did, the baseline, ..."""

from __future__ import annotations

import sqlite3
from collections.abc import Sequence
from typing import Any

from gridloom.core.trials import Fit, FitResult
from gridloom.core.worker_shares import WorkerShare
from gridloom.errors import StorageError
from gridloom.results.baseline import Baseline
from gridloom.runs.rows import checksum

_WORKERS = """
CREATE TABLE IF NOT EXISTS workers (
    name TEXT PRIMARY KEY,
    fits INTEGER NOT NULL,
    failed INTEGER NOT NULL,
    deaths INTEGER NOT NULL,
    seconds REAL NOT NULL
)
"""
_SIZES = (
    "CREATE TABLE IF NOT EXISTS sizes (key BLOB PRIMARY KEY, parameters INTEGER NOT NULL, checksum INTEGER NOT NULL)"
)
_BASELINE = (
    "CREATE TABLE IF NOT EXISTS baseline "
    "(name TEXT PRIMARY KEY, score REAL NOT NULL, predicts TEXT NOT NULL, checksum INTEGER NOT NULL)"
)
_ADD = """
INSERT INTO workers VALUES (?, ?, ?, ?, ?) ON CONFLICT (name) DO UPDATE SET
    fits = fits + excluded.fits, failed = failed + excluded.failed,
    deaths = deaths + excluded.deaths, seconds = seconds + excluded.seconds
"""


def add_shares(database: sqlite3.Connection, shares: Sequence[WorkerShare]) -> None:
    """Add what workers have done, if any have, to what the same ones had done before."""
    if shares:
        database.execute(_WORKERS)
        rows = [(share.name, share.fits, share.failed, share.deaths, share.seconds) for share in shares]
        database.executemany(_ADD, rows)


def read_shares(database: sqlite3.Connection) -> list[WorkerShare]:
    """What each worker has done, by their names; empty where there is no table."""
    if not has_table(database, "workers"):
        return []
    rows = database.execute("SELECT name, fits, failed, deaths, seconds FROM workers ORDER BY name")
    return [
        WorkerShare(str(name), int(fits), int(failed), int(deaths), float(seconds))
        for name, fits, failed, deaths, seconds in rows
    ]


def record_sizes(database: sqlite3.Connection, kept: Sequence[tuple[Fit, FitResult]]) -> None:
    """Keep how many parameters models have, where engines count them."""
    sizes = [(bytes.fromhex(fit.key), found.parameters) for fit, found in kept if found.parameters is not None]
    if sizes:
        database.execute(_SIZES)
        rows = [(*row, checksum(row)) for row in sizes]
        database.executemany("INSERT OR REPLACE INTO sizes VALUES (?, ?, ?)", rows)


def read_sizes(database: sqlite3.Connection) -> dict[bytes, int]:
    """How many parameters the models of fits have, by the fits' keys, as far as that is known; StorageError for damage."""
    rows = checked_rows(database, "sizes", "key, parameters", "the size of a model does not match its checksum")
    return dict(rows)


def record_baseline(database: sqlite3.Connection, baseline: Baseline) -> None:
    """Keep the baseline in the place of what was kept before."""
    database.execute(_BASELINE)
    database.execute("DELETE FROM baseline")
    rows = [(name, score, baseline.predicts) for name, score in baseline.scores.items()]
    database.executemany("INSERT INTO baseline VALUES (?, ?, ?, ?)", [(*row, checksum(row)) for row in rows])


def read_baseline(database: sqlite3.Connection) -> Baseline | None:
    """The baseline; None where none is kept. StorageError for damage."""
    rows = checked_rows(database, "baseline", "name, score, predicts", "the baseline does not match its checksum")
    return Baseline(rows[0][2], {name: score for name, score, _ in rows}) if rows else None


def read_clock(database: sqlite3.Connection) -> float:
    """How long the run has trained; 0 where nobody has said."""
    row = database.execute("SELECT seconds FROM clock").fetchone() if has_table(database, "clock") else None
    return float(row[0]) if row else 0.0


def set_clock(database: sqlite3.Connection, seconds: float) -> None:
    """Keep how long the run has trained."""
    database.execute("CREATE TABLE IF NOT EXISTS clock (seconds REAL NOT NULL)")
    database.execute("DELETE FROM clock")
    database.execute("INSERT INTO clock VALUES (?)", (seconds,))


def forget_all(database: sqlite3.Connection) -> None:
    """Delete what workers did, the sizes of models and the baseline; the clock goes on."""
    forget(database, "workers", "sizes", "baseline")


def checked_rows(database: sqlite3.Connection, table: str, columns: str, damage: str) -> list[tuple[Any, ...]]:
    """These columns of a table in the order in which they were kept; none where there is no such table.

    StorageError, which says `damage`, if a row does not match the checksum at its end.
    """
    if not has_table(database, table):
        return []
    rows = list(database.execute(f"SELECT {columns}, checksum FROM {table} ORDER BY rowid"))  # noqa: S608
    if any(checksum(row[:-1]) != row[-1] for row in rows):
        raise StorageError(damage)
    return [row[:-1] for row in rows]


def forget(database: sqlite3.Connection, *tables: str) -> None:
    """Delete what is in these tables, as far as there are any."""
    for table in tables:
        if has_table(database, table):
            database.execute(f"DELETE FROM {table}")  # noqa: S608


def has_table(database: sqlite3.Connection, table: str) -> bool:
    """Whether the journal has a table of this name."""
    return database.execute("SELECT 1 FROM sqlite_master WHERE name = ?", (table,)).fetchone() is not None
