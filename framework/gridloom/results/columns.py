"""The columns of `cv_results_`, in the shape that scikit-learn's searches have."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import Any, Protocol

from gridloom.core.trials import Trial


class Ranked(Protocol):
    """A result, as far as its scores have columns."""

    @property
    def scoring(self) -> str:
        """The name of the score that ranks."""

    @property
    def scores(self) -> Sequence[str]:
        """The names of all scores."""

    @property
    def trials(self) -> Sequence[Trial]:
        """All trials."""

    @property
    def cells(self) -> Sequence[tuple[int, int, int]]:
        """The cells that any of its trials has a fit of."""

    @property
    def ranks(self) -> Mapping[int, int]:
        """Rank by trial number."""

    @property
    def by_other_scores(self) -> Sequence[Ranked]:
        """The same ranked by each other score."""


def score_columns(result: Ranked) -> dict[str, Any]:
    """The scores of all cells, mean, standard deviation and rank, by each score; NaN where there is none."""
    import numpy as np

    table: dict[str, Any] = {}
    for by_name in (result, *result.by_other_scores):
        column = by_name.scoring if len(result.scores) > 1 else "score"
        known = [trial.by_cell for trial in by_name.trials]
        for split, cell in enumerate(result.cells):
            table[f"split{split}_test_{column}"] = np.array([_number(scores.get(cell)) for scores in known])
        table[f"mean_test_{column}"] = np.array([trial.mean for trial in by_name.trials])
        table[f"std_test_{column}"] = np.array([trial.std for trial in by_name.trials])
        ranks = [by_name.ranks[trial.number] for trial in by_name.trials]
        table[f"rank_test_{column}"] = np.array(ranks, dtype=np.int32)
    return table


def _number(score: float | None) -> float:
    return math.nan if score is None else score


def times(trials: Sequence[Trial]) -> dict[str, Any]:
    """Mean and standard deviation of the seconds that fits took to train and to score."""
    import numpy as np

    table: dict[str, Any] = {}
    for what in ("fit", "score"):
        seconds = [[getattr(r, f"{what}_seconds") for r in trial.results if r] or [math.nan] for trial in trials]
        table[f"mean_{what}_time"] = np.array([np.mean(row) for row in seconds])
        table[f"std_{what}_time"] = np.array([np.std(row) for row in seconds])
    return table


def budgets(trials: Sequence[Trial]) -> dict[str, Any]:
    """A masked array for each thing that the budget of some trial limits."""
    import numpy as np

    limits = [trial.proposal.budget.describe() for trial in trials]
    names = [name for name in ("epochs", "share", "cells") if any(name in known for known in limits)]
    return {
        f"budget_{name}": np.ma.array(
            [known.get(name, 0) for known in limits], mask=[name not in known for known in limits]
        )
        for name in names
    }


def params(trials: Sequence[Trial]) -> dict[str, Any]:
    """A masked array for each parameter, and all of them for each trial."""
    import numpy as np

    table: dict[str, Any] = {}
    params = [trial.params for trial in trials]
    for name in dict.fromkeys(name for chosen in params for name in chosen):
        column = np.ma.array(np.empty(len(params), dtype=object), mask=True)
        for row, chosen in enumerate(params):
            if name in chosen:
                column[row] = chosen[name]
        table[f"param_{name}"] = column
    table["params"] = params
    return table
