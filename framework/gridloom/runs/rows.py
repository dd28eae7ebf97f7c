"""Rows of the journal: a finished fit as columns, and read from them again."""

from __future__ import annotations

import json
import zlib
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from gridloom.core.budgets import Budget
from gridloom.core.candidate import Candidate, canonical_json
from gridloom.core.trials import Fit, FitResult
from gridloom.runs.packing import packed_array, packed_history, unpacked_array, unpacked_history

if TYPE_CHECKING:
    from numpy.typing import NDArray

COLUMNS = (
    "key, candidate, repeat, fold, replica, outer_fold, budget, scores, history, predicted, "
    "fit_seconds, score_seconds, error, traceback"
)


def row_of(fit: Fit, result: FitResult) -> tuple[Any, ...]:
    """The columns of a finished fit."""
    return (
        bytes.fromhex(fit.key),
        fit.candidate.key,
        fit.repeat,
        fit.fold,
        fit.replica,
        fit.outer,
        canonical_json(fit.budget.describe()),
        json.dumps(result.scores, separators=(",", ":")),
        packed_history(result.history),
        packed_array(result.predicted),
        result.fit_seconds,
        result.score_seconds,
        result.error,
        result.traceback,
    )


def fit_of(candidate: str, repeat: int, fold: int, replica: int, budget: str, outer: int | None) -> Fit:
    """What a row is a fit of, from its columns."""
    return Fit(Candidate(json.loads(candidate)), repeat, fold, replica, Budget(**json.loads(budget)), outer)


def result_of(
    parameters: int | None,
    labels: NDArray[Any] | None,
    scores: str,
    history: bytes | None,
    predicted: bytes | None,
    fit_seconds: float,
    score_seconds: float,
    error: str | None,
    traceback: str | None,
) -> FitResult:
    """What came of a fit, from how many parameters its model has, labels kept beside it, and the last columns of its row."""
    numbers = json.loads(scores), unpacked_history(history), fit_seconds, score_seconds, unpacked_array(predicted)
    return FitResult(*numbers, error, traceback, parameters, labels=labels)


def checksum(columns: Sequence[Any]) -> int:
    """CRC-32 of these columns, which notices every change of a single bit."""
    found = 0
    for value in columns:
        content = value if isinstance(value, bytes) else repr(value).encode()
        found = zlib.crc32(content, zlib.crc32(b"%d " % len(content), found))
    return found
