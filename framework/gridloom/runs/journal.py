"""The journal of a run: one SQLite file that keeps every finished fit, durably, in numbers and JSON."""

from __future__ import annotations

import json
import sqlite3
import zlib
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any, TypeVar

from gridloom.core.candidate import canonical_json
from gridloom.core.files import Identity
from gridloom.core.regular_files import kind_of
from gridloom.core.spelling import spelled_option
from gridloom.core.trials import Fit, FitResult
from gridloom.core.truth import Truth
from gridloom.core.worker_shares import WorkerShare
from gridloom.errors import RunRefused, StorageError
from gridloom.results.baseline import Baseline
from gridloom.runs import format_1
from gridloom.runs.journal_file import FORMAT, create, reading_mode
from gridloom.runs.kept_truth import forget_truth, read_labels, read_truth, record_labels, record_truth
from gridloom.runs.rows import COLUMNS, checksum, fit_of, result_of, row_of
from gridloom.runs.side_tables import (
    add_shares,
    forget_all,
    read_baseline,
    read_clock,
    read_shares,
    read_sizes,
    record_baseline,
    record_sizes,
    set_clock,
)
from gridloom.runs.sqlite_words import in_words

T = TypeVar("T")

_BESIDE = ("-wal", "-shm", "-journal")
"""How the names of files end that SQLite keeps beside a database."""

_UNREADABLE = (sqlite3.Error, zlib.error, ValueError, AttributeError, TypeError, KeyError, RecursionError)
"""What reading a damaged journal raises: ours may not be there, or be no JSON."""


