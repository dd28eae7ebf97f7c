"""Whether a run keeps what its fits predict: up to a size, decided before it trains."""

from __future__ import annotations

import math
from collections.abc import Sequence

from gridloom.core.data import Data
from gridloom.core.progress import Plan
from gridloom.core.split import ALL_ROWS, Split

MOST = 64 * 2**20
"""The most bytes of predictions that a run keeps, before they are compressed."""

_WIDTH = 4
"""Bytes of a number."""


def why_not_kept(plan: Plan, data: Data, splits: Sequence[Split]) -> str:
    """Why the predictions of a run on these splits are not kept, in a few words; empty where they are.

    The candidates are as many as the search has fits for at most, or those of the first wave where that is not known.
    """
    candidates = plan.candidates if plan.most is None else math.ceil(plan.most / max(1, plan.splits * plan.seeds))
    rows = sum(len(split.test) * (1 if split.fold == ALL_ROWS else candidates) for split in splits)
    size = rows * plan.seeds * _outputs(data) * _WIDTH
    if size <= MOST:
        return ""
    return f"predictions are not kept, since they would take {size / 2**20:,.0f} MiB, more than {MOST / 2**20:,.0f}"


def _outputs(data: Data) -> int:
    """How many numbers are predicted for a row at most."""
    return data.task.n_classes if data.task.kind == "multiclass" else data.task.n_outputs
