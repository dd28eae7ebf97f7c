"""The tables of a journal that tell predictions from the truth: true targets, rows of splits, and labels beside probabilities."""

from __future__ import annotations

import json
import sqlite3
import zlib
from collections.abc import Mapping, Sequence

import numpy as np
from numpy.typing import NDArray

from gridloom.core.trials import Fit, FitResult
from gridloom.core.truth import Truth
from gridloom.runs.rows import checksum
from gridloom.runs.side_tables import checked_rows, forget

_TRUTH = "CREATE TABLE IF NOT EXISTS truth (content TEXT NOT NULL, y BLOB NOT NULL, checksum INTEGER NOT NULL)"
_TESTS = """
CREATE TABLE IF NOT EXISTS tests (
    repeat INTEGER NOT NULL,
    fold INTEGER NOT NULL,
    rows BLOB NOT NULL,
    checksum INTEGER NOT NULL,
    PRIMARY KEY (repeat, fold)
)
"""
_LABELS = "CREATE TABLE IF NOT EXISTS labels (key BLOB PRIMARY KEY, labels BLOB NOT NULL, checksum INTEGER NOT NULL)"


def record_truth(database: sqlite3.Connection, truth: Truth) -> None:
    """Keep the truth in place of what was kept before."""
    for statement in (_TRUTH, _TESTS, "DELETE FROM truth", "DELETE FROM tests"):
        database.execute(statement)
    head = {"kind": truth.kind, "target": truth.target, "classes": truth.classes, "positive": truth.positive}
    row = (json.dumps(head | {"shape": truth.y.shape}), zlib.compress(truth.y.astype("<f8").tobytes()))
    database.execute("INSERT INTO truth VALUES (?, ?, ?)", (*row, checksum(row)))
    tests = [(*place, zlib.compress(rows.astype("<i8").tobytes())) for place, rows in truth.tests.items()]
    database.executemany("INSERT INTO tests VALUES (?, ?, ?, ?)", [(*test, checksum(test)) for test in tests])


def read_truth(database: sqlite3.Connection) -> Truth | None:
    """The truth; None where none is kept, as by earlier versions. StorageError for damage."""
    damage = "the targets do not match their checksum"
    kept = checked_rows(database, "truth", "content, y", damage)
    if not kept:
        return None
    tests = sorted(checked_rows(database, "tests", "repeat, fold, rows", damage))
    content, targets = kept[0]
    head, y = json.loads(content), np.frombuffer(zlib.decompress(targets), "<f8").astype(np.float64)
    return Truth(
        kind=head["kind"],
        target=head["target"],
        classes=tuple(head["classes"]),
        positive=head["positive"],
        y=y.reshape(head["shape"]),
        tests={(repeat, fold): _whole_numbers(rows) for repeat, fold, rows in tests},
    )


def record_labels(database: sqlite3.Connection, kept: Sequence[tuple[Fit, FitResult]]) -> None:
    """Keep the labels of fits that have some beside what they predict."""
    found = [(fit, result.labels) for fit, result in kept if result.labels is not None]
    if found:
        database.execute(_LABELS)
        rows = [(bytes.fromhex(fit.key), zlib.compress(np.asarray(labels, "<i8").tobytes())) for fit, labels in found]
        database.executemany("INSERT OR REPLACE INTO labels VALUES (?, ?, ?)", [(*row, checksum(row)) for row in rows])


def read_labels(database: sqlite3.Connection) -> Mapping[bytes, NDArray[np.int64]]:
    """Those labels by the fits' keys; StorageError for damage."""
    rows = checked_rows(database, "labels", "key, labels", "labels do not match their checksum")
    return {key: _whole_numbers(labels) for key, labels in rows}


def forget_truth(database: sqlite3.Connection) -> None:
    """Delete all of it."""
    forget(database, "truth", "tests", "labels")


def _whole_numbers(content: bytes) -> NDArray[np.int64]:
    return np.frombuffer(zlib.decompress(content), "<i8").astype(np.int64)