class Journal:
    """Finished fits by key, and the manifest that says what they are fits of.

    Every call either takes effect on disk before it returns or raises StorageError.
    """

    def __init__(self, path: Path, *, read_only: bool = False) -> None:
        """Open the journal, made anew when there is none and it is not `read_only`.

        Raises StorageError for one that is damaged or of an unknown format, RunRefused for writing to one of format 1.
        """
        self.path = path
        self._files: list[Identity] = []
        with self._clear_errors():
            for place in (path, *(Path(f"{path}{ending}") for ending in _BESIDE)):
                if kind := kind_of(place):
                    raise StorageError(f"{place} is {kind}, not a file, so the journal cannot be read; {way_out()}")
            if path.is_file() and not path.stat().st_size:
                raise StorageError(f"the journal {path} is empty, so its fits are lost; {way_out()}")
            if not path.exists() and not read_only:
                create(path)
            uri = f"{path.resolve().as_uri()}?{reading_mode(path) if read_only else 'mode=rw'}"
            self._database = sqlite3.connect(uri, uri=True, isolation_level=None)
        try:
            self.format = self._read_format()
            self._check_whole()
            if read_only:
                self._run("PRAGMA query_only = ON")
            elif self.format != FORMAT:
                raise RunRefused(
                    f"{path.parent} was run by an earlier version of Gridloom (its journal has the format "
                    f"{self.format}), so it cannot be resumed; start over with {spelled_option('fresh')} (the earlier run "
                    f"is kept next to it), or choose another folder with {spelled_option('out', None)}. 'gridloom show' and 'gridloom report' can still "
                    f"read it."
                )
            else:
                self._run("PRAGMA synchronous = FULL")
                self.watch(path)
        except BaseException:
            self._database.close()
            raise

    def watch(self, path: Path) -> None:
        """From now on, refuse to record anything once this file has been deleted or replaced by another one."""
        with self._clear_errors():
            self._files.append(Identity.of(path))

    def check_place(self) -> None:
        """StorageError when the journal, or another file that is watched, is not the one any more that it was.

        The system lets a process write to a file that has been deleted, and nothing of that can be found again.
        """
        for file in self._files:
            if not file.is_there:
                raise StorageError(
                    f"{file.path} was deleted, moved or replaced while the run was writing to it; finished fits can no "
                    f"longer be kept, so the run stops"
                )

    def close(self) -> None:
        """Close the file; the journal cannot be used after."""
        self._database.close()

    @property
    def manifest(self) -> dict[str, Any] | None:
        """What the fits are fits of, or None in a new journal."""
        with self._clear_errors(_UNREADABLE):
            if self.format != FORMAT:
                return format_1.read_manifest(self._database)
            row = self._database.execute("SELECT format, content, checksum FROM manifest").fetchone()
            if row is None:
                return None
            self._check(row, "its manifest")
            content: dict[str, Any] = json.loads(row[1])
            return content

    @manifest.setter
    def manifest(self, content: dict[str, Any]) -> None:
        row = (FORMAT, canonical_json(content))
        with self._transaction():
            self._database.execute("DELETE FROM manifest")
            self._database.execute("INSERT INTO manifest VALUES (?, ?, ?)", (*row, checksum(row)))

    def record(self, finished: Iterable[tuple[Fit, FitResult]], shares: Sequence[WorkerShare] = ()) -> None:
        """Keep finished fits, all of them or (when the disk is full, say) none; a fit kept before is replaced.

        `shares` are what workers on other machines have done since they were kept last.
        """
        kept = list(finished)
        with self._transaction():
            self._database.executemany(
                f"INSERT OR REPLACE INTO fits ({COLUMNS}, checksum) VALUES ({'?, ' * 14}?)",  # noqa: S608
                [(*row, checksum(row)) for row in (row_of(fit, result) for fit, result in kept)],
            )
            record_sizes(self._database, kept)
            record_labels(self._database, kept)
            add_shares(self._database, shares)

    @property
    def seconds(self) -> float:
        """How long the run has trained, where that is limited; 0 where nobody has said."""
        with self._clear_errors(_UNREADABLE):
            return read_clock(self._database)

    @seconds.setter
    def seconds(self, seconds: float) -> None:
        with self._transaction():
            set_clock(self._database, seconds)

    @property
    def workers(self) -> list[WorkerShare]:
        """What each worker on another machine has done of the run, by their names."""
        with self._clear_errors(_UNREADABLE):
            return read_shares(self._database)

    @property
    def truth(self) -> Truth | None:
        """What predictions are compared with; None where it is not kept."""
        return self._beside(read_truth)

    @truth.setter
    def truth(self, truth: Truth) -> None:
        with self._transaction():
            record_truth(self._database, truth)

    def add_workers(self, shares: Sequence[WorkerShare]) -> None:
        """Keep what workers on other machines have done, besides what they had done before."""
        if shares:
            with self._transaction():
                add_shares(self._database, shares)

    @property
    def baseline(self) -> Baseline | None:
        """The baseline of the run; None where none could be computed, or an earlier version made the run."""
        return self._beside(read_baseline)

    @baseline.setter
    def baseline(self, found: Baseline) -> None:
        with self._transaction():
            record_baseline(self._database, found)

    def clear(self) -> None:
        """Forget all fits, and what they were fits of."""
        with self._transaction():
            self._database.execute("DELETE FROM fits")
            self._database.execute("DELETE FROM manifest")
            forget_all(self._database)
            forget_truth(self._database)

    def keys(self) -> set[str]:
        """The keys of all finished fits, as `Fit.key` has them."""
        with self._clear_errors():
            keys = [key for (key,) in self._database.execute("SELECT key FROM fits")]
        return {key.hex() if isinstance(key, bytes) else key for key in keys}

    def results(self) -> dict[str, FitResult]:
        """All finished fits, by `Fit.key`."""
        with self._clear_errors(_UNREADABLE):
            if self.format != FORMAT:
                return format_1.read_results(self._database)
            rows = self._database.execute(f"SELECT {COLUMNS}, checksum FROM fits")  # noqa: S608
            sizes, labels = self._beside(read_sizes), self._beside(read_labels)
            return dict(self._read_row(row, sizes.get(row[0]), labels.get(row[0])) for row in rows)

    def fits(self) -> dict[str, Fit]:
        """What the finished fits are, by `Fit.key`, in the order in which they finished (format 1: of the keys)."""
        outer, order = ("outer_fold", "number") if self.format == FORMAT else ("NULL", "key")
        columns = f"candidate, repeat, fold, replica, budget, {outer}"
        with self._clear_errors(_UNREADABLE):
            rows = self._database.execute(f"SELECT {columns} FROM fits ORDER BY {order}")  # noqa: S608
            found = [fit_of(*row) for row in rows]
        return {fit.key: fit for fit in found}

    def _read_row(self, row: Sequence[Any], parameters: int | None, labels: Any) -> tuple[str, FitResult]:
        self._check(row, "a fit")
        return row[0].hex(), result_of(parameters, labels, *row[len(row) - 8 : -1])

    def _check(self, row: Sequence[Any], what: str) -> None:
        """StorageError unless the last column of a row is the checksum of those before it."""
        if checksum(row[:-1]) != row[-1]:
            raise StorageError(f"the journal {self.path} is damaged: {what} does not match its checksum; {way_out()}")

    def _read_format(self) -> int:
        """The format of the journal; one that never had a version number has 1."""
        with self._clear_errors():
            (number,) = self._database.execute("PRAGMA user_version").fetchone()
            self._database.execute("SELECT 1 FROM fits, manifest LIMIT 1").fetchone()
        found = int(number) or 1
        if found not in (1, FORMAT):
            raise StorageError(f"{self.path} has the format {found}; this version of Gridloom reads 1 and {FORMAT}")
        return found

    def _check_whole(self) -> None:
        """StorageError where rows are lost or in two places: checksums only tell of those that can be found."""
        with self._clear_errors():
            (found,) = self._database.execute("PRAGMA integrity_check(1)").fetchone()
        if found != "ok":
            told = " ".join(found.replace("*** in database main ***", "").split())
            raise StorageError(f"the journal {self.path} is damaged: {told}; {way_out()}")

    def _run(self, statement: str) -> None:
        with self._clear_errors():
            self._database.execute(statement)

    @contextmanager
    def _transaction(self) -> Iterator[None]:
        with self._clear_errors():
            self.check_place()
            self._database.execute("BEGIN IMMEDIATE")
            try:
                yield
                self._database.execute("COMMIT")
                self.check_place()
            except BaseException:
                if self._database.in_transaction:
                    self._database.execute("ROLLBACK")
                raise

    def _beside(self, read: Callable[[sqlite3.Connection], T]) -> T:
        """What the tables beside the fits hold; StorageError with the way out if it is damaged."""
        with self._clear_errors(_UNREADABLE):
            try:
                return read(self._database)
            except StorageError as error:
                raise StorageError(f"the journal {self.path} is damaged: {error}; {way_out()}") from None

    @contextmanager
    def _clear_errors(self, kinds: tuple[type[Exception], ...] = (sqlite3.Error, OSError)) -> Iterator[None]:
        try:
            yield
        except StorageError:
            raise
        except kinds as error:
            advice = f"; {way_out()}" if _is_damage(error) else ""
            raise StorageError(f"the journal {self.path} cannot be used: {in_words(error)}{advice}") from error


def _is_damage(error: Exception) -> bool:
    """Whether an error is about what a file holds, and not about the disk or who else uses it."""
    others = OSError | sqlite3.OperationalError | sqlite3.ProgrammingError
    return not isinstance(error, others) or str(error).startswith("no such ")


def way_out() -> str:
    """What to do about a journal that is damaged."""
    return f"restore it from a copy, or start over with {spelled_option('fresh')}"
