"""Reads journals of format 1, which keep one score a fit and histories as JSON; they are no longer written."""

from __future__ import annotations

import json
import math
import sqlite3
from typing import Any

from gridloom.core.trials import FitResult
from gridloom.results.manifest import score_names


def read_manifest(database: sqlite3.Connection) -> dict[str, Any] | None:
    """What the fits are fits of, or None where that was never written."""
    row = database.execute("SELECT content FROM manifest").fetchone()
    content: dict[str, Any] | None = None if row is None else json.loads(row[0])
    return content


def read_results(database: sqlite3.Connection) -> dict[str, FitResult]:
    """All finished fits by `Fit.key`, each with its score under the name that the manifest gives it."""
    (name,) = score_names(read_manifest(database) or {})
    rows = database.execute("SELECT key, score, history, fit_seconds, score_seconds, error, traceback FROM fits")
    return {
        key: FitResult(
            {} if score is None else {name: score},
            _history(history),
            fit_seconds,
            score_seconds,
            error=error,
            traceback=traceback,
        )
        for key, score, history, fit_seconds, score_seconds, error, traceback in rows
    }


def _history(text: str) -> dict[str, list[float]]:
    """The history, with NaN for the null that stood for what was not finite."""
    history = json.loads(text)
    return {name: [math.nan if value is None else value for value in values] for name, values in history.items()}
