"""The journal of a run: one SQLite file that keeps every finished fit, durably, in numbers and JSON."""

from __future__ import annotations

import json
import math
import os
import sqlite3
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from gridloom.core.space import canonical_json
from gridloom.core.trials import Fit, FitResult
from gridloom.errors import RunRefused, StorageError

FORMAT = 1
"""The version of the tables below."""

_UNREADABLE = (sqlite3.Error, ValueError, AttributeError)
"""What reading a damaged journal raises: ours may not be there, or be no JSON."""

_TABLES = """
CREATE TABLE IF NOT EXISTS manifest (format INTEGER NOT NULL, content TEXT NOT NULL);
CREATE TABLE IF NOT EXISTS fits (
    key TEXT PRIMARY KEY,
    candidate TEXT NOT NULL,
    repeat INTEGER NOT NULL,
    fold INTEGER NOT NULL,
    replica INTEGER NOT NULL,
    budget TEXT NOT NULL,
    score REAL,
    history TEXT NOT NULL,
    fit_seconds REAL NOT NULL,
    score_seconds REAL NOT NULL,
    error TEXT,
    traceback TEXT
) WITHOUT ROWID;
"""


class Journal:
    """Finished fits by key, and the manifest that says what they are fits of.

    Every call either takes effect on disk before it returns or raises StorageError.
    """

    def __init__(self, path: Path, *, read_only: bool = False) -> None:
        """Open the journal, made anew when there is none and it is not `read_only`."""
        self.path = path
        with self._clear_errors():
            mode = _reading_mode(path) if read_only else "mode=rwc"
            uri = f"{path.resolve().as_uri()}?{mode}"
            self._database = sqlite3.connect(uri, uri=True, isolation_level=None)
            if read_only:
                self._database.execute("PRAGMA query_only = ON")
            else:
                self._database.execute("PRAGMA journal_mode = WAL")
                self._database.execute("PRAGMA synchronous = FULL")
                self._database.executescript(_TABLES)

    def close(self) -> None:
        """Close the file; the journal cannot be used after."""
        self._database.close()

    @property
    def manifest(self) -> dict[str, Any] | None:
        """What the fits are fits of, or None in a new journal."""
        with self._clear_errors():
            row = self._database.execute("SELECT format, content FROM manifest").fetchone()
        if row is None:
            return None
        if row[0] != FORMAT:
            raise StorageError(f"{self.path} has the format {row[0]}; this version of Gridloom reads {FORMAT}")
        with self._clear_errors(_UNREADABLE):
            content: dict[str, Any] = json.loads(row[1])
        return content

    @manifest.setter
    def manifest(self, content: dict[str, Any]) -> None:
        with self._transaction():
            self._database.execute("DELETE FROM manifest")
            self._database.execute("INSERT INTO manifest VALUES (?, ?)", (FORMAT, canonical_json(content)))

    def record(self, finished: Iterable[tuple[Fit, FitResult]]) -> None:
        """Keep finished fits, all of them or (when the disk is full, say) none; a fit kept before is replaced."""
        with self._transaction():
            self._database.executemany(
                "INSERT OR REPLACE INTO fits VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
                [_row(fit, result) for fit, result in finished],
            )

    def clear(self) -> None:
        """Forget all fits, and what they were fits of."""
        with self._transaction():
            self._database.execute("DELETE FROM fits")
            self._database.execute("DELETE FROM manifest")

    def results(self) -> dict[str, FitResult]:
        """All finished fits, by `Fit.key`."""
        with self._clear_errors(_UNREADABLE):
            rows = self._database.execute(
                "SELECT key, score, history, fit_seconds, score_seconds, error, traceback FROM fits"
            ).fetchall()
            return {
                key: FitResult(score, _history(history), fit_seconds, score_seconds, error, traceback)
                for key, score, history, fit_seconds, score_seconds, error, traceback in rows
            }

    @contextmanager
    def _transaction(self) -> Iterator[None]:
        with self._clear_errors():
            self._database.execute("BEGIN IMMEDIATE")
            try:
                yield
                self._database.execute("COMMIT")
            except BaseException:
                if self._database.in_transaction:
                    self._database.execute("ROLLBACK")
                raise

    @contextmanager
    def _clear_errors(self, kinds: tuple[type[Exception], ...] = (sqlite3.Error,)) -> Iterator[None]:
        try:
            yield
        except kinds as error:
            raise StorageError(f"the journal {self.path} cannot be used: {error}") from error


def _reading_mode(path: Path) -> str:
    """How to open a journal that is only read: readers of a WAL database write files beside it, too.

    Who may not write to the journal cannot delete them, and leaves them there; or where nobody made them, does without.
    """
    if all(os.access(place, os.W_OK) for place in (path, path.parent)):
        return "mode=rw"
    return "mode=ro" if os.access(path.parent, os.W_OK) or Path(f"{path}-wal").exists() else "immutable=1"


def _row(fit: Fit, result: FitResult) -> tuple[Any, ...]:
    return (
        fit.key,
        canonical_json(fit.candidate.values),
        fit.repeat,
        fit.fold,
        fit.replica,
        canonical_json(fit.budget.describe()),
        result.score,
        json.dumps({name: [_json_number(number) for number in numbers] for name, numbers in result.history.items()}),
        result.fit_seconds,
        result.score_seconds,
        result.error,
        result.traceback,
    )


def _history(text: str) -> dict[str, list[float]]:
    history = json.loads(text)
    return {name: [math.nan if value is None else value for value in values] for name, values in history.items()}


def _json_number(value: float) -> float | None:
    """The number, or None for what JSON has no number for."""
    return value if math.isfinite(value) else None


class RunLock:
    """Held while a process writes to a run's directory; the system releases it when the process dies.

    It is an exclusive SQLite transaction on a file of its own, since that works on every system.
    """

    def __init__(self, path: Path) -> None:
        """Take the lock, or raise RunRefused when another process holds it."""
        try:
            self._database = sqlite3.connect(path, timeout=0, isolation_level=None)
            self._database.execute("BEGIN EXCLUSIVE")
        except sqlite3.Error as error:
            if "locked" in str(error):
                raise RunRefused(f"another process is running in {path.parent}; wait for it, or use --out") from None
            raise StorageError(f"{path} cannot be locked: {error}") from error

    def release(self) -> None:
        """Let others write."""
        self._database.close()
