"""Results of searches that were never run, made from arrays of scores."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np

from gridloom import Candidate, Fit, FitResult, Proposal, Result, Trial


def scored(scores: Any, candidates: Any = None, simpler: Any = None, **validation: Any) -> Result:
    """A result with these scores, of shape (candidates, repeats, folds, seeds): NaN is a failed fit, inf a missing one."""
    scores = np.asarray(scores, dtype=float)
    chosen = candidates or [{"model": {"x": number}} for number in range(len(scores))]
    trials = [trial(number, Candidate(values), scores[number]) for number, values in enumerate(chosen)]
    manifest = {"experiment": {"validation": validation}} if validation else {}
    bounds = {"accuracy": (0.0, 1.0)}
    return Result("small", "", "accuracy", trials, Path("runs/small"), manifest, simpler=simpler or {}, bounds=bounds)


def trial(number: int, candidate: Candidate, scores: Any) -> Trial:
    """A trial with these scores, of shape (repeats, folds, seeds)."""
    fits = tuple(Fit(candidate, *place) for place in np.ndindex(scores.shape))
    outcomes = [
        FitResult(error="ValueError: x")
        if np.isnan(score)
        else FitResult({"accuracy": score})
        if np.isfinite(score)
        else None
        for score in scores.ravel().tolist()
    ]
    return Trial(number, Proposal(candidate), fits, tuple(outcomes))


def normal(shape: tuple[int, ...], seed: int = 0, spread: float = 0.01) -> Any:
    """Scores that scatter around 0.7."""
    return 0.7 + spread * np.random.default_rng(seed).standard_normal(shape)


def exactly(mean: float, spread: float, count: int) -> Any:
    """So many scores with exactly this mean and sample standard deviation."""
    scores = np.random.default_rng(count).standard_normal(count)
    return mean + spread * (scores - scores.mean()) / scores.std(ddof=1)
